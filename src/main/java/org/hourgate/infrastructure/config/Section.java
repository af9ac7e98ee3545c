package org.hourgate.infrastructure.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the document. Asking for a key declares it; {@link ConfigDocument#finish} reports
 * the keys that are written and were never asked for. One thread, while the document is read.
 */
public final class Section {

  private final ConfigDocument document;
  private final String path;
  private final @Nullable Node node;
  private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
  private final Set<String> declared = new LinkedHashSet<>();
  private final Set<String> mayBeOff = new LinkedHashSet<>();

  Section(ConfigDocument document, String path, @Nullable Node node) {
    this.document = document;
    this.path = path;
    this.node = node;
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(this::enter);
    } else if (node != null && !isNull(node)) {
      document.problem(line(node), path, "must be a group of keys");
    }
  }

  private void enter(NodeTuple entry) {
    String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
    NodeTuple first = entries.putIfAbsent(key, entry);
    if (first != null) {
      document.problem(
          line(entry.getKeyNode()),
          pathOf(key),
          "is written twice; the first is on line " + line(first.getKeyNode()));
    }
  }

  /**
   * A key whose value is one scalar.
   *
   * @param meaning what it is for, as the reference says it
   */
  public <T> Setting<T> value(String key, Parser<T> parser, String meaning) {
    Declaration declaration = declare(key, parser.wanted(), meaning);
    Optional<List<Text>> texts = texts(key, false);
    return new Setting<>(
        this,
        key,
        parser::parse,
        declaration,
        texts.flatMap(some -> parse(some.getFirst(), parser)),
        isWritten(key));
  }

  /**
   * A key whose value is a list of scalars, or one scalar alone. In an override the values are
   * separated by commas.
   */
  public <T> Setting<List<T>> list(String key, Parser<T> parser, String meaning) {
    Declaration declaration = declare(key, "a list, each " + parser.wanted(), meaning);
    Optional<List<Text>> texts = texts(key, true);
    List<T> values = new ArrayList<>();
    for (Text text : texts.orElse(List.of())) {
      parse(text, parser).ifPresent(values::add);
    }
    return new Setting<>(
        this,
        key,
        text -> List.of(parser.parse(text)),
        declaration,
        texts.filter(all -> all.size() == values.size()).map(_ -> List.copyOf(values)),
        isWritten(key));
  }

  /**
   * Declares a key whose value is a group of keys, or a list of groups, for the reference alone.
   *
   * @param wanted what may be written
   */
  public Declaration declare(String key, String wanted, String meaning) {
    return document.declare(new Declaration(pathOf(key), wanted, meaning));
  }

  /** A key whose value is a group of keys; an absent one reads like an empty one. */
  public Section section(String key) {
    declared.add(key);
    Node value = valueOf(key);
    boolean off = mayBeOff.contains(key) && isOff(value);
    return document.section(pathOf(key), off ? null : value);
  }

  /** Whether the key is written as a {@link #section}, and not as a {@link #value}. */
  public boolean isGroup(String key) {
    return document.override(pathOf(key)).isEmpty()
        && (valueOf(key) instanceof MappingNode || document.hasOverridesBelow(pathOf(key)));
  }

  /** Whether the key, which may also be a {@link #section}, is the single word {@code off}. */
  public boolean isOff(String key) {
    declared.add(key);
    mayBeOff.add(key);
    Optional<ConfigDocument.OutsideValue> override = document.override(pathOf(key));
    if (override.isPresent()) {
      boolean off = override.get().text().equals("off");
      if (!off) {
        document.problem(0, override.get().name(), "can only be off; its keys are set one by one");
      }
      return off;
    }
    return isOff(valueOf(key));
  }

  private static boolean isOff(@Nullable Node value) {
    return value instanceof ScalarNode scalar && scalar.getValue().equals("off");
  }

  /** A key whose value is a list of groups; overrides may add entries at its end. */
  public List<Section> sections(String key) {
    declared.add(key);
    Node value = valueOf(key);
    List<Node> elements = List.of();
    if (value instanceof SequenceNode sequence) {
      elements = sequence.getValue();
    } else if (value != null) {
      problem(key, "must be a list of groups of keys");
    }
    List<Section> sections = new ArrayList<>();
    for (Node element : elements) {
      sections.add(document.section(pathOf(key) + "[" + sections.size() + "]", element));
    }
    while (document.hasOverridesBelow(pathOf(key) + "[" + sections.size() + "]")) {
      sections.add(document.section(pathOf(key) + "[" + sections.size() + "]", null));
    }
    return sections;
  }

  /** Reports what is wrong with a key's value. */
  public void problem(String key, String message) {
    Optional<ConfigDocument.OutsideValue> override = document.override(pathOf(key));
    if (override.isPresent()) {
      document.problem(0, override.get().name(), message);
      return;
    }
    NodeTuple entry = entries.get(key);
    int line = entry != null ? line(entry.getKeyNode()) : node != null ? line(node) : 0;
    document.problem(line, pathOf(key), message);
  }

  void reportUnknownKeys() {
    entries.forEach(
        (key, entry) -> {
          if (!declared.contains(key)) {
            String hint = Nearest.hint(key, declared);
            document.problem(line(entry.getKeyNode()), pathOf(key), "unknown key" + hint);
          }
        });
  }

  /** Whether the key is written, or a variable or setting gives it a value. */
  public boolean isWritten(String key) {
    return entries.containsKey(key) || document.override(pathOf(key)).isPresent();
  }

  /** The scalars written for a key; empty if there are none or, reported, something else. */
  private Optional<List<Text>> texts(String key, boolean severalAllowed) {
    declared.add(key);
    Optional<ConfigDocument.OutsideValue> override = document.override(pathOf(key));
    if (override.isPresent()) {
      return Optional.of(overrideTexts(override.get(), severalAllowed));
    }
    Node value = valueOf(key);
    if (value == null) {
      return Optional.empty();
    }
    List<Node> elements =
        severalAllowed && value instanceof SequenceNode sequence
            ? sequence.getValue()
            : List.of(value);
    List<Text> texts = new ArrayList<>();
    for (Node element : elements) {
      if (element instanceof ScalarNode scalar && !isNull(scalar)) {
        texts.add(new Text(scalar.getValue(), line(scalar), pathOf(key)));
      } else {
        String wanted =
            severalAllowed ? "must be a list of single values" : "must be a single value";
        document.problem(line(element), pathOf(key), isNull(element) ? "has no value" : wanted);
        return Optional.empty();
      }
    }
    return Optional.of(texts);
  }

  private static List<Text> overrideTexts(ConfigDocument.OutsideValue override, boolean several) {
    List<String> parts =
        several ? Arrays.asList(override.text().split(",", -1)) : List.of(override.text());
    return parts.stream().map(part -> new Text(part.strip(), 0, override.name())).toList();
  }

  private <T> Optional<T> parse(Text text, Parser<T> parser) {
    try {
      return Optional.of(parser.parse(text.value()));
    } catch (IllegalArgumentException e) {
      document.problem(text.line(), text.where(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private @Nullable Node valueOf(String key) {
    NodeTuple entry = entries.get(key);
    return entry == null ? null : entry.getValueNode();
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  /** One scalar and where it stands. */
  private record Text(String value, int line, String where) {}
}
