package org.hourgate.management.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.testing.Capture;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: messages, or one protocol failure; never anything else. */
final class ManagementDecoderFuzzTest {

  private static final String[] PIECES = {
    ">CLIENT:",
    "CONNECT,",
    "REAUTH,",
    "ENV,",
    "END",
    "ADDRESS,",
    "CR_RESPONSE,",
    "DISCONNECT,",
    "ESTABLISHED,",
    ">STATE:",
    ">LOG:",
    ">HOLD:",
    ">INFO:",
    ">BYTECOUNT_CLI:",
    "SUCCESS: ",
    "ERROR: ",
    "ENTER PASSWORD:",
    "\r\n",
    "\n",
    "\r",
    ",",
    "=",
    "0",
    "1",
    "99999999999999999999",
    "-",
    "\u0000",
    "\u00ff",
    ">"
  };

  @Test
  void randomBytes() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(20_000)];
      random.nextBytes(bytes);
      assertOnlyProtocolFailures(bytes, random);
    }
  }

  @Test
  void wordsOfTheProtocolInRandomOrder() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      assertOnlyProtocolFailures(DecoderHarness.bytes(text.toString()), random);
    }
  }

  @Test
  void recordedStreamsWithBytesChanged() {
    byte[] stream =
        Capture.fromOpenVpn(Capture.named("life-username-only").connections().getFirst());
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] bytes = stream.clone();
      for (int i = 0; i < 20; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      assertOnlyProtocolFailures(bytes, random);
    }
  }

  private static void assertOnlyProtocolFailures(byte[] bytes, Random random) {
    try (DecoderHarness decoder = new DecoderHarness()) {
      int i = 0;
      while (i < bytes.length) {
        int next = Math.min(bytes.length, i + 1 + random.nextInt(500));
        decoder.write(bytes, i, next);
        i = next;
      }
      assertThat(decoder.failures).hasSizeLessThanOrEqualTo(1);
      assertThat(decoder.failures).allMatch(ManagementProtocolException.class::isInstance);
      decoder.messages();
    }
  }
}
