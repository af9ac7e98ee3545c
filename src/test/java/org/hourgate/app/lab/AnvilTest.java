package org.hourgate.app.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AnvilTest {

  @Test
  void paysTheAccountsWhoseKeysItTells() {
    try (Anvil anvil = Anvil.start(Anvil.Options.standard())) {
      for (int account = 0; account < 10; account++) {
        String address = Anvil.key(account).address().lowerCase();
        assertThat(anvil.call("eth_getBalance", address, "latest").asString())
            .isEqualTo("0x21e19e0c9bab2400000");
      }
    }
  }

  @Test
  void keepsItsChainInAFile(@TempDir Path folder) {
    Anvil.Options options = Anvil.Options.standard().withStateFile(folder.resolve("state.json"));
    try (Anvil anvil = Anvil.start(options)) {
      anvil.mine(3);
      anvil.freeze();
    }
    try (Anvil again = Anvil.start(options)) {
      assertThat(again.blockNumber()).isEqualTo(3);
    }
  }

  @Test
  void controlsTimeAndBlocks() {
    Instant genesis = Instant.parse("2030-01-01T00:00:00Z");
    try (Anvil anvil = Anvil.start(Anvil.Options.standard().withGenesisTime(genesis))) {
      assertThat(anvil.headTime()).isEqualTo(genesis);
      anvil.setNextBlockTimestamp(genesis.plusSeconds(100));
      anvil.mine(1);
      assertThat(anvil.headTime()).isEqualTo(genesis.plusSeconds(100));
      String snapshot = anvil.snapshot();
      anvil.increaseTime(Duration.ofHours(1));
      anvil.mine(2);
      assertThat(anvil.headTime()).isAfterOrEqualTo(genesis.plusSeconds(3_700));
      String head = hash(anvil);
      anvil.reorg(2);
      assertThat(anvil.blockNumber()).isEqualTo(3);
      assertThat(hash(anvil)).isNotEqualTo(head);
      anvil.revert(snapshot);
      assertThat(anvil.blockNumber()).isEqualTo(1);
      assertThatThrownBy(() -> anvil.revert(snapshot)).isInstanceOf(LabException.class);
    }
  }

  @Test
  void minesByTheClock() {
    try (Anvil anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)))) {
      await().atMost(1, TimeUnit.MINUTES).until(() -> anvil.blockNumber() >= 2);
    }
  }

  @Test
  void saysWhyItDoesNotStart() {
    try (Anvil anvil = Anvil.start(Anvil.Options.standard())) {
      assertThatThrownBy(() -> Anvil.start(anvil.sameAgain()))
          .isInstanceOf(LabException.class)
          .hasMessageContaining("Address already in use");
    }
  }

  private static String hash(Anvil anvil) {
    return anvil.call("eth_getBlockByNumber", "latest", false).get("hash").asString();
  }
}
