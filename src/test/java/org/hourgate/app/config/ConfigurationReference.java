package org.hourgate.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hourgate.infrastructure.config.Key;

/**
 * What {@code docs/configuration.md} tells of each key, made of the keys' declarations. The rest of
 * that page is written by hand.
 */
final class ConfigurationReference {

  private static final Pattern MADE =
      Pattern.compile("(?s)<!-- made: (\\S+) -->\\n.*?<!-- end -->");
  private static final String RELOAD = "reload";
  private static final String HEAD =
      """
      | Key | Value | Default | Reload | Meaning |
      |---|---|---|---|---|
      """;

  /** What is written as code: addresses, durations, the word off; words to choose from. */
  private static final Pattern CODE =
      Pattern.compile("[^\\s,;]*[:/][^\\s,;]*|[0-9]+(?:ms|[smhd])\\b|\\boff\\b");

  private static final Pattern CHOICE = Pattern.compile("[a-z-]+(?: or [a-z-]+)+");

  private final List<Key> keys;

  ConfigurationReference(List<Key> keys) {
    this.keys = keys;
  }

  /** The page with its made parts made anew. */
  String renewed(String page) {
    return MADE.matcher(page)
        .replaceAll(
            part ->
                Matcher.quoteReplacement(
                    "<!-- made: %s -->\n%s<!-- end -->"
                        .formatted(part.group(1), made(part.group(1)))));
  }

  /** The names of the made parts that the page has to have. */
  List<String> parts() {
    List<String> parts = new ArrayList<>();
    keys.stream().map(ConfigurationReference::section).distinct().forEach(parts::add);
    parts.add(RELOAD);
    return parts;
  }

  private String made(String part) {
    return part.equals(RELOAD) ? reloadList() : table(part);
  }

  private static String section(Key key) {
    return key.path().replaceFirst("[.\\[].*", "");
  }

  private String table(String section) {
    return keys.stream()
        .filter(key -> section(key).equals(section))
        .map(
            key ->
                "| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                        key.path(),
                        wanted(key),
                        usual(key),
                        live(key).isPresent() ? "at once" : "restart",
                        key.meaning()))
        .collect(Collectors.joining("", HEAD, ""));
  }

  private static String wanted(Key key) {
    return CHOICE.matcher(key.wanted()).matches()
        ? "`" + key.wanted().replace(" or ", "` or `") + "`"
        : CODE.matcher(key.wanted()).replaceAll("`$0`");
  }

  private static String usual(Key key) {
    return switch (key.usual()) {
      case Key.Usual.Written(String text) -> "`" + text + "`";
      case Key.Usual.Told(String words) -> words;
    };
  }

  /** A group is applied as a whole, where it is. */
  private Optional<String> live(Key key) {
    return key.live().or(() -> group(key).flatMap(Key::live));
  }

  private Optional<Key> group(Key key) {
    return keys.stream()
        .filter(other -> key.path().startsWith(other.path() + "."))
        .filter(other -> other.live().isPresent())
        .findFirst();
  }

  private String reloadList() {
    Map<String, List<String>> byManner = new LinkedHashMap<>();
    for (Key key : keys) {
      key.live()
          .ifPresent(
              how ->
                  byManner
                      .computeIfAbsent(how, _ -> new ArrayList<>())
                      .add("`" + key.path() + "`"));
    }
    return byManner.entrySet().stream()
        .map(
            manner -> "* %s: %s\n".formatted(String.join(", ", manner.getValue()), manner.getKey()))
        .collect(Collectors.joining());
  }
}
