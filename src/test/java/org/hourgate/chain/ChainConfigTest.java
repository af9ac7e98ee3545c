package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;
import org.junit.jupiter.api.Test;

final class ChainConfigTest {

  private static final WalletAddress CONTRACT = new WalletAddress("a".repeat(40));
  private static final URI NODE = URI.create("http://127.0.0.1:8545");

  @Test
  void hasDefaults() {
    assertThat(ChainConfig.of(1, List.of(NODE), List.of(CONTRACT)))
        .isEqualTo(
            new ChainConfig(
                1,
                List.of(NODE),
                List.of(CONTRACT),
                Confirmations.of(1),
                Duration.ofSeconds(1),
                Optional.of(Duration.ofSeconds(60)),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                1,
                Duration.ofMillis(300)));
  }

  @Test
  void namesAllProblemsAtOnce() {
    assertThatThrownBy(
            () ->
                new ChainConfig(
                    0,
                    List.of(URI.create("ws://node"), URI.create("http://me:secret@node/")),
                    List.of(CONTRACT, CONTRACT),
                    Confirmations.of(1),
                    Duration.ZERO,
                    Optional.of(Duration.ZERO),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    3,
                    Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "chain id",
            "http:// or https://",
            "can't carry a user name: node",
            "listed twice",
            "poll",
            "max-head-age",
            "call timeout is longer",
            "quorum must be 1 to the number",
            "hedge delay")
        .hasMessageNotContaining("secret");
  }

  @Test
  void boundsConfirmations() {
    assertThatThrownBy(() -> Confirmations.of(0)).hasMessageContaining("1 to 64, not 0");
    Confirmations.Level level = new Confirmations.Level(Optional.empty(), BigInteger.ONE, 65);
    assertThatThrownBy(() -> new Confirmations(1, List.of(level)))
        .hasMessageContaining("1 to 64, not 65");
  }

  @Test
  void needsANodeAndAContract() {
    assertThatThrownBy(() -> ChainConfig.of(1, List.of(), List.of()))
        .hasMessageContainingAll("at least one RPC address", "at least one contract");
  }

  @Test
  void keepsAccessKeysOutOfNames() {
    assertThat(JsonRpc.nameOf(URI.create("https://node.example:8443/v3/key?token=t")))
        .isEqualTo("https://node.example:8443");
  }
}
