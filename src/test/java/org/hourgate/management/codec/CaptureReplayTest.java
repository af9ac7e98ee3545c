package org.hourgate.management.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.hourgate.management.Notification;
import org.hourgate.testing.Capture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams of a real OpenVPN: however the network cuts them, they say the same. */
final class CaptureReplayTest {

  static Stream<Capture> captures() {
    return Capture.all().stream();
  }

  @ParameterizedTest
  @MethodSource("captures")
  void saysTheSameHoweverItIsCut(Capture capture) {
    for (List<Capture.Line> connection : capture.connections()) {
      byte[] stream = Capture.fromOpenVpn(connection);
      List<ManagementMessage> whole = decode(stream, stream.length);
      assertThat(decode(stream, 1)).isEqualTo(whole);
      for (int seed = 0; seed < 20; seed++) {
        assertThat(decodeRandomCuts(stream, new Random(seed))).as("seed %d", seed).isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("captures")
  void losesNoLine(Capture capture) {
    for (List<Capture.Line> connection : capture.connections()) {
      List<String> lines =
          connection.stream()
              .filter(line -> line.direction() == Capture.Direction.FROM_OPENVPN)
              .map(Capture.Line::text)
              .toList();
      byte[] stream = Capture.fromOpenVpn(connection);
      List<ManagementMessage> messages = decode(stream, stream.length);
      assertThat(replies(messages))
          .isEqualTo(
              lines.stream()
                  .filter(line -> !line.startsWith(">") && !line.equals("ENTER PASSWORD:"))
                  .toList());
      long ends = lines.stream().filter(">CLIENT:ENV,END"::equals).count();
      long unfinished = lines.stream().filter(CaptureReplayTest::beginsBlock).count() - ends;
      assertThat(unfinished).as("blocks cut off by the end of the recording").isBetween(0L, 1L);
      assertThat(blocks(messages)).isEqualTo(ends);
      assertThat(notifications(messages) + unfinished)
          .isEqualTo(
              lines.stream()
                  .filter(line -> line.startsWith(">") && !line.startsWith(">CLIENT:ENV,"))
                  .count());
    }
  }

  private static boolean beginsBlock(String line) {
    return line.matches(">CLIENT:(CONNECT|REAUTH|ESTABLISHED|DISCONNECT|CR_RESPONSE),.*");
  }

  private static List<String> replies(List<ManagementMessage> messages) {
    List<String> replies = new ArrayList<>();
    for (ManagementMessage message : messages) {
      if (message instanceof ManagementMessage.ReplyLine(String text)) {
        replies.add(text);
      }
    }
    return replies;
  }

  private static long notifications(List<ManagementMessage> messages) {
    return messages.stream().filter(ManagementMessage.Notified.class::isInstance).count();
  }

  private static long blocks(List<ManagementMessage> messages) {
    return messages.stream()
        .filter(ManagementMessage.Notified.class::isInstance)
        .map(message -> ((ManagementMessage.Notified) message).notification())
        .filter(
            notification ->
                notification instanceof Notification.ClientConnect
                    || notification instanceof Notification.ClientReauth
                    || notification instanceof Notification.ClientEstablished
                    || notification instanceof Notification.ClientDisconnect
                    || notification instanceof Notification.ClientChallengeResponse)
        .count();
  }

  private static List<ManagementMessage> decode(byte[] stream, int step) {
    try (DecoderHarness decoder = new DecoderHarness()) {
      for (int i = 0; i < stream.length; i += step) {
        decoder.write(stream, i, Math.min(i + step, stream.length));
      }
      return end(decoder);
    }
  }

  private static List<ManagementMessage> decodeRandomCuts(byte[] stream, Random random) {
    try (DecoderHarness decoder = new DecoderHarness()) {
      int i = 0;
      while (i < stream.length) {
        int next = Math.min(stream.length, i + 1 + random.nextInt(1 << random.nextInt(12)));
        decoder.write(stream, i, next);
        i = next;
      }
      return end(decoder);
    }
  }

  private static List<ManagementMessage> end(DecoderHarness decoder) {
    assertThat(decoder.failures).isEmpty();
    assertThat(decoder.unparsed.sum()).isZero();
    return decoder.messages();
  }
}
