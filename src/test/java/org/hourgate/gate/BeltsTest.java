package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.WalletAddress;
import org.hourgate.management.ClientId;
import org.hourgate.management.Epoch;
import org.hourgate.management.KeyId;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionKey;
import org.hourgate.session.StatusTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BeltsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T18:00:00Z");
  private static final Instant BELT_END = NOW.plusSeconds(3660);
  private static final InstanceName UDP = new InstanceName("udp");
  private static final InstanceName TCP = new InstanceName("tcp 443");
  private static final Optional<Long> PID = Optional.of(4711L);
  private static final String ALICE = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
  private static final String BOB = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

  private static final Descent DESCENT =
      new Descent(
          SessionView.Kind.DEVICE,
          NOW,
          NOW.plus(Duration.ofDays(30)),
          new DeviceId("0011223344556677"),
          Optional.empty());

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("belts");
  }

  @Test
  void areKnownToTheNextGate() {
    keep(session(UDP, 3, ALICE), session(TCP, 3, BOB));

    Belts next = open();

    assertThat(end(next.of(UDP, PID, row(3, ALICE, NOW.minusSeconds(2))))).contains(BELT_END);
    assertThat(end(next.of(TCP, PID, row(3, BOB, NOW.minusSeconds(2))))).contains(BELT_END);
  }

  @Test
  void areKnownOfWhoeverTookTheTimeToSignOnThePage() {
    keep(session(UDP, 3, ALICE));

    assertThat(end(open().of(UDP, PID, row(3, ALICE, NOW.minus(GateConfig.LONGEST_WEB_SIGN_IN)))))
        .contains(BELT_END);
  }

  @Test
  void areKeptTogetherWithWhatTheSessionGoesBackTo() {
    keep(session(UDP, 3, ALICE));

    assertThat(open().of(UDP, PID, row(3, ALICE, NOW)).flatMap(Belts.Kept::descent))
        .contains(DESCENT);
  }

  @Test
  void areReadFromTheFileOfAnEarlierVersion() throws IOException {
    Files.writeString(
        file,
        "hourgate-belts-1\nudp\t4711\t3\t%s\t%d\t%d\n"
            .formatted(ALICE, NOW.getEpochSecond(), BELT_END.getEpochSecond()));

    Optional<Belts.Kept> kept = open().of(UDP, PID, row(3, ALICE, NOW));

    assertThat(end(kept)).contains(BELT_END);
    assertThat(kept.flatMap(Belts.Kept::descent)).isEmpty();
  }

  @Test
  void areNotTakenForAnothersSession() {
    keep(session(UDP, 3, ALICE));

    Belts next = open();

    assertThat(end(next.of(TCP, PID, row(3, ALICE, NOW)))).isEmpty();
    assertThat(end(next.of(UDP, PID, row(4, ALICE, NOW)))).isEmpty();
    assertThat(end(next.of(UDP, PID, row(3, BOB, NOW)))).isEmpty();
    assertThat(end(next.of(UDP, Optional.of(4712L), row(3, ALICE, NOW)))).isEmpty();
    assertThat(end(next.of(UDP, Optional.empty(), row(3, ALICE, NOW)))).isEmpty();
  }

  @Test
  void areNotTakenForALaterSessionAfterASoftRestart() {
    keep(session(UDP, 0, ALICE));

    assertThat(end(open().of(UDP, PID, row(0, ALICE, NOW.plusSeconds(3))))).isEmpty();
  }

  @Test
  void stayUntilTheSessionsOfTheirInstanceAreKnown() {
    keep(session(UDP, 3, ALICE));

    Belts second = open();
    second.keep(List.of(), _ -> PID);
    assertThat(end(open().of(UDP, PID, row(3, ALICE, NOW)))).contains(BELT_END);

    second.learned(UDP);
    second.keep(List.of(), _ -> PID);
    assertThat(end(open().of(UDP, PID, row(3, ALICE, NOW)))).isEmpty();
  }

  @Test
  void areWrittenByTheWriterAloneAndOnlyWhenSomethingChanged() {
    List<Runnable> writes = new ArrayList<>();
    Belts belts = Belts.open(file, writes::add);
    Session alice = session(UDP, 3, ALICE);
    belts.keep(List.of(alice), _ -> PID);
    belts.keep(List.of(alice), _ -> PID);
    belts.keep(List.of(alice, session(UDP, 4, BOB)), _ -> PID);

    assertThat(writes).hasSize(1);
    assertThat(file).doesNotExist();
    writes.getFirst().run();
    assertThat(end(open().of(UDP, PID, row(4, BOB, NOW)))).contains(BELT_END);
    belts.keep(List.of(alice), _ -> PID);
    assertThat(writes).hasSize(2);
  }

  @Test
  void areWrittenWhenOnlyOneEndHasMoved() {
    Session alice = session(UDP, 3, ALICE);
    Session bob = session(UDP, 4, BOB);
    Belts belts = open();
    belts.keep(List.of(alice, bob), _ -> PID);
    bob.beltEnd(BELT_END.plusSeconds(1));
    belts.keep(List.of(alice, bob), _ -> PID);

    assertThat(end(open().of(UDP, PID, row(3, ALICE, NOW)))).contains(BELT_END);
    assertThat(end(open().of(UDP, PID, row(4, BOB, NOW)))).contains(BELT_END.plusSeconds(1));
  }

  @Test
  void areForgottenWhenNobodyIsLeft() {
    keep(session(UDP, 3, ALICE));
    Belts belts = open();
    belts.learned(UDP);
    belts.keep(List.of(), _ -> PID);

    assertThat(end(open().of(UDP, PID, row(3, ALICE, NOW)))).isEmpty();
  }

  @Test
  void areWrittenAtAnOrderlyEnd() {
    Belts belts = Belts.open(file, _ -> {});
    belts.keep(List.of(session(UDP, 3, ALICE)), _ -> PID);
    belts.close();

    assertThat(end(open().of(UDP, PID, row(3, ALICE, NOW)))).contains(BELT_END);
  }

  @Test
  void areForOurEyesOnly() throws IOException {
    keep(session(UDP, 3, ALICE));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void areUnknownWhereTheFileIsDamaged() throws IOException {
    keep(session(UDP, 3, ALICE), session(UDP, 4, BOB));
    Files.writeString(file, Files.readString(file).replaceFirst("\\t3\\t", "\\tthree\\t"));

    Belts next = open();

    assertThat(end(next.of(UDP, PID, row(3, ALICE, NOW)))).isEmpty();
    assertThat(end(next.of(UDP, PID, row(4, BOB, NOW)))).contains(BELT_END);
  }

  @Test
  void doWithoutAFileThatCantBeReadOrWritten() throws IOException {
    Files.createDirectory(file);
    Files.createFile(file.resolve("in-the-way"));

    keep(session(UDP, 3, ALICE));

    assertThat(end(open().of(UDP, PID, row(3, ALICE, NOW)))).isEmpty();
  }

  @Test
  void doNotReadAnotherProgramsFile() throws IOException {
    Files.writeString(file, "udp\t4711\t3\t" + ALICE + "\t1\t2\n");

    assertThat(end(open().of(UDP, PID, row(3, ALICE, Instant.ofEpochSecond(1))))).isEmpty();
  }

  private static Optional<Instant> end(Optional<Belts.Kept> kept) {
    return kept.flatMap(Belts.Kept::end);
  }

  private Belts open() {
    return Belts.open(file, Runnable::run);
  }

  private void keep(Session... sessions) {
    open().keep(List.of(sessions), _ -> PID);
  }

  private static Session session(InstanceName instance, long cid, String username) {
    return Session.admitted(
        "1",
        new SessionKey(instance, new Epoch(1), new ClientId(cid)),
        new KeyId(1),
        WalletAddress.parse(username),
        username,
        NOW,
        BELT_END.minusSeconds(60),
        Optional.of(BELT_END),
        DESCENT);
  }

  private static StatusTable.Row row(long cid, String username, Instant connectedSince) {
    return new StatusTable.Row(
        new ClientId(cid),
        username,
        username,
        "10.99.0.2:4242",
        "10.88.0.2",
        "",
        0,
        0,
        connectedSince);
  }
}
