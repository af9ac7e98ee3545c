package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.infrastructure.files.CheckedLines;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of bans: what is in it holds, and what is not sure stops the start. */
final class BansTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final WalletAddress ALICE =
      WalletAddress.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
  private static final WalletAddress BOB =
      WalletAddress.parse("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
  private static final Ban AN_HOUR =
      new Ban(ALICE, NOW, Optional.of(NOW.plusSeconds(3600)), "mail flood, ticket 7 % ä\"", "root");
  private static final Ban FOR_EVER =
      new Ban(BOB, NOW.plusSeconds(1), Optional.empty(), "abuse", "alice (root)");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("bans");
  }

  private Bans open() {
    return Bans.open(file, Runnable::run);
  }

  @Test
  void beginWithoutABanWhereThereIsNoFile() {
    assertThat(open().all(NOW)).isEmpty();
  }

  @Test
  void areNotBelievedWhereAWalletIsNoneThoughTheChecksumsAreRight() throws Exception {
    Files.writeString(
        file,
        CheckedLines.line("hourgate-bans-1 1")
            + CheckedLines.line("1795309140 forever 0xNobody root noise"));

    assertThatThrownBy(this::open).isInstanceOf(UnreadableStateException.class);
  }

  @Test
  void comeBackAfterARestartWithAllTheirWords() throws Exception {
    Bans bans = open();
    assertThat(bans.put(AN_HOUR)).isCompletedWithValue(true);
    assertThat(bans.put(FOR_EVER)).isCompletedWithValue(true);

    assertThat(open().all(NOW)).containsExactly(FOR_EVER, AN_HOUR);
    assertThat(open().of(ALICE, NOW)).contains(AN_HOUR);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void areNotDroppedByAClockThatNoChainConfirms() {
    GateWorld world = new GateWorld(folder);
    world.attach();
    Instant end = GateWorld.START.plusSeconds(3600);
    var _ = world.gate.ban(new Ban(ALICE, GateWorld.START, Optional.of(end), "x", "root"));
    world.ledger.status(new ChainStatus(false, List.of("old head"), GateWorld.START, true));

    world.after(Duration.ofHours(2));
    assertThat(open().of(ALICE, end.minusSeconds(1))).isPresent();

    world.ledger.status(new ChainStatus(true, List.of(), world.time.wallTime(), true));
    world.after(Duration.ofSeconds(2));
    assertThat(open().of(ALICE, end.minusSeconds(1))).isEmpty();
  }

  @Test
  void endAtTheirSecondAndByHand() {
    Bans bans = open();
    bans.put(AN_HOUR);
    bans.put(FOR_EVER);

    assertThat(bans.of(ALICE, NOW.plusSeconds(3599))).isPresent();
    assertThat(bans.of(ALICE, NOW.plusSeconds(3600))).isEmpty();
    assertThat(bans.all(NOW.plusSeconds(3600))).containsExactly(FOR_EVER);

    assertThat(bans.remove(BOB)).isCompletedWithValue(true);
    assertThat(open().of(BOB, NOW)).isEmpty();
    assertThat(open().of(ALICE, NOW)).isPresent();
  }

  @Test
  void areReplacedByALaterOneOfTheSameWallet() {
    Bans bans = open();
    bans.put(AN_HOUR);
    Ban longer = new Ban(ALICE, NOW, Optional.empty(), "again", "root");
    bans.put(longer);

    assertThat(open().all(NOW)).containsExactly(longer);
  }

  @Test
  void leaveTheFileWhenTheyAreOver() throws Exception {
    Bans bans = open();
    bans.put(AN_HOUR);
    bans.put(FOR_EVER);

    bans.forgetOver(NOW.plusSeconds(3600));

    assertThat(Files.readAllLines(file)).hasSize(2);
    assertThat(open().of(BOB, NOW)).isPresent();
  }

  @Test
  void stopTheStartWhenTheirFileIsDamagedAnywhere() throws Exception {
    Bans bans = open();
    bans.put(AN_HOUR);
    bans.put(FOR_EVER);
    byte[] whole = Files.readAllBytes(file);
    assertThat(open().all(NOW)).hasSize(2);
    for (int cut = 0; cut < whole.length; cut++) {
      Files.write(file, Arrays.copyOf(whole, cut));
      assertThatThrownBy(this::open)
          .as("cut after %d bytes", cut)
          .isInstanceOf(UnreadableStateException.class)
          .hasMessageContaining(file.toString());
    }
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x10;
      Files.write(file, damaged);
      assertThatThrownBy(this::open)
          .as("byte %d changed", i)
          .isInstanceOf(UnreadableStateException.class);
    }
  }

  @Test
  void holdAndAreTriedAgainWhenTheyCanNotBeWritten() throws Exception {
    Bans bans = open();
    Path inTheWay = Files.createDirectory(folder.resolve("bans.new"));
    Path full = Files.writeString(inTheWay.resolve("x"), "x");

    assertThat(bans.put(AN_HOUR)).isCompletedWithValue(false);
    assertThat(bans.of(ALICE, NOW)).isPresent();
    assertThat(file).doesNotExist();

    remove(full, inTheWay);
    bans.forgetOver(NOW);
    assertThat(open().of(ALICE, NOW)).isPresent();
  }

  private static void remove(Path... files) throws IOException {
    for (Path one : files) {
      Files.delete(one);
    }
  }
}
