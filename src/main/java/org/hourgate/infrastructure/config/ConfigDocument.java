package org.hourgate.infrastructure.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A YAML file while it is read, with its overrides: a command-line setting ({@code chain.poll=2s})
 * goes before a variable ({@code HOURGATE_CHAIN_POLL=2s}), which goes before the file. Collects
 * problems until {@link #finish}. One thread.
 */
public final class ConfigDocument {

  /** Nothing that is known here is deeper than four levels. */
  private static final int MAX_DEPTH = 50;

  private final String name;
  private final String variablePrefix;
  private final Map<String, String> variables = new TreeMap<>();
  private final Map<String, String> settings;
  private final Set<String> askedVariables = new TreeSet<>();
  private final Set<String> askedPaths = new TreeSet<>();
  private final List<Section> sections = new ArrayList<>();
  private final List<Declaration> declarations = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Section root;

  private ConfigDocument(
      String name,
      @Nullable Node content,
      String variablePrefix,
      Map<String, String> environment,
      Map<String, String> settings) {
    this.name = name;
    this.variablePrefix = variablePrefix;
    this.settings = Map.copyOf(settings);
    environment.forEach(
        (variable, value) -> {
          if (variable.startsWith(variablePrefix)) {
            variables.put(variable, value);
          }
        });
    this.root = section("", content);
  }

  /**
   * Reads the file.
   *
   * @param variablePrefix what our variables' names begin with, {@code HOURGATE_}
   * @param environment all variables of the process
   * @param settings values by path, from the command line
   * @throws ConfigException if the file can't be read or is no YAML
   */
  public static ConfigDocument read(
      Path file,
      String variablePrefix,
      Map<String, String> environment,
      Map<String, String> settings) {
    String name = file.toString();
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return new ConfigDocument(name, compose(name, text), variablePrefix, environment, settings);
    } catch (NoSuchFileException e) {
      throw unreadable(name, 0, "there is no such file");
    } catch (IOException e) {
      throw unreadable(name, 0, "can't be read: " + e.getMessage());
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).map(zeroBased -> zeroBased + 1).orElse(0);
      throw unreadable(name, line, "is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw unreadable(name, 0, "is not YAML: " + e.getMessage());
    }
  }

  /** A document that nobody has written: it is asked for {@link #keys} alone. */
  public static ConfigDocument of(String text) {
    return new ConfigDocument("", compose("", text), "", Map.of(), Map.of());
  }

  private static @Nullable Node compose(String name, String text) {
    LoadSettings yaml = LoadSettings.builder().setLabel(name).build();
    requireFlat(name, new Parse(yaml).parseString(text));
    return new Compose(yaml).composeString(text).orElse(null);
  }

  /** What is composed of the events calls itself for each level, until the stack is full. */
  private static void requireFlat(String name, Iterable<Event> events) {
    int depth = 0;
    for (Event event : events) {
      if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
        int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        throw unreadable(name, line, "is nested deeper than " + MAX_DEPTH + " levels");
      }
      if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
  }

  private static ConfigException unreadable(String name, int line, String message) {
    return new ConfigException(name, List.of(new Problem(line, "", message)));
  }

  public Section root() {
    return root;
  }

  /** Every key that was declared while it was read, in that order. */
  public List<Key> keys() {
    return declarations.stream().map(Declaration::key).toList();
  }

  Declaration declare(Declaration declaration) {
    declarations.add(declaration);
    return declaration;
  }

  /**
   * Reports what is written and nobody asked for, and ends the reading.
   *
   * @throws ConfigException if there was any problem, with all of them
   */
  public void finish() {
    sections.forEach(Section::reportUnknownKeys);
    variables.keySet().stream()
        .filter(variable -> !askedVariables.contains(variable))
        .forEach(variable -> problem(0, variable, "unknown variable" + nearestVariable(variable)));
    settings.keySet().stream()
        .filter(path -> !askedPaths.contains(path))
        .sorted()
        .forEach(
            path -> problem(0, "--set " + path, "unknown key" + Nearest.hint(path, askedPaths)));
    if (!problems.isEmpty()) {
      problems.sort(
          Comparator.comparing((Problem problem) -> problem.line() == 0)
              .thenComparingInt(Problem::line));
      throw new ConfigException(name, problems);
    }
  }

  private String nearestVariable(String variable) {
    String hint = Nearest.hint(variable, askedVariables);
    return hint.startsWith("; known are") ? "" : hint;
  }

  Section section(String path, @Nullable Node node) {
    Section section = new Section(this, path, node);
    sections.add(section);
    return section;
  }

  void problem(int line, String where, String message) {
    problems.add(new Problem(line, where, message));
  }

  Optional<OutsideValue> override(String path) {
    String variable = variableOf(path);
    askedPaths.add(path);
    askedVariables.add(variable);
    String setting = settings.get(path);
    if (setting != null) {
      return Optional.of(new OutsideValue("--set " + path, setting));
    }
    return Optional.ofNullable(variables.get(variable))
        .map(value -> new OutsideValue(variable, value));
  }

  boolean hasOverridesBelow(String path) {
    return settings.keySet().stream().anyMatch(setting -> setting.startsWith(path + "."))
        || variables.keySet().stream()
            .anyMatch(variable -> variable.startsWith(variableOf(path) + "_"));
  }

  /** {@code openvpn[0].management-password} is {@code HOURGATE_OPENVPN_0_MANAGEMENT_PASSWORD}. */
  private String variableOf(String path) {
    return variablePrefix
        + path.replace("]", "").replaceAll("[.\\[-]", "_").toUpperCase(Locale.ROOT);
  }

  /**
   * A value from outside the file.
   *
   * @param name what to call its place: the variable's name, or the command line's option
   */
  record OutsideValue(String name, String text) {}
}
