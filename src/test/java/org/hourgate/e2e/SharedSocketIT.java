package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/** Other people's tools beside the gate, at a real OpenVPN. */
@Execution(SAME_THREAD)
@Timeout(value = 5, unit = TimeUnit.MINUTES) // Guests wait for ever.
final class SharedSocketIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  private static final int GUESTS = 50;
  private static final int CLIENTS = 12;
  private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(100);

  private Path socket;

  @BeforeEach
  void find() {
    socket = lab.gateway().configuration().resolveSibling("operator.sock");
  }

  @Test
  void isOpenToItsOwnerAlone() throws Exception {
    assertThat(Files.getPosixFilePermissions(socket))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aMonitorSeesTheSessionInEveryForm() throws Exception {
    WalletKey wallet = Lab.newWallet();
    String name = wallet.address().checksummed();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login");
        Guest monitor = Guest.at(socket)) {
      assertThat(monitor.askForLines("version"))
          .anyMatch(line -> line.startsWith("OpenVPN Version: OpenVPN 2.6"));
      assertThat(monitor.ask("load-stats"))
          .matches("SUCCESS: nclients=\\d+,bytesin=\\d+,bytesout=\\d+");
      assertThat(monitor.ask("pid")).isEqualTo("SUCCESS: pid=" + lab.server().pid());
      assertThat(monitor.askForLines("state"))
          .singleElement()
          .asString()
          .contains(",CONNECTED,SUCCESS,");
      assertThat(monitor.askForLines("status 3"))
          .anyMatch(line -> line.startsWith("CLIENT_LIST\t" + name + "\t"));
      assertThat(monitor.askForLines("status 2"))
          .anyMatch(line -> line.startsWith("CLIENT_LIST," + name + ","))
          .anyMatch(line -> line.matches("ROUTING_TABLE,10\\.88\\.\\d+\\.\\d+," + name + ",.*"));
      List<String> first = monitor.askForLines("status");
      assertThat(first)
          .startsWith("OpenVPN CLIENT LIST")
          .contains("Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since")
          .anyMatch(line -> line.matches(name + ",[0-9.]+:\\d+,\\d+,\\d+,.*"))
          .anyMatch(line -> line.matches("10\\.88\\.\\d+\\.\\d+," + name + ",.*"))
          .contains("GLOBAL STATS")
          .last()
          .asString()
          .startsWith("Max bcast/mcast queue length,");
      assertThat(monitor.askForLines("log 5")).hasSize(5);
      visit.assertUndisturbed();
    }
  }

  @Test
  void aScriptEndsASessionByItsNameAndTheClientIsTold() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login")) {
      String answer =
          shell(
              "printf 'kill %s\\nquit\\n' | socat -t 60 - UNIX-CONNECT:%s"
                  .formatted(wallet.address().checksummed(), socket));

      assertThat(answer)
          .endsWith(
              "SUCCESS: common name '"
                  + wallet.address().checksummed()
                  + "' found, 1 client(s) killed\r\n");
      visit.assertEnded("[operator]");
    }
  }

  @Test
  void aScriptThatClosesItsSideAtOnceIsAnsweredInFull() throws Exception {
    assertThat(shell("printf 'status 3\\npid\\n' | socat -t 60 - UNIX-CONNECT:" + socket))
        .contains("HEADER\tCLIENT_LIST\t")
        .endsWith("END\r\nSUCCESS: pid=" + lab.server().pid() + "\r\n");
  }

  @Test
  void aClientThatIgnoresTheFarewellIsOffTheNetAtTheKill() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    String pass = lab.gateway().password(wallet, "login");
    try (OpenVpnClient client = lab.client(lab.server(), wallet, pass).stubborn().start();
        Guest guest = Guest.at(socket)) {
      client.awaitConnected(Lab.LONG);
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        packets.up().awaitAfter(Instant.now(), Lab.LONG);
        packets.down().awaitAfter(Instant.now(), Lab.LONG);
        String row =
            guest.askForLines("status 3").stream()
                .filter(line -> line.startsWith("CLIENT_LIST\t" + wallet.address().checksummed()))
                .findFirst()
                .orElseThrow();
        Instant asked = Instant.now();

        assertThat(guest.ask("client-kill " + row.split("\t", -1)[10] + " \"HALT,back at noon\""))
            .isEqualTo("SUCCESS: client-kill command succeeded");

        Stubborn.assertOffTheNetBetween(asked, Instant.now(), client, packets);
        assertThat(client.output().lines()).anyMatch(line -> line.text().contains("back at noon"));
      }
    }
  }

  @Test
  void fiftyGuestsAndOneThatDoesNotReadDoNotHoldUpClients() throws Exception {
    Duration alone = timeToConnect();
    AtomicBoolean over = new AtomicBoolean();
    List<Long> rounds = Collections.synchronizedList(new ArrayList<>());
    List<Thread> guests = new ArrayList<>();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < GUESTS; i++) {
      guests.add(Thread.ofVirtual().start(() -> watch(over, rounds, failures)));
    }
    try (Guest deaf = Guest.at(socket)) {
      deaf.send("client on\nlog on\n" + "status 3\n".repeat(500));

      Duration watched = timeToConnect();

      System.out.println(
          "%d clients at once: %d ms alone, %d ms with %d guests"
              .formatted(CLIENTS, alone.toMillis(), watched.toMillis(), GUESTS + 1));
    } finally {
      over.set(true);
      for (Thread guest : guests) {
        guest.join();
      }
    }
    assertThat(failures).isEmpty();
    List<Long> sorted = rounds.stream().sorted().toList();
    System.out.println(
        "%d rounds of three questions: median %d ms, p99 %d ms"
            .formatted(
                sorted.size(),
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 99 / 100)));
  }

  private static Duration timeToConnect() throws Exception {
    List<WalletKey> wallets = Stream.generate(Lab::newWallet).limit(CLIENTS).toList();
    lab.buyForAll(wallets, Duration.ofHours(1));
    long before = System.nanoTime();
    List<Visit> visits = lab.connectAll(wallets, "login");
    Duration taken = Duration.ofNanos(System.nanoTime() - before);
    visits.forEach(Visit::assertUndisturbed);
    visits.forEach(Visit::close);
    return taken;
  }

  /** As a monitor does, many times as often. */
  private void watch(AtomicBoolean over, List<Long> rounds, List<Throwable> failures) {
    try (Guest guest = Guest.at(socket)) {
      while (!over.get()) {
        long before = System.nanoTime();
        assertThat(guest.askForLines("status 3")).isNotEmpty();
        assertThat(guest.ask("load-stats")).startsWith("SUCCESS: nclients=");
        assertThat(guest.ask("signal SIGTERM")).startsWith("ERROR: ");
        rounds.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before));
        LockSupport.parkNanos(BETWEEN_ROUNDS.toNanos());
      }
    } catch (IOException | AssertionError e) {
      failures.add(e);
    }
  }

  @Test
  void hearsWhatHappensToClientsAndNoPassword() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Guest guest = Guest.at(socket)) {
      guest.ask("client on");
      try (Visit visit = lab.connect(wallet, "login")) {
        visit.assertUndisturbed();
      }
      List<String> lines = new ArrayList<>();
      do { // Clients of other tests may be leaving.
        lines.add(guest.line());
      } while (!lines.getLast().startsWith(">CLIENT:CONNECT,"));
      String client = lines.getLast().split(",", -1)[1];
      do {
        lines.add(guest.line());
      } while (!lines.getLast().equals(">CLIENT:DISCONNECT," + client));
      assertThat(lines)
          .contains(">CLIENT:ESTABLISHED," + client)
          .contains(">CLIENT:ENV,password=***")
          .filteredOn(line -> line.contains("password"))
          .containsOnly(">CLIENT:ENV,password=***");
    }
  }

  @Test
  void leavesAnAuditLine() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login");
        Guest guest = Guest.at(socket)) {
      guest.ask("kill " + wallet.address().checksummed());
      visit.assertEnded("[operator]");
      await()
          .atMost(Lab.LONG)
          .untilAsserted(
              () ->
                  assertThat(lab.gateOutput())
                      .anyMatch(
                          line ->
                              line.matches(".*kill begun uid=0 user=root .*target=.* udp/\\d+.*"))
                      .anyMatch(
                          line ->
                              line.matches(".*kill done uid=0 user=root .* cut=1 confirmed=1.*")));
    }
  }

  @Test
  void tellsThatOpenVpnStandsStillAndKillsNobodyLater() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login");
        Guest guest = Guest.at(socket)) {
      lab.server().signal("STOP");
      try {
        assertThat(guest.askOnce("load-stats")).isEqualTo(Guest.SILENCE);
        assertThat(guest.askOnce("kill " + wallet.address().checksummed())).startsWith("ERROR: ");
      } finally {
        lab.server().signal("CONT");
      }
      await()
          .atMost(Lab.LONG)
          .until(() -> guest.ask("load-stats").startsWith("SUCCESS: nclients="));
      assertThat(guest.askForLines("status 3"))
          .anyMatch(line -> line.startsWith("CLIENT_LIST\t" + wallet.address().checksummed()));
      visit.assertOnline();
      visit.assertNeverReconnected();
    }
  }

  @Test
  void tellsThatOpenVpnIsAwayAndKillsNobodyLater() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login");
        Guest guest = Guest.at(socket)) {
      visit.assertUndisturbed();
      lab.server().kill();
      try {
        await()
            .atMost(Lab.LONG)
            .until(() -> guest.ask("pid").startsWith("ERROR: OpenVPN can't be"));
        for (String line : List.of("kill " + wallet.address().checksummed(), "client-kill 0")) {
          assertThat(guest.ask(line))
              .isEqualTo("ERROR: OpenVPN can't be asked: not attached to OpenVPN");
        }
      } finally {
        lab.server().start();
      }
      await()
          .atMost(Lab.LONG)
          .until(() -> guest.ask("pid").equals("SUCCESS: pid=" + lab.server().pid()));
      assertThat(guest.askForLines("status 3")).isNotEmpty();
      assertThat(lab.server().output().lines()).noneMatch(line -> line.text().contains("kill"));
    }
  }

  /** The gate leaves for a moment; sessions go on, and OpenVPN's own socket is free. */
  @Test
  void aMonitorReadsTheSameHereAsFromOpenVpnItself() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login")) {
      String name = wallet.address().checksummed();
      List<String> shared = watched(socket, name);
      lab.gateway().stopGate();
      List<String> itself;
      try {
        itself = watched(lab.server().managementSocket(), name);
      } finally {
        lab.startGate();
      }
      assertThat(shared).isEqualTo(itself).anyMatch(line -> line.startsWith("ROUTING_TABLE,"));
      visit.assertUndisturbed();
    }
  }

  /**
   * What monitors and exporters ask, one after the other. Numbers differ from time to time, and
   * clients of other tests are leaving.
   */
  private static List<String> watched(Path socket, String name) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Guest monitor = Guest.at(socket)) {
      for (String question : List.of("version", "state", "status", "status 2", "status 3")) {
        lines.addAll(monitor.askForLines(question));
      }
      for (String question : List.of("load-stats", "nclients", "pid", "kill nobody", "hold")) {
        monitor.send(question + "\n");
        lines.add(reply(monitor));
      }
      monitor.send("bytecount 1\n");
      lines.add(reply(monitor));
      lines.add(reply(monitor));
      monitor.send("quit\n");
      for (String last = monitor.line(); last != null; last = monitor.line()) {
        assertThat(last).startsWith(">");
      }
    }
    lines.removeIf(line -> line.startsWith(">CLIENT:"));
    return lines.stream()
        .filter(line -> line.contains(name) || !line.matches(".*0x[0-9a-fA-F]{40}.*"))
        .map(line -> line.replaceAll("[0-9]+", "N"))
        .toList();
  }

  /** OpenVPN tells whoever is attached that a client has left. */
  private static String reply(Guest monitor) throws IOException {
    String line = monitor.line();
    while (line != null && line.startsWith(">CLIENT:")) {
      line = monitor.line();
    }
    return line;
  }

  @Test
  void readersComeInByAPortWithAPassword() throws Exception {
    Path password = Files.writeString(socket.resolveSibling("operator.pw"), "s3cret\n");
    int port = LabGateway.freePort();
    lab.gateway().stopGate();
    lab.startGate(
        "--set",
        "openvpn[0].operator-socket=tcp:127.0.0.1:" + port,
        "--set",
        "openvpn[0].operator-password=file:" + password,
        "--set",
        "openvpn[0].operator-role=read");
    try {
      String answer =
          shell(
              "printf 's3cret\\npid\\nkill nobody\\nquit\\n' | socat -t 60 - TCP:127.0.0.1:"
                  + port);

      assertThat(answer.lines())
          .containsExactly(
              "ENTER PASSWORD:SUCCESS: password is correct",
              ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info",
              "SUCCESS: pid=" + lab.server().pid(),
              "ERROR: the 'kill' command is not allowed on this socket");
    } finally {
      lab.gateway().stopGate();
      lab.startGate();
    }
  }

  private static String shell(String script) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
