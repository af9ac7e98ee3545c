package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.gate.GateWorld.ALICE;
import static org.hourgate.gate.GateWorld.BOB;
import static org.hourgate.gate.GateWorld.START;
import static org.hourgate.gate.GateWorld.name;
import static org.hourgate.gate.GateWorld.row;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hourgate.gate.ServiceRecords.Content;
import org.hourgate.gate.ServiceRecords.Service;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Notification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who was served when, as it is written down. */
final class ServiceRecordsTest {

  private static final Instant FAR = START.plus(Duration.ofDays(30));

  @TempDir Path folder;
  private GateWorld world;

  @BeforeEach
  void attach() {
    world = new GateWorld(folder);
    world.ledger.paid(ALICE.address(), FAR);
    world.attach();
  }

  private Path file(String month) {
    return folder.resolve("accounts").resolve(month);
  }

  private Content read(Instant from, Instant to) throws IOException {
    return ServiceRecords.read(folder.resolve("accounts"), from, to);
  }

  private Content all() throws IOException {
    return read(Instant.EPOCH, FAR.plus(Duration.ofDays(90)));
  }

  /** Connects ALICE; OpenVPN has known the client for two seconds. */
  private void live(long cid) {
    world.connect(cid, name(ALICE), world.login(ALICE));
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("username", name(ALICE));
    environment.put("ifconfig_pool_remote_ip", "10.88.0.2");
    environment.put("time_unix", Long.toString(world.time.wallTime().getEpochSecond() - 2));
    world.notify(
        new Notification.ClientEstablished(
            new ClientId(cid), new ClientEnvironment(environment, false)));
  }

  /** Whoever was there when OpenVPN was last seen was not served through the night. */
  @Test
  void leaveOutTheTimeThatOpenVpnWasAway() throws Exception {
    live(0);
    world.time.advance(Duration.ofMinutes(10));
    world.detach();
    world.time.advance(Duration.ofHours(8));
    world.attach();
    world.time.advance(Duration.ofSeconds(2));

    assertThat(all().services())
        .singleElement()
        .extracting(Service::end, Service::reason)
        .containsExactly(START.plusSeconds(600), "lost");
    assertThat(world.gate.snapshot().served()).isEqualTo(Duration.ofMinutes(10));
  }

  /** A connection that was lost for a while says nothing about the tunnel. */
  @Test
  void countTheTimeThatOnlyTheConnectionWasAway() throws Exception {
    world.daemon.status(row(0, ALICE, "10.88.0.2", START.minusSeconds(2)));
    live(0);
    world.time.advance(Duration.ofMinutes(10));
    world.detach();
    world.time.advance(Duration.ofMinutes(10));
    world.attach();
    world.time.advance(Duration.ofMinutes(10));
    world.disconnect(0);

    assertThat(all().services())
        .singleElement()
        .extracting(Service::end, Service::reason)
        .containsExactly(START.plusSeconds(1800), "client");
    world.time.advance(Duration.ofSeconds(2));
    assertThat(world.gate.snapshot().served()).isEqualTo(Duration.ofMinutes(30));
  }

  @Test
  void tellWhoWasAtWhichAddressWhen() throws Exception {
    live(0);
    world.time.advance(Duration.ofMinutes(10));
    world.disconnect(0);

    assertThat(all().services())
        .containsExactly(
            new Service(
                "udp",
                0,
                START.minusSeconds(2),
                START.plusSeconds(600),
                ALICE.address(),
                "10.88.0.2",
                10,
                20,
                "client"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("2026-11"))))
        .isEqualTo("rw-------");
  }

  @Test
  void holdNobodyWhoNeverCameUp() throws Exception {
    world.connect(0, name(ALICE), world.login(ALICE));
    world.disconnect(0);

    assertThat(all().services()).isEmpty();
  }

  @Test
  void loseAnHourAtMostInACrash() throws Exception {
    live(0);
    world.time.advance(Duration.ofMinutes(150));

    assertThat(all().services())
        .singleElement()
        .satisfies(
            service -> {
              assertThat(service.reason()).isEqualTo("on");
              assertThat(service.within(Instant.EPOCH, FAR))
                  .isBetween(Duration.ofMinutes(90), Duration.ofMinutes(150));
            });
  }

  @Test
  void countASessionOnceThatOutlivesTheGate() throws Exception {
    live(0);
    world.time.advance(Duration.ofMinutes(10));
    var _ = world.gate.close();
    world.time.settle();
    assertThat(all().services()).extracting(Service::reason).containsExactly("on");

    GateWorld next = new GateWorld(folder);
    next.ledger.paid(ALICE.address(), FAR);
    next.daemon.status(row(0, ALICE, "10.88.0.2", START.minusSeconds(2)));
    next.time.advance(Duration.ofMinutes(15));
    next.attach();
    next.time.advance(Duration.ofMinutes(5));
    next.disconnect(0);

    assertThat(all().services())
        .singleElement()
        .satisfies(
            service -> {
              assertThat(service.reason()).isEqualTo("client");
              assertThat(service.within(Instant.EPOCH, FAR))
                  .isEqualTo(Duration.ofMinutes(20).plusSeconds(2));
            });
  }

  @Test
  void giveEachMonthItsShareOfASession() throws Exception {
    Instant december = Instant.parse("2026-12-01T00:00:00Z");
    live(0);
    world.time.advance(Duration.between(START, december).plusHours(1));
    world.disconnect(0);

    Service november = read(START, december).services().getFirst();
    assertThat(november.within(START, december)).isEqualTo(Duration.between(START, december));
    Service later = read(december, FAR).services().getFirst();
    assertThat(later.within(december, FAR)).isEqualTo(Duration.ofHours(1));
    assertThat(read(FAR, FAR.plusSeconds(60)).services()).isEmpty();
    assertThat(file("2026-12")).exists();
  }

  @Test
  void areReadInSpiteOfALineThatAPowerCutLeftUnfinished() throws Exception {
    live(0);
    world.disconnect(0);
    Files.writeString(
        file("2026-11"), "17953456 1795", StandardCharsets.US_ASCII, StandardOpenOption.APPEND);

    world.ledger.paid(BOB.address(), FAR);
    world.time.advance(Duration.ofSeconds(1));
    world.live(1, BOB);
    world.time.advance(Duration.ofSeconds(5));
    world.disconnect(1);

    assertThat(all().services())
        .extracting(Service::wallet)
        .containsExactly(ALICE.address(), BOB.address());
    assertThat(all().damaged()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-99", "2026-00", "12345-01", "-2026-12", "2026-12.gz"})
  void areReadInSpiteOfAFileOfNoMonth(String name) throws Exception {
    live(0);
    world.disconnect(0);
    Files.copy(file("2026-11"), file(name));

    assertThat(all().services()).hasSize(1);
  }

  @Test
  void areWrittenLaterWhenTheDiskTakesNothing() throws Exception {
    Path blocked = Files.createFile(folder.resolve("accounts"));
    live(0);
    world.time.advance(Duration.ofSeconds(5));
    world.disconnect(0);
    Files.delete(blocked);

    live(1);
    world.time.advance(Duration.ofSeconds(5));
    world.disconnect(1);

    assertThat(all().services()).hasSize(2);
  }
}
