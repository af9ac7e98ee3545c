package org.hourgate.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.client.ManagementClient;
import org.hourgate.management.client.ManagementClientConfig;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.management.fake.FakeVpnClient;
import org.hourgate.testing.AuditLog;
import org.hourgate.testing.RecordingListener;
import org.hourgate.testing.StubGateControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets on both sides of the gate's connection. */
final class OperatorSocketTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final EventLoops loops = new EventLoops("operator-socket-test", 1);
  private final StubGateControl gate = new StubGateControl();
  private final FakeOpenVpn openVpn = FakeOpenVpn.start();
  private final ManagementClient client =
      new ManagementClient(
          ManagementClientConfig.of(openVpn.address()), RandomGenerator.getDefault());
  private final SharedDaemon daemon =
      new SharedDaemon("udp", client, new RecordingListener(), TimeSource.system());
  private Path path;
  private OperatorSocket socket;

  @BeforeEach
  void start() throws IOException {
    path = folder.resolve("run").resolve("udp.sock");
    socket = OperatorSocket.start(loops, path, Optional.empty(), GuestRole.KILL, daemon, gate);
    client.start(daemon);
    await().atMost(LONG).until(() -> daemon.epoch().isPresent());
  }

  @AfterEach
  void close() {
    socket.close();
    loops.close();
    client.close();
    openVpn.close();
  }

  @Test
  void isOpenToItsOwnerAloneAndGoneAtTheEnd() throws Exception {
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    socket.close();
    assertThat(path).doesNotExist();
  }

  @Test
  void answersInFullAGuestThatClosedItsSide() throws Exception {
    try (SocketChannel guest = connect()) {
      write(guest, "status 3\npid\nstate\n");
      guest.shutdownOutput();

      assertThat(rest(guest))
          .startsWith(">INFO:OpenVPN Management Interface Version 5 -- ")
          .contains("\r\nEND\r\nSUCCESS: pid=" + openVpn.pid() + "\r\n")
          .endsWith("\r\nEND\r\n");
    }
  }

  @Test
  void killsThroughOpenVpnWhomTheGateDoesNotKnow() throws Exception {
    openVpn.connect("old", "x");
    openVpn.connect("older", "x");
    try (SocketChannel guest = connect()) {
      write(guest, "kill old\nkill nobody\nquit\n");

      assertThat(rest(guest))
          .contains("SUCCESS: common name 'old' found, 1 client(s) killed\r\n")
          .endsWith("ERROR: common name 'nobody' not found\r\n");
    }
    assertThat(openVpn.clients())
        .singleElement()
        .extracting(FakeVpnClient::username)
        .isEqualTo("older");
  }

  /** As a script does it: with the first bytes, before anybody has looked who it is. */
  @Test
  void theAuditLogNamesWhoKillsAtOnce() throws Exception {
    AuditLog audit = new AuditLog();
    try (audit) {
      for (int i = 0; i < 50; i++) {
        openVpn.connect("old", "x");
        try (SocketChannel guest = connect()) {
          write(guest, "kill old\nquit\n");
          assertThat(rest(guest)).endsWith("1 client(s) killed\r\n");
        }
      }
    }
    String who = " user=" + Files.getOwner(path).getName() + " ";
    assertThat(audit.lines()).hasSize(100).allMatch(line -> line.contains(who));
  }

  @Test
  void aNameThatLooksLikeAReplyBreaksNothing() throws Exception {
    openVpn.connect("ERROR: no", "x");
    openVpn.connect("SUCCESS: yes", "x");
    openVpn.connect("END", "x");
    for (String version : List.of("1", "2", "3")) {
      try (SocketChannel guest = connect()) {
        write(guest, "status " + version + "\npid\nquit\n");

        assertThat(rest(guest)).contains("SUCCESS: yes").endsWith("pid=" + openVpn.pid() + "\r\n");
      }
    }
    assertThat(client.counters().losses()).isZero();
  }

  @Test
  void changesNothingAtOpenVpnButTheLogItPrintsForUs() throws Exception {
    openVpn.drainCommands();
    try (SocketChannel guest = connect()) {
      write(guest, "state on\nstate off\nbytecount 5\necho on\nclient on\nhold\nlog on\nquit\n");
      rest(guest);
    }
    List<String> commands = new ArrayList<>();
    await()
        .atMost(LONG)
        .until(
            () -> {
              commands.addAll(openVpn.drainCommands());
              return commands.contains("log off");
            });
    assertThat(commands).containsExactly("hold", "log on", "log off");
  }

  @Test
  void dropsAGuestThatDoesNotReadAndServesTheOthers() throws Exception {
    try (SocketChannel deaf = connect();
        SocketChannel other = connect()) {
      write(deaf, "client on\n");
      BufferedReader lines = reader(deaf);
      assertThat(lines.readLine()).startsWith(">INFO:");
      assertThat(lines.readLine()).startsWith("SUCCESS: real-time client notification");
      for (int i = 0; i < 200; i++) {
        List<String> block = new ArrayList<>();
        for (int j = 0; j < 100; j++) {
          block.add(">CLIENT:ADDRESS," + i + "," + "1".repeat(90) + ",1");
        }
        openVpn.notify(block.toArray(String[]::new));
      }

      write(other, "pid\nquit\n");
      assertThat(rest(other)).endsWith("SUCCESS: pid=" + openVpn.pid() + "\r\n");
      long bytes = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        bytes += line.length() + 2;
      }
      assertThat(bytes).isLessThan(200L * 100 * 100);
    }
  }

  @Test
  void tellsThatOpenVpnIsAway() throws Exception {
    openVpn.stop();
    await().atMost(LONG).until(() -> daemon.epoch().isEmpty());
    try (SocketChannel guest = connect()) {
      write(guest, "pid\nquit\n");
      assertThat(rest(guest))
          .endsWith("ERROR: OpenVPN can't be asked: not attached to OpenVPN\r\n");
    }
    openVpn.restart();
    await().atMost(LONG).until(() -> daemon.epoch().isPresent());
    assertThat(openVpn.drainCommands()).doesNotContain("pid");
  }

  @Test
  void anotherRoleIsForGuestsThatComeAnew() throws Exception {
    try (SocketChannel before = connect()) {
      assertThat(reader(before).readLine()).startsWith(">INFO:");
      Runnable same = socket.prepare(Optional.empty(), GuestRole.KILL);
      Runnable reader = socket.prepare(Optional.empty(), GuestRole.READ);
      same.run();
      try (SocketChannel still = connect()) {
        write(still, "kill nobody\nquit\n");
        assertThat(rest(still)).endsWith("ERROR: common name 'nobody' not found\r\n");
      }

      reader.run();

      assertThat(rest(before)).isEmpty();
      try (SocketChannel after = connect()) {
        write(after, "kill nobody\nquit\n");
        assertThat(rest(after)).contains("ERROR: ").doesNotContain("not found");
      }
    }
  }

  @Test
  void anotherPasswordFileIsLookedAtBeforeItCounts() throws Exception {
    Path password = Files.writeString(folder.resolve("pw"), "s3cret\n");
    Path other = Files.writeString(folder.resolve("other"), "another\n");
    try (OperatorSocket port = listen("127.0.0.1", password)) {
      assertThatThrownBy(() -> port.prepare(Optional.of(folder.resolve("none")), GuestRole.READ))
          .isInstanceOf(IOException.class);
      port.prepare(Optional.of(other), GuestRole.READ).run();
      try (SocketChannel guest = connect(port.address())) {
        write(guest, "another\nquit\n");
        assertThat(rest(guest)).contains("SUCCESS: password is correct");
      }
    }
  }

  @Test
  void guestsThatLeaveInTheMiddleOfALineOrOfAnAnswerDisturbNobody() throws Exception {
    openVpn.connect("old", "x");
    openVpn.drainCommands();
    for (int i = 0; i < 50; i++) {
      try (SocketChannel leaving = connect()) {
        BufferedReader lines = reader(leaving);
        assertThat(lines.readLine()).startsWith(">INFO:");
        write(leaving, "log on\n");
        while (!lines.readLine().startsWith("SUCCESS: ")) {
          // The log of what the guests before wanted.
        }
        write(leaving, "status 3\nstatus 2\nkill ol");
      }
    }
    try (SocketChannel guest = connect()) {
      write(guest, "status 3\npid\nquit\n");
      assertThat(rest(guest))
          .contains("CLIENT_LIST\told\t")
          .endsWith("END\r\nSUCCESS: pid=" + openVpn.pid() + "\r\n");
    }
    List<String> commands = new ArrayList<>();
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              commands.addAll(openVpn.drainCommands());
              assertThat(commands).filteredOn(c -> c.startsWith("log ")).endsWith("log off");
            });
    assertThat(commands).noneMatch(command -> command.startsWith("kill"));
    assertThat(openVpn.clients()).hasSize(1);
  }

  @Test
  void aHundredAndTwentyNinthGuestIsTurnedAway() throws Exception {
    List<SocketChannel> guests = new ArrayList<>();
    try {
      for (int i = 0; i < 128; i++) {
        SocketChannel guest = connect();
        guests.add(guest);
        assertThat(reader(guest).readLine()).startsWith(">INFO:");
      }
      try (SocketChannel tooMany = connect()) {
        assertThat(rest(tooMany)).isEmpty();
      }
    } finally {
      for (SocketChannel guest : guests) {
        guest.close();
      }
    }
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              try (SocketChannel guest = connect()) {
                assertThat(reader(guest).readLine()).startsWith(">INFO:");
              }
            });
  }

  @Test
  void servesAPortOfLoopbackWithAPassword() throws Exception {
    Path password = Files.writeString(folder.resolve("pw"), "s3cret\nnot this\n");
    try (OperatorSocket port = listen("127.0.0.1", password);
        SocketChannel guest = connect(port.address())) {
      write(guest, "s3cret\npid\nquit\n");

      assertThat(rest(guest))
          .startsWith("ENTER PASSWORD:SUCCESS: password is correct\r\n>INFO:OpenVPN ")
          .endsWith("SUCCESS: pid=" + openVpn.pid() + "\r\n");
    }
  }

  @Test
  void answersInFullAGuestThatSaidItAllAtOnceAndClosedItsSide() throws Exception {
    Path password = Files.writeString(folder.resolve("pw"), "s3cret\n");
    try (OperatorSocket port = listen("127.0.0.1", password)) {
      for (int i = 0; i < 50; i++) {
        try (SocketChannel guest = connect(port.address())) {
          write(guest, "s3cret\npid\nstate\n");
          guest.shutdownOutput();

          assertThat(rest(guest))
              .startsWith("ENTER PASSWORD:SUCCESS: password is correct\r\n>INFO:OpenVPN ")
              .contains("SUCCESS: pid=" + openVpn.pid() + "\r\n")
              .endsWith("\r\nEND\r\n");
        }
      }
    }
  }

  @Test
  void aChangedPasswordCountsForTheNextGuestAtOnce() throws Exception {
    Path password = Files.writeString(folder.resolve("pw"), "first\n");
    try (OperatorSocket port = listen("127.0.0.1", password);
        SocketChannel early = connect(port.address())) {
      write(early, "first\n");
      assertThat(reader(early).readLine()).isEqualTo("ENTER PASSWORD:SUCCESS: password is correct");

      Files.writeString(password, "second\n");
      try (SocketChannel late = connect(port.address())) {
        write(late, "second\npid\nquit\n");
        assertThat(rest(late)).endsWith("SUCCESS: pid=" + openVpn.pid() + "\r\n");
      }
      try (SocketChannel outdated = connect(port.address())) {
        write(outdated, "first\n");
        outdated.shutdownOutput();
        assertThat(rest(outdated)).doesNotContain("SUCCESS");
      }
      Files.delete(password);
      try (SocketChannel locked = connect(port.address())) {
        assertThat(rest(locked)).isEmpty();
      }
      write(early, "pid\nquit\n");
      assertThat(rest(early)).endsWith("SUCCESS: pid=" + openVpn.pid() + "\r\n");
    }
  }

  @Test
  void hangsUpOnABrowser() throws Exception {
    Path password = Files.writeString(folder.resolve("pw"), "s3cret\n");
    try (OperatorSocket port = listen("127.0.0.1", password);
        Socket browser = new Socket()) {
      browser.connect(port.address());
      browser
          .getOutputStream()
          .write("POST / HTTP/1.1\r\n\r\ns3cret\nkill x\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(browser.getInputStream().readNBytes(15)).hasSize(15);
    }
    assertThat(openVpn.drainCommands()).isEmpty();
  }

  @Test
  void isNotHadOnTheNetOrWithoutAPassword() throws Exception {
    Path password = Files.writeString(folder.resolve("pw"), "\n");
    assertThatThrownBy(() -> listen("0.0.0.0", password))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("loopback only");
    assertThatThrownBy(() -> listen("127.0.0.1", password))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no password in");
  }

  private OperatorSocket listen(String address, Path password) throws IOException {
    return OperatorSocket.start(
        loops,
        new InetSocketAddress(InetAddress.ofLiteral(address), 0),
        password,
        GuestRole.READ,
        daemon,
        gate);
  }

  private SocketChannel connect() throws IOException {
    SocketChannel guest = SocketChannel.open(StandardProtocolFamily.UNIX);
    guest.connect(UnixDomainSocketAddress.of(path));
    return guest;
  }

  private static SocketChannel connect(SocketAddress to) throws IOException {
    return SocketChannel.open(to);
  }

  private static void write(SocketChannel guest, String text) throws IOException {
    guest.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static BufferedReader reader(SocketChannel guest) {
    return new BufferedReader(Channels.newReader(guest, StandardCharsets.ISO_8859_1));
  }

  private static String rest(SocketChannel guest) throws IOException {
    return new String(Channels.newInputStream(guest).readAllBytes(), StandardCharsets.ISO_8859_1);
  }
}
