package org.hourgate.infrastructure.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hourgate.infrastructure.net.CidrBlock;

/** The kinds of values that more than one key has. */
public final class Parsers {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Pattern LISTEN = Pattern.compile("(\\[[^\\]]+]|[^:]+):([0-9]{1,5})");

  private Parsers() {}

  /** One line of text without control characters. */
  public static Parser<String> text(int maxLength) {
    return Parser.of(
        "one line of 1 to " + maxLength + " characters",
        text ->
            text.isBlank()
                    || text.length() > maxLength
                    || text.chars().anyMatch(Character::isISOControl)
                ? Optional.empty()
                : Optional.of(text));
  }

  /** Text of a pattern, told to people by the given words. */
  public static Parser<String> matching(Pattern pattern, String words) {
    return Parser.of(words, text -> Optional.of(text).filter(pattern.asMatchPredicate()));
  }

  public static Parser<Integer> integer(int min, int max) {
    Parser<Long> number = wholeNumber(min, max);
    return Parser.of(number.wanted(), text -> number.read(text).map(Math::toIntExact));
  }

  public static Parser<Long> wholeNumber(long min, long max) {
    return Parser.of(
        "a whole number from " + min + (max == Long.MAX_VALUE ? "" : " to " + max),
        text -> {
          try {
            long value = Long.parseLong(text);
            return value >= min && value <= max ? Optional.of(value) : Optional.empty();
          } catch (NumberFormatException e) {
            return Optional.empty();
          }
        });
  }

  /** {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 30d}. */
  public static Parser<Duration> duration(Duration min, Duration max) {
    return Parser.of(
        "a duration from " + format(min) + " to " + format(max),
        text ->
            anyDuration(text)
                .filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0));
  }

  private static Optional<Duration> anyDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
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
    return Parser.of(
        parser.wanted() + ", or off",
        text -> {
          boolean off = text.equals("off");
          Optional<T> value = off ? Optional.empty() : parser.read(text);
          return off || value.isPresent() ? Optional.of(value) : Optional.empty();
        });
  }

  /** A constant of an enum, written in lower case with hyphens. */
  public static <E extends Enum<E>> Parser<E> oneOf(Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    return Parser.of(
        constants.stream().map(Parsers::word).collect(Collectors.joining(" or ")),
        text -> constants.stream().filter(constant -> word(constant).equals(text)).findFirst());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A file; a relative one starts at the folder. */
  public static Parser<Path> path(Path folder) {
    return Parser.of(
        "the path of a file",
        text -> text.isBlank() ? Optional.empty() : Optional.of(folder.resolve(text).normalize()));
  }

  /** A secret's file, written {@code file:PATH}. What was written instead is not repeated. */
  public static Parser<Path> secretFile(Path folder) {
    return Parser.of(
        "file:PATH",
        text -> {
          if (!text.startsWith("file:") || text.length() == "file:".length()) {
            throw new IllegalArgumentException(
                "must be file:PATH; a secret itself has no place in this file");
          }
          return Optional.of(folder.resolve(text.substring("file:".length())).normalize());
        });
  }

  /** {@code 127.0.0.1:8443} or {@code [::1]:8443}; names are not looked up. */
  public static Parser<InetSocketAddress> listenAddress() {
    return Parser.of("ADDRESS:PORT such as 127.0.0.1:8443 or [::]:8443", Parsers::socketAddress);
  }

  private static Optional<InetSocketAddress> socketAddress(String text) {
    Matcher matcher = LISTEN.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
      return Optional.empty();
    }
    String host = matcher.group(1);
    String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return Optional.of(
          new InetSocketAddress(
              InetAddress.ofLiteral(literal), Integer.parseInt(matcher.group(2))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Blocks of addresses. */
  public static Parser<CidrBlock> cidrBlock() {
    return Parser.of(CidrBlock.SPELT, text -> Optional.of(CidrBlock.parse(text)));
  }

  /** The exception for a value that is no secret: says what is wanted and what was written. */
  public static IllegalArgumentException refused(String wanted, String text) {
    String start = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    String shown = start.replaceAll("\\p{Cntrl}", "?");
    return new IllegalArgumentException(wanted + ", not \"" + shown + "\"");
  }
}
