package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayKeysTest {
  private static final String FIRST = "0123456789abcdef".repeat(4);
  private static final String SECOND = "f".repeat(64);
  private static final byte[] INPUT = {1, 2, 3};

  @TempDir private Path folder;

  @Test
  void makesAKeyFileForTheOwnerAlone() throws IOException {
    Path file = folder.resolve("gateway.key");
    GatewayKeys made = GatewayKeys.load(file);

    assertThat(Files.readString(file)).matches("[0-9a-f]{64}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(GatewayKeys.load(file).mac(INPUT)).isEqualTo(made.mac(INPUT));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void twoGatewaysHaveDifferentKeys() {
    assertThat(GatewayKeys.load(folder.resolve("a")).mac(INPUT))
        .isNotEqualTo(GatewayKeys.load(folder.resolve("b")).mac(INPUT));
  }

  @Test
  void processesThatStartTogetherUseTheSameKey() throws Exception {
    int count = 8;
    Path file = folder.resolve("gateway.key");
    CyclicBarrier start = new CyclicBarrier(count);
    Callable<String> task =
        () -> {
          start.await();
          return LowerHex.format(GatewayKeys.load(file).mac(INPUT));
        };
    try (ExecutorService executor = Executors.newFixedThreadPool(count)) {
      List<Future<String>> results =
          Stream.generate(() -> executor.submit(task)).limit(count).toList();
      String mac = LowerHex.format(GatewayKeys.load(file).mac(INPUT));
      for (Future<String> result : results) {
        assertThat(result.get()).isEqualTo(mac);
      }
    }
  }

  @Test
  void threadsShareAKeyWithoutMixingWhatTheyAuthenticate() throws Exception {
    GatewayKeys keys = GatewayKeys.load(file(FIRST + "\n" + SECOND));
    int count = 4;
    CyclicBarrier start = new CyclicBarrier(count);
    try (ExecutorService executor = Executors.newFixedThreadPool(count)) {
      List<Future<Boolean>> results =
          Stream.iterate(0, number -> number + 1)
              .limit(count)
              .map(number -> executor.submit(() -> sameMacsAsAlone(keys, start, number)))
              .toList();
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    }
  }

  private static boolean sameMacsAsAlone(GatewayKeys keys, CyclicBarrier start, int number)
      throws Exception {
    byte[] input = new byte[200];
    Arrays.fill(input, (byte) number);
    Mac alone = Mac.getInstance("HmacSHA256");
    alone.init(new SecretKeySpec(HexFormat.of().parseHex(SECOND), "HmacSHA256"));
    byte[] expected = alone.doFinal(input);
    start.await();
    for (int i = 0; i < 2_000; i++) {
      if (!Arrays.equals(keys.macs(input).get(1), expected)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void theFirstLineIsTheCurrentKeyAndTheSecondThePreviousOne() throws IOException {
    GatewayKeys both = GatewayKeys.load(file(SECOND + "\n" + FIRST + "\n"));
    GatewayKeys first = GatewayKeys.load(file(FIRST + "\n"));
    GatewayKeys second = GatewayKeys.load(file(SECOND));

    assertThat(both.mac(INPUT)).isEqualTo(second.mac(INPUT));
    assertThat(both.macs(INPUT)).containsExactly(second.mac(INPUT), first.mac(INPUT));
    assertThat(first.macs(INPUT)).containsExactly(first.mac(INPUT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "change me\n",
        "0123456789abcdef\n",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg\n",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n\n",
        " 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
      })
  void refusesOtherContentWithoutRepeatingIt(String content) throws IOException {
    Path file = file(content);

    assertThatThrownBy(() -> GatewayKeys.load(file))
        .isInstanceOf(InvalidGatewayKeyException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("64 hexadecimal digits")
        .hasMessageNotContaining("0123456789abcdef");
  }

  @Test
  void refusesAThirdKey() throws IOException {
    Path file = file((FIRST + "\n").repeat(3));

    assertThatThrownBy(() -> GatewayKeys.load(file)).isInstanceOf(InvalidGatewayKeyException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-rw-rw-"})
  void refusesAFileThatOthersCanOpenAndSaysHowToCloseIt(String permissions) throws IOException {
    Path file = file(FIRST + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

    assertThatThrownBy(() -> GatewayKeys.load(file))
        .isInstanceOf(InvalidGatewayKeyException.class)
        .hasMessageContaining("chmod 600 " + file);
  }

  @Test
  void saysWhichFileCanNotBeMade() {
    Path file = folder.resolve("missing").resolve("gateway.key");

    assertThatThrownBy(() -> GatewayKeys.load(file))
        .isInstanceOf(InvalidGatewayKeyException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void writesNoSecret() throws IOException {
    assertThat(GatewayKeys.load(file(FIRST + "\n"))).hasToString("GatewayKeys[1 hidden]");
  }

  private Path file(String content) throws IOException {
    Path file =
        Files.createTempFile(
            folder,
            "gateway",
            ".key",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, content, StandardCharsets.US_ASCII);
  }
}
