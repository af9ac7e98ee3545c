package org.hourgate.management.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.management.ClientId;
import org.hourgate.management.ClientText;
import org.hourgate.management.Command;
import org.hourgate.management.KeyId;
import org.hourgate.testing.Capture;

/**
 * Whatever text: a command that can be made is one line that OpenVPN's buffer bears, and its own
 * lexer makes the same words of it. Any line at all can be split.
 */
public final class EncoderFuzz implements FuzzTarget {

  /** Above it OpenVPN may lose the head of a line (manage.c man_read). */
  private static final int MOST_BYTES = 512;

  private static final int MOST_WORD = 256;
  private static final ClientId CLIENT = new ClientId(17);
  private static final KeyId KEY = new KeyId(3);

  @Override
  public void run(byte[] input) {
    String bytes = new String(input, StandardCharsets.ISO_8859_1);
    splits(bytes);
    String text = utf8(input).orElse(bytes);
    String safe = ClientText.safe(text);
    if (safe.getBytes(StandardCharsets.UTF_8).length > ClientText.DEFAULT_MAX_BYTES
        || !ClientText.safe(safe).equals(safe)) {
      throw new IllegalStateException("not safe: " + safe);
    }
    for (String word : List.of(text, safe)) {
      roundTrip(
          () -> new Command.ClientDeny(CLIENT, KEY, "reason", Optional.of(word)),
          List.of("client-deny", "17", "3", "reason", latin(word)));
      roundTrip(
          () -> new Command.ClientKill(CLIENT, Optional.of(word)),
          List.of("client-kill", "17", latin(word)));
      roundTrip(
          () -> new Command.ClientPendingAuth(CLIENT, KEY, word, 60),
          List.of("client-pending-auth", "17", "3", latin(word), "60"));
    }
    roundTrip(() -> new Command.KillCommonName(bytes), List.of("kill", bytes));
    block(bytes);
  }

  private static void splits(String line) {
    if (CommandLexer.split(line) instanceof CommandLexer.Words(List<String> words)) {
      int length = words.stream().mapToInt(String::length).sum();
      if (words.size() > 16
          || length > line.length()
          || words.stream().anyMatch(word -> word.length() > MOST_WORD)) {
        throw new IllegalStateException("words that the line has not: " + words);
      }
    }
  }

  private interface Maker {
    Command make();
  }

  private static void roundTrip(Maker maker, List<String> expected) {
    Optional<String> encoded = encoded(maker);
    if (encoded.isEmpty()) {
      return;
    }
    String line = encoded.get();
    if (line.indexOf('\n') != line.length() - 1 || line.length() > MOST_BYTES + 1) {
      throw new IllegalStateException("not one line that OpenVPN takes: " + line);
    }
    if (line.chars().anyMatch(c -> c != '\n' && (c < ' ' || c == 0x7F))) {
      throw new IllegalStateException("OpenVPN drops a byte of it: " + line);
    }
    CommandLexer.Result result = CommandLexer.split(line.substring(0, line.length() - 1));
    if (!result.equals(new CommandLexer.Words(expected))) {
      throw new IllegalStateException("said " + expected + ", understood " + result);
    }
  }

  /** A directive stays one line of its block, and ends it only where we do. */
  private static void block(String text) {
    encoded(() -> new Command.ClientAuth(CLIENT, KEY, List.of(text, "session-timeout 60")))
        .ifPresent(
            block -> {
              List<String> lines = List.of(block.split("\n", -1));
              boolean whole =
                  lines.size() == 5
                      && lines.getFirst().equals("client-auth 17 3")
                      && lines.get(1).length() <= 255
                      && !lines.get(1).equals("END")
                      && lines.get(2).equals("session-timeout 60")
                      && lines.get(3).equals("END");
              if (!whole) {
                throw new IllegalStateException("not the block we meant: " + block);
              }
            });
  }

  private static Optional<String> encoded(Maker maker) {
    Command command;
    try {
      command = maker.make();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Refused where it is made.
    }
    ByteBuf out = Unpooled.buffer();
    CommandEncoder.encode(command, out);
    return Optional.of(out.toString(StandardCharsets.ISO_8859_1));
  }

  /** The bytes that OpenVPN is given, one character for each. */
  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static Optional<String> utf8(byte[] input) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(input)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    Capture.all().stream()
        .flatMap(capture -> capture.connections().stream())
        .flatMap(List::stream)
        .filter(line -> line.direction() == Capture.Direction.TO_OPENVPN)
        .map(Capture.Line::text)
        .filter(line -> line.length() < 1_100)
        .distinct()
        .forEach(line -> seeds.add(DecoderHarness.bytes(line)));
    for (String odd :
        List.of(
            "HALT,\"quoted\" and \\ back",
            "'single' \"double\\\" \\\\\" #c ;d",
            "Your time ended at 18:42. Extend at https://vpn.example.org [expired]",
            "a b c d e f g h i j k l m n o p q r",
            "\u00e9\u0085\u00a0\u00ad",
            "END",
            " END ",
            "x".repeat(256),
            "\"".repeat(250))) {
      seeds.add(odd.getBytes(StandardCharsets.UTF_8));
    }
    return seeds;
  }
}
