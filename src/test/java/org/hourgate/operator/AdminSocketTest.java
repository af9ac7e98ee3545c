package org.hourgate.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.management.ClientId;
import org.hourgate.testing.AuditLog;
import org.hourgate.testing.StubAdminParts;
import org.hourgate.testing.StubGateControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real socket. */
final class AdminSocketTest {

  private static final String WALLET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
  private static final Duration PATIENT = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private final EventLoops loops = new EventLoops("admin-socket-test", 1);
  private final StubGateControl gate = new StubGateControl();
  private Path path;
  private AdminSocket socket;

  @BeforeEach
  void start() throws IOException {
    path = folder.resolve("run").resolve("admin.sock");
    socket = AdminSocket.start(loops, path, Optional.empty(), StubAdminParts.of(gate), PATIENT);
  }

  @AfterEach
  void close() {
    socket.close();
    loops.close();
  }

  @Test
  void listsSessions() throws Exception {
    gate.willShow(
        new SessionView(
            "udp",
            new ClientId(7),
            WALLET,
            "192.0.2.1:1194",
            "10.8.0.2",
            "fd00:8::2",
            Instant.ofEpochSecond(1_000),
            Optional.of(Instant.ofEpochSecond(4_600)),
            Optional.of(Instant.ofEpochSecond(2_000)),
            11,
            22,
            SessionView.Kind.DEVICE,
            Optional.empty(),
            SessionView.State.ESTABLISHED));

    assertThat(exchange("{\"command\":\"sessions\"}\n"))
        .isEqualTo(
            "{\"sessions\":[{\"instance\":\"udp\",\"cid\":7,\"wallet\":\""
                + WALLET
                + "\",\"realAddress\":\"192.0.2.1:1194\",\"tunnelAddress\":\"10.8.0.2\",\"tunnelAddress6\":\"fd00:8::2\","
                + "\"since\":1000,\"until\":4600,\"asOf\":2000,\"bytesIn\":11,\"bytesOut\":22,"
                + "\"kind\":\"device\",\"state\":\"established\"}]}\n");
  }

  @Test
  void killsAWallet() throws Exception {
    gate.willKill(StubGateControl.ended(2, 1));

    assertThat(
            exchange("{\"command\":\"kill\",\"wallet\":\"" + WALLET + "\",\"reason\":\"abuse\"}\n"))
        .isEqualTo(
            "{\"cut\":2,\"confirmed\":1,\"ended\":[{\"instance\":\"udp\",\"cid\":1,\"wallet\":\""
                + WALLET
                + "\",\"confirmedAt\":1000},{\"instance\":\"udp\",\"cid\":2,\"wallet\":\""
                + WALLET
                + "\"}]}\n");
    assertThat(gate.kills())
        .containsExactly(
            new StubGateControl.Kill(
                new KillTarget.ByWallet(WalletAddress.parse(WALLET)), "abuse"));
  }

  @Test
  void killsOneClient() throws Exception {
    assertThat(
            exchange(
                "{\"command\":\"kill\",\"instance\":\"udp\",\"cid\":7,\"reason\":\"abuse\"}\n"))
        .isEqualTo("{\"cut\":0,\"confirmed\":0,\"ended\":[]}\n");
    assertThat(gate.kills())
        .containsExactly(
            new StubGateControl.Kill(new KillTarget.ByClient("udp", new ClientId(7)), "abuse"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "{}",
        "{\"command\":\"reboot\"}",
        "{\"command\":\"sessions\",\"command\":\"kill\"}",
        "{\"command\":\"sessions\"}{}",
        "{\"command\":\"kill\",\"wallet\":\"0x5FbDB2315678afecb367f032d93F642f64180aa3\"}",
        "{\"command\":\"kill\",\"wallet\":\"0x12\",\"reason\":\"x\"}",
        "{\"command\":\"kill\",\"instance\":\"udp\",\"reason\":\"x\"}",
        "{\"command\":\"kill\",\"instance\":\"udp\",\"cid\":-1,\"reason\":\"x\"}",
        "{\"command\":\"kill\",\"instance\":\"udp\",\"cid\":\"1\",\"reason\":\"x\"}",
        "{\"command\":\"kill\",\"instance\":\"udp\",\"cid\":1,\"reason\":\" \"}",
        "{\"command\":\"kill\",\"instance\":\"udp\",\"cid\":1,\"reason\":\"a\\nb\"}",
        "{\"command\":\"ban\",\"wallet\":\"0x5FbDB2315678afecb367f032d93F642f64180aa3\",\"reason\":\"x\"}",
        "{\"command\":\"ban\",\"wallet\":\"0x5FbDB2315678afecb367f032d93F642f64180aa3\",\"seconds\":9}",
        "{\"command\":\"ban\",\"wallet\":\"0x5FbDB2315678afecb367f032d93F642f64180aa3\",\"seconds\":0,"
            + "\"reason\":\"x\"}",
        "{\"command\":\"ban\",\"wallet\":\"0x5FbDB2315678afecb367f032d93F642f64180aa3\",\"reason\":\"x\","
            + "\"seconds\":9223372036854775807}",
        "{\"command\":\"ban\",\"wallet\":\"0x5FbDB2315678afecb367f032d93F642f64180aa3\",\"reason\":\"x\","
            + "\"seconds\":9,\"forever\":true}",
        "{\"command\":\"ban\",\"wallet\":\"0x5FbDB2315678afecb367f032d93F642f64180aa3\",\"reason\":\"x\","
            + "\"forever\":false}",
        "{\"command\":\"ban\",\"instance\":\"udp\",\"cid\":1,\"reason\":\"x\",\"seconds\":9}",
        "{\"command\":\"unban\"}",
        "GET / HTTP/1.1",
      })
  void refusesWhatItDoesNotUnderstand(String line) throws Exception {
    assertThat(exchange(line + "\n")).startsWith("{\"error\":\"bad_request\",\"detail\":\"");
    assertThat(gate.kills()).isEmpty();
    assertThat(gate.bans()).isEmpty();
  }

  @Test
  void bansForAWhileWhoeverIsNotBannedForEver() throws Exception {
    exchange(
        "{\"command\":\"ban\",\"wallet\":\"%s\",\"reason\":\"x\",\"seconds\":9,\"forever\":false}\n"
            .formatted(WALLET));

    assertThat(gate.bans()).singleElement().satisfies(ban -> assertThat(ban.until()).isPresent());
  }

  @Test
  void writesDownWhoChangedWhatAndWhy() throws Exception {
    AuditLog audit = new AuditLog();
    try (audit) {
      gate.willKill(StubGateControl.ended(1, 1));
      AdminClient.ask(path, AdminRequest.kill(WALLET, "too loud").by("alice"));
      AdminClient.ask(path, AdminRequest.kill(WALLET, "a\" cut=9 \\b"));
      AdminClient.ask(path, AdminRequest.ban(WALLET, "again").banFor(Duration.ofHours(1)));
      AdminClient.ask(path, AdminRequest.kill("udp", 7, "gone").banForever());
      AdminClient.ask(path, AdminRequest.unban(WALLET));
      AdminClient.ask(path, AdminRequest.reload());
      AdminClient.ask(path, AdminRequest.sessions());
    }

    int uid = (Integer) Files.getAttribute(path, "unix:uid");
    String who = "uid=" + uid + " user=" + Files.getOwner(path).getName();
    String sudo = uid == 0 ? " sudo-user=alice" : "";
    assertThat(audit.lines())
        .allSatisfy(line -> assertThat(line).contains(who))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith("kill begun ")
                    .contains(sudo)
                    .contains("target=0x5fbd…0aa3 reason=\"too loud\""),
            line -> assertThat(line).startsWith("kill done ").contains("cut=1 confirmed=1"),
            line -> assertThat(line).endsWith("reason=\"a\\\" cut=9 \\\\b\""),
            line -> assertThat(line).startsWith("kill done "),
            line -> assertThat(line).startsWith("ban begun ").contains("reason=\"again\""),
            line -> assertThat(line).startsWith("ban done ").contains("kept=true cut=1"),
            line ->
                assertThat(line)
                    .startsWith("ban failed ")
                    .endsWith("target=udp/7 reason=\"gone\" cut=0 confirmed=0"),
            line -> assertThat(line).startsWith("unban done ").contains("lifted=true"),
            line -> assertThat(line).startsWith("reload begun "),
            line -> assertThat(line).startsWith("reload done ").contains("problems=1"));
  }

  @Test
  void streamsWhatThereIsToSee() throws Exception {
    try (SocketChannel client = connect(path)) {
      client.write(ByteBuffer.wrap("{\"command\":\"watch\"}\n".getBytes(UTF_8)));
      BufferedReader lines = new BufferedReader(Channels.newReader(client, UTF_8));

      for (int i = 0; i < 2; i++) {
        assertThat(lines.readLine())
            .startsWith("{\"now\":{\"time\":")
            .contains("\"instances\":[{\"name\":\"udp\",\"serving\":true,\"reasons\":[]}]")
            .contains("\"chain\":{\"fit\":true,\"reasons\":[],\"head\":900}")
            .contains("\"verdicts\":{")
            .endsWith("\"bans\":0}}");
      }
    }
  }

  @Test
  void saysThatTheGateFailedWithoutSayingHow() throws Exception {
    gate.willFail();

    assertThat(exchange("{\"command\":\"sessions\"}\n"))
        .isEqualTo(
            "{\"error\":\"internal\",\"detail\":\"the gate did not answer; see the log\"}\n");
  }

  @Test
  void refusesALineAboveSixteenKilobytes() throws Exception {
    assertThat(exchange("x".repeat(17_000))).contains("the line is too long");
  }

  @Test
  void dropsWhoSendsNothing() throws Exception {
    Path other = folder.resolve("other.sock");
    try (AdminSocket impatient =
            AdminSocket.start(
                loops, other, Optional.empty(), StubAdminParts.of(gate), Duration.ofSeconds(2));
        SocketChannel client = connect(other)) {
      assertThat(impatient).isNotNull();
      client.write(ByteBuffer.wrap("{\"comm".getBytes(UTF_8)));
      assertThat(Channels.newInputStream(client).readAllBytes()).isEmpty();
    }
  }

  @Test
  void isOpenToItsOwnerAloneAndSoIsTheFolderItMakes() throws Exception {
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(path.getParent()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    try (var files = Files.list(path.getParent())) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void leavesTheRightsOfAFolderThatWasThere() throws Exception {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));

    AdminSocket.start(
            loops, shared.resolve("admin.sock"), Optional.empty(), StubAdminParts.of(gate), PATIENT)
        .close();

    assertThat(Files.getPosixFilePermissions(shared))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void takesThePlaceOfASocketThatNobodyListensOn() throws Exception {
    Path stale = folder.resolve("stale.sock");
    try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      gone.bind(UnixDomainSocketAddress.of(stale));
    }
    assertThat(stale).exists();

    try (AdminSocket started =
        AdminSocket.start(loops, stale, Optional.empty(), StubAdminParts.of(gate), PATIENT)) {
      assertThat(started).isNotNull();
      assertThat(AdminClient.ask(stale, AdminRequest.sessions()).sessions()).isEmpty();
    }
    assertThat(stale).doesNotExist();
  }

  @Test
  void doesNotTakeThePlaceOfOneThatSomebodyListensOn() throws Exception {
    assertThatThrownBy(
            () ->
                AdminSocket.start(loops, path, Optional.empty(), StubAdminParts.of(gate), PATIENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is another hourgate running?");

    assertThat(AdminClient.ask(path, AdminRequest.sessions()).sessions()).isEmpty();
  }

  @Test
  void doesNotTakeThePlaceOfAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("notes.txt"), "precious");

    assertThatThrownBy(
            () ->
                AdminSocket.start(loops, file, Optional.empty(), StubAdminParts.of(gate), PATIENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no socket");
    assertThat(file).hasContent("precious");
  }

  @Test
  void leavesASocketThatSomebodyElsePutInItsPlace() throws Exception {
    Files.delete(path);
    try (AdminSocket next =
        AdminSocket.start(loops, path, Optional.empty(), StubAdminParts.of(gate), PATIENT)) {
      assertThat(next).isNotNull();
      socket.close();

      assertThat(AdminClient.ask(path, AdminRequest.sessions()).sessions()).isEmpty();
    }
  }

  private String exchange(String text) throws IOException {
    try (SocketChannel client = connect(path)) {
      client.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      return new String(Channels.newInputStream(client).readAllBytes(), UTF_8);
    }
  }

  private static SocketChannel connect(Path to) throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(to));
    return client;
  }
}
