package org.hourgate.shop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A customer's OpenVPN profile with {@code {{NAME}}}, {@code {{USERNAME}}} and {@code {{PASSWORD}}}
 * left open.
 */
public final class ProfileTemplate {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([A-Za-z_]+)}}");
  private static final Set<String> NEEDED = Set.of("USERNAME", "PASSWORD");
  private static final Set<String> KNOWN = Set.of("NAME", "USERNAME", "PASSWORD");
  private static final int MAX_LENGTH = 64 * 1024;

  private final String text;

  /**
   * Takes the text of a template.
   *
   * @throws IllegalArgumentException with what is wrong with it
   */
  public ProfileTemplate(String text) {
    Set<String> found = new LinkedHashSet<>();
    PLACEHOLDER.matcher(text).results().forEach(match -> found.add(match.group(1)));
    if (!found.containsAll(NEEDED)) {
      throw new IllegalArgumentException("needs {{USERNAME}} and {{PASSWORD}}");
    }
    List<String> open = found.stream().filter(name -> !KNOWN.contains(name)).toList();
    if (!open.isEmpty()) {
      throw new IllegalArgumentException(
          "still has to be filled in: {{" + String.join("}}, {{", open) + "}}");
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
    }
    this.text = text;
  }

  /**
   * Reads a file. Blocks.
   *
   * @throws IllegalArgumentException with what is wrong with it
   */
  public static ProfileTemplate read(Path file) {
    try {
      return new ProfileTemplate(Files.readString(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the profile template " + file + " can't be read as text", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the profile template " + file + " " + e.getMessage(), e);
    }
  }

  /** A value of more than one line could say anything to OpenVPN: there is none. */
  String fill(String name, String username, String password) {
    Map<String, String> values = Map.of("NAME", name, "USERNAME", username, "PASSWORD", password);
    Matcher matcher = PLACEHOLDER.matcher(text);
    return matcher.replaceAll(
        match -> {
          String value = values.getOrDefault(match.group(1), "");
          if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalStateException(match.group(1) + " is more than one line");
          }
          return Matcher.quoteReplacement(value);
        });
  }
}
