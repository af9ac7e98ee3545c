package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpentLoginsTest {
  private static final WalletAddress WALLET =
      new WalletAddress("f39fd6e51aad88f6f4ce6ab8827279cfffb92266");
  private static final WalletAddress OTHER_WALLET =
      new WalletAddress("70997970c51812dc3a010c7d01b50e0d17dc79c8");
  private static final Nonce NONCE = nonce(1);
  private static final Instant START = Instant.parse("2026-11-21T18:00:00.25Z");
  private static final Instant START_SECOND = Instant.parse("2026-11-21T18:00:00Z");
  private static final Instant EXPIRES = START_SECOND.plus(Duration.ofMinutes(5));

  @TempDir private Path folder;
  private final Queue<Runnable> writes = new ArrayDeque<>();

  @Test
  void aLoginIsReservedOnce() {
    SpentLogins logins = open(START);

    assertThat(logins.tryReserve(WALLET, NONCE, EXPIRES)).isTrue();
    assertThat(logins.tryReserve(WALLET, NONCE, EXPIRES)).isFalse();
    assertThat(logins.isSpent(WALLET, NONCE)).isFalse();
  }

  @Test
  void walletsAndNoncesAreCountedApart() {
    SpentLogins logins = open(START);

    assertThat(logins.tryReserve(WALLET, NONCE, EXPIRES)).isTrue();
    assertThat(logins.tryReserve(WALLET, nonce(2), EXPIRES)).isTrue();
    assertThat(logins.tryReserve(OTHER_WALLET, NONCE, EXPIRES)).isTrue();
  }

  @Test
  void aReleasedLoginCanBeReservedAgain() {
    SpentLogins logins = open(START);
    logins.tryReserve(WALLET, NONCE, EXPIRES);
    logins.release(WALLET, NONCE);

    assertThat(logins.tryReserve(WALLET, NONCE, EXPIRES)).isTrue();
  }

  @Test
  void aSpentLoginStaysSpent() {
    SpentLogins logins = open(START);
    logins.tryReserve(WALLET, NONCE, EXPIRES);
    logins.spend(WALLET, NONCE);
    logins.release(WALLET, NONCE);

    assertThat(logins.isSpent(WALLET, NONCE)).isTrue();
    assertThat(logins.tryReserve(WALLET, NONCE, EXPIRES)).isFalse();
  }

  @Test
  void spentLoginsSurviveARestart() {
    SpentLogins before = open(START);
    spend(before, NONCE);
    before.tryReserve(WALLET, nonce(2), EXPIRES);
    runWrites();

    SpentLogins after = open(START.plusSeconds(10));

    assertThat(after.isSpent(WALLET, NONCE)).isTrue();
    assertThat(after.tryReserve(WALLET, NONCE, EXPIRES)).isFalse();
    assertThat(after.tryReserve(WALLET, nonce(2), EXPIRES)).isTrue();
    assertThat(after.refuseIssuedBefore()).isEqualTo(START_SECOND);
  }

  @Test
  void theCallerDoesNotWriteAndManySpentLoginsAreOneWrite() throws IOException {
    SpentLogins logins = open(START);
    String empty = Files.readString(file());
    for (int i = 0; i < 100; i++) {
      spend(logins, nonce(i));
    }

    assertThat(Files.readString(file())).isEqualTo(empty);
    assertThat(writes).hasSize(1);
    runWrites();
    assertThat(Files.readString(file()).lines()).hasSize(101);
  }

  @Test
  void anOrderlyEndWritesWhatWaits() {
    SpentLogins logins = open(START);
    spend(logins, NONCE);
    logins.close();

    assertThat(open(START.plusSeconds(1)).isSpent(WALLET, NONCE)).isTrue();
  }

  @Test
  void theFileIsForItsOwnerAlone() throws IOException {
    Files.writeString(file(), "");
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));
    SpentLogins logins = open(START);
    spend(logins, NONCE);
    runWrites();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void withoutAFileEarlierLoginsAreRefused() {
    assertThat(open(START).refuseIssuedBefore()).isEqualTo(START_SECOND);
  }

  @Test
  void aGapIsRememberedAcrossFurtherRestarts() {
    open(START);

    assertThat(open(START.plusSeconds(60)).refuseIssuedBefore()).isEqualTo(START_SECOND);
    assertThat(open(START.plusSeconds(120)).refuseIssuedBefore()).isEqualTo(START_SECOND);
  }

  @Test
  void aFileCutShortIsNotTrustedAndTheGapIsRemembered() throws IOException {
    SpentLogins logins = open(START);
    spend(logins, NONCE);
    runWrites();
    String whole = Files.readString(file());
    Files.writeString(file(), whole.substring(0, whole.length() - 1));
    Instant restart = START_SECOND.plusSeconds(30);

    assertThat(open(restart).refuseIssuedBefore()).isEqualTo(restart);
    assertThat(open(restart.plusSeconds(30)).refuseIssuedBefore()).isEqualTo(restart);
  }

  @Test
  void aFolderInPlaceOfTheFileDoesNotStopTheStart() throws IOException {
    Files.createDirectories(file().resolve("full"));
    SpentLogins logins = open(START);

    assertThat(logins.refuseIssuedBefore()).isEqualTo(START_SECOND);
    assertThat(logins.tryReserve(WALLET, NONCE, EXPIRES)).isTrue();
  }

  @Test
  void aFailedWriteIsMadeGoodByTheNextOne() throws IOException {
    Path state = Files.createDirectory(folder.resolve("state"));
    Path away = folder.resolve("away");
    SpentLogins logins = SpentLogins.open(state.resolve("spent"), START, writes::add);
    Files.move(state, away);
    spend(logins, NONCE);
    runWrites();
    Files.createDirectory(state);
    spend(logins, nonce(2));
    runWrites();

    SpentLogins after = SpentLogins.open(state.resolve("spent"), START.plusSeconds(5), writes::add);
    assertThat(after.isSpent(WALLET, NONCE)).isTrue();
    assertThat(after.isSpent(WALLET, nonce(2))).isTrue();
    assertThat(after.refuseIssuedBefore()).isEqualTo(START_SECOND);
  }

  @Test
  void aFileThatMissedAWriteIsNotLeftBehind() throws IOException {
    SpentLogins logins = open(START);
    Files.delete(file());
    Files.createSymbolicLink(file(), folder.resolve("nowhere").resolve("spent"));
    spend(logins, NONCE);
    runWrites();

    assertThat(Files.exists(file(), LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(open(START.plusSeconds(60)).refuseIssuedBefore())
        .isEqualTo(START_SECOND.plusSeconds(60));
  }

  @Test
  void expiredLoginsAreForgottenAndTheFileStaysSmall() throws IOException {
    SpentLogins logins = open(START);
    for (int i = 0; i < 800; i++) {
      spend(logins, nonce(i));
      if (i % 10 == 0) {
        logins.forgetExpired(EXPIRES);
      }
      runWrites();
    }
    logins.forgetExpired(EXPIRES);
    runWrites();

    assertThat(Files.readString(file()).lines().count()).isLessThan(500);
    assertThat(logins.isSpent(WALLET, nonce(0))).isFalse();
  }

  @Test
  void whatHasNotExpiredIsNotForgotten() {
    SpentLogins logins = open(START);
    spend(logins, NONCE);
    logins.forgetExpired(EXPIRES.minusNanos(1));

    assertThat(logins.isSpent(WALLET, NONCE)).isTrue();
    logins.forgetExpired(EXPIRES);
    assertThat(logins.isSpent(WALLET, NONCE)).isFalse();
  }

  @Test
  void expiredLoginsAreNotReadAtTheNextStart() throws IOException {
    SpentLogins logins = open(START);
    spend(logins, NONCE);
    runWrites();
    open(EXPIRES);

    assertThat(Files.readString(file()).lines()).hasSize(1);
  }

  @Test
  void memoryIsBounded() {
    SpentLogins logins = open(START);
    for (int i = 0; i < SpentLogins.MAX_REMEMBERED; i++) {
      assertThat(logins.tryReserve(WALLET, nonce(i), EXPIRES)).isTrue();
    }

    assertThat(logins.tryReserve(OTHER_WALLET, NONCE, EXPIRES)).isFalse();
    logins.release(WALLET, NONCE);
    assertThat(logins.tryReserve(OTHER_WALLET, NONCE, EXPIRES)).isTrue();
  }

  @Test
  void waitingWritesAreBoundedWhenTheDiskHangs() throws IOException {
    SpentLogins logins = open(START);
    int count = 30_000;
    for (int i = 0; i < count; i++) {
      spend(logins, nonce(i));
    }

    assertThat(writes).hasSize(1);
    logins.forgetExpired(START);
    runWrites();
    assertThat(Files.readString(file()).lines()).hasSize(count + 1);
  }

  private static void spend(SpentLogins logins, Nonce nonce) {
    logins.tryReserve(WALLET, nonce, EXPIRES);
    logins.spend(WALLET, nonce);
  }

  private SpentLogins open(Instant now) {
    return SpentLogins.open(file(), now, writes::add);
  }

  private Path file() {
    return folder.resolve("spent-logins");
  }

  private void runWrites() {
    for (Runnable write = writes.poll(); write != null; write = writes.poll()) {
      write.run();
    }
  }

  private static Nonce nonce(int number) {
    return new Nonce("%032x".formatted(number));
  }
}
