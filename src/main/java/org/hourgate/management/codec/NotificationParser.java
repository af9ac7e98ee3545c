package org.hourgate.management.codec;

import java.util.function.Function;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;
import org.hourgate.management.Notification;
import org.jspecify.annotations.Nullable;

/**
 * One line that begins with {@code >} to what it says. Never throws: fields that can't be read make
 * the line {@link Malformed}.
 */
final class NotificationParser {

  private NotificationParser() {}

  sealed interface Parsed {}

  /** The line says it all. */
  record Whole(Notification notification) implements Parsed {}

  /** A known name with fields we can't read, or no name at all. */
  record Malformed(Notification.Unrecognized notification) implements Parsed {}

  /** ENV lines follow; with them it says it all. */
  record BlockHead(Function<ClientEnvironment, Notification> completion) implements Parsed {}

  static Parsed parse(String line) {
    int colon = line.indexOf(':');
    if (colon < 0) {
      return new Malformed(new Notification.Unrecognized(line.substring(1), ""));
    }
    String source = line.substring(1, colon);
    String text = line.substring(colon + 1);
    Parsed parsed =
        switch (source) {
          case "CLIENT" -> client(text);
          case "BYTECOUNT_CLI" -> byteCount(text);
          case "STATE" -> state(text);
          case "LOG" -> log(text);
          case "HOLD" -> new Whole(new Notification.Hold(text));
          case "INFO" -> new Whole(new Notification.Info(text));
          case "FATAL" -> new Whole(new Notification.Fatal(text));
          default -> new Whole(new Notification.Unrecognized(source, text));
        };
    return parsed == null ? new Malformed(new Notification.Unrecognized(source, text)) : parsed;
  }

  /** {@code manage.c}: management_notify_client_needing_auth and its neighbours. */
  private static @Nullable Parsed client(String text) {
    int comma = text.indexOf(',');
    String word = comma < 0 ? text : text.substring(0, comma);
    String rest = comma < 0 ? "" : text.substring(comma + 1);
    return switch (word) {
      case "CONNECT", "REAUTH" -> loginRequest(word, rest);
      case "ESTABLISHED", "DISCONNECT" -> change(word, rest);
      case "CR_RESPONSE" -> challengeResponse(rest);
      case "ADDRESS" -> address(rest);
      default -> new Whole(new Notification.Unrecognized("CLIENT", text));
    };
  }

  private static @Nullable Parsed loginRequest(String word, String text) {
    String[] fields = text.split(",", -1);
    ClientId client = clientId(fields[0]);
    KeyId key = fields.length == 2 ? keyId(fields[1]) : null;
    if (client == null || key == null) {
      return null;
    }
    return word.equals("CONNECT")
        ? new BlockHead(environment -> new Notification.ClientConnect(client, key, environment))
        : new BlockHead(environment -> new Notification.ClientReauth(client, key, environment));
  }

  private static @Nullable Parsed change(String word, String text) {
    ClientId client = clientId(text);
    if (client == null) {
      return null;
    }
    return word.equals("ESTABLISHED")
        ? new BlockHead(environment -> new Notification.ClientEstablished(client, environment))
        : new BlockHead(environment -> new Notification.ClientDisconnect(client, environment));
  }

  /** The response is the client's own text and may hold commas. */
  private static @Nullable Parsed challengeResponse(String text) {
    String[] fields = text.split(",", 3);
    ClientId client = clientId(fields[0]);
    KeyId key = fields.length == 3 ? keyId(fields[1]) : null;
    if (client == null || key == null) {
      return null;
    }
    return new BlockHead(
        environment ->
            new Notification.ClientChallengeResponse(client, key, fields[2], environment));
  }

  private static @Nullable Parsed address(String text) {
    String[] fields = text.split(",", -1);
    ClientId client = clientId(fields[0]);
    if (client == null || fields.length != 3) {
      return null;
    }
    return switch (fields[2]) {
      case "1" -> new Whole(new Notification.ClientAddress(client, fields[1], true));
      case "0" -> new Whole(new Notification.ClientAddress(client, fields[1], false));
      default -> null;
    };
  }

  private static @Nullable Parsed byteCount(String text) {
    String[] fields = text.split(",", -1);
    if (fields.length != 3) {
      return null;
    }
    ClientId client = clientId(fields[0]);
    long bytesIn = number(fields[1]);
    long bytesOut = number(fields[2]);
    return client == null || bytesIn < 0 || bytesOut < 0
        ? null
        : new Whole(new Notification.ByteCount(client, bytesIn, bytesOut));
  }

  private static @Nullable Parsed state(String text) {
    String[] fields = text.split(",", 4);
    if (fields.length < 2 || number(fields[0]) < 0) {
      return null;
    }
    return new Whole(
        new Notification.StateChange(
            number(fields[0]),
            fields[1],
            fields.length > 2 ? fields[2] : "",
            fields.length > 3 ? fields[3] : ""));
  }

  private static @Nullable Parsed log(String text) {
    String[] fields = text.split(",", 3);
    if (fields.length < 3 || number(fields[0]) < 0) {
      return null;
    }
    return new Whole(new Notification.LogLine(number(fields[0]), fields[1], fields[2]));
  }

  private static @Nullable ClientId clientId(String digits) {
    long value = number(digits);
    return value < 0 ? null : new ClientId(value);
  }

  private static @Nullable KeyId keyId(String digits) {
    long value = number(digits);
    return value < 0 ? null : new KeyId(value);
  }

  /** The number, or -1 if this is not one: digits only, within a long. */
  private static long number(String digits) {
    if (digits.isEmpty() || digits.length() > 19) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
