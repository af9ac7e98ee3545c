package org.hourgate.infrastructure.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kinds of values that more than one key has. */
public final class Parsers {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Pattern LISTEN = Pattern.compile("(\\[[^\\]]+]|[^:]+):([0-9]{1,5})");

  private Parsers() {}

  /** One line of text without control characters. */
  public static Parser<String> text(int maxLength) {
    return text -> {
      if (text.isBlank()
          || text.length() > maxLength
          || text.chars().anyMatch(Character::isISOControl)) {
        throw refused("must be one line of 1 to " + maxLength + " characters", text);
      }
      return text;
    };
  }

  /** Text of a pattern, told to people by the given words. */
  public static Parser<String> matching(Pattern pattern, String words) {
    return text -> {
      if (!pattern.matcher(text).matches()) {
        throw refused("must be " + words, text);
      }
      return text;
    };
  }

  public static Parser<Integer> integer(int min, int max) {
    return text -> Math.toIntExact(wholeNumber(min, max).parse(text));
  }

  public static Parser<Long> wholeNumber(long min, long max) {
    return text -> {
      try {
        long value = Long.parseLong(text);
        if (value >= min && value <= max) {
          return value;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw refused("must be a whole number from " + min + " to " + max, text);
    };
  }

  /** {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 30d}. */
  public static Parser<Duration> duration(Duration min, Duration max) {
    return text -> {
      Duration value = parseDuration(text);
      if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
        throw refused("must be from " + format(min) + " to " + format(max), text);
      }
      return value;
    };
  }

  static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw refused("must be a duration such as 30s, 5m, 1h or 30d", text);
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  /** The word {@code off}, or what the other parser takes. */
  public static <T> Parser<Optional<T>> orOff(Parser<T> parser) {
    return text -> {
      if (text.equals("off")) {
        return Optional.empty();
      }
      try {
        return Optional.of(parser.parse(text));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(e.getMessage() + "; or off", e);
      }
    };
  }

  /** A constant of an enum, written in lower case with hyphens. */
  public static <E extends Enum<E>> Parser<E> oneOf(Class<E> type) {
    return text ->
        Arrays.stream(type.getEnumConstants())
            .filter(constant -> word(constant).equals(text))
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        "must be "
                            + Arrays.stream(type.getEnumConstants())
                                .map(Parsers::word)
                                .collect(Collectors.joining(" or ")),
                        text));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A file; a relative one starts at the folder. */
  public static Parser<Path> path(Path folder) {
    return text -> {
      if (text.isBlank()) {
        throw new IllegalArgumentException("must be the path of a file");
      }
      return folder.resolve(text).normalize();
    };
  }

  /** A secret's file, written {@code file:PATH}. What was written instead is not repeated. */
  public static Parser<Path> secretFile(Path folder) {
    return text -> {
      if (!text.startsWith("file:") || text.length() == "file:".length()) {
        throw new IllegalArgumentException(
            "must be file:PATH; a secret itself has no place in this file");
      }
      return folder.resolve(text.substring("file:".length())).normalize();
    };
  }

  /** {@code 127.0.0.1:8443} or {@code [::1]:8443}; names are not looked up. */
  public static Parser<InetSocketAddress> listenAddress() {
    return text -> {
      Matcher matcher = LISTEN.matcher(text);
      if (matcher.matches() && Integer.parseInt(matcher.group(2)) <= 65_535) {
        String host = matcher.group(1);
        String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        try {
          return new InetSocketAddress(
              InetAddress.ofLiteral(literal), Integer.parseInt(matcher.group(2)));
        } catch (IllegalArgumentException e) {
          // told below
        }
      }
      throw refused("must be ADDRESS:PORT such as 127.0.0.1:8443 or [::]:8443", text);
    };
  }

  /** The exception for a value that is no secret: says what is wanted and what was written. */
  public static IllegalArgumentException refused(String wanted, String text) {
    String start = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    String shown = start.replaceAll("\\p{Cntrl}", "?");
    return new IllegalArgumentException(wanted + ", not \"" + shown + "\"");
  }
}
