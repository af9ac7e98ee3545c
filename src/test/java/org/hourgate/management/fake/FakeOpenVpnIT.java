package org.hourgate.management.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.install.Pki;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.testing.RawController;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same dialogues with the real daemon and with the fake: both must say the same. */
@SuppressWarnings("NullAway.Init") // Every test begins with startBoth.
final class FakeOpenVpnIT {

  private static final Pattern PEER_INFO = Pattern.compile(">CLIENT:ENV,([IU]V_\\w+)=(.*)");
  private static final String LONG_WORD = "z".repeat(256);

  /** While the daemon is held. */
  private static final List<String> HELD =
      List.of(
          "status 3",
          "signal SIGUSR1",
          "signal SIGHUP",
          "signal SIGFOO",
          "hold",
          "hold x",
          "state",
          "env-filter 0",
          "load-stats",
          "client-kill 0",
          "client-kill x",
          "kill nobody",
          "kill :x",
          "client-deny 0 1 r",
          "client-deny x 1 r",
          "client-auth-nt 0 1",
          "client-auth-nt x 1",
          "client-pending-auth 0 1 x 3",
          "client-pending-auth x 1 x 3",
          "client-auth 0 1\npush \"x\"\nEND",
          "bytecount 0",
          "log x",
          "verb");

  private static final List<String> REPLIES =
      List.of(
          "pid",
          "load-stats",
          "version",
          "version 5",
          "status",
          "status 0",
          "status 1",
          "status 2",
          "status 3",
          "status 4",
          "status x",
          "env-filter",
          "env-filter 2",
          "env-filter 0",
          "state",
          "state all",
          "state 1",
          "state on",
          "state off",
          "state x",
          "state on all",
          "log",
          "log x",
          "log on",
          "log off",
          "hold",
          "hold x",
          "hold off",
          "hold on",
          "bogus",
          "PID",
          "client-pf 1",
          "client-kill",
          "client-kill x",
          "client-kill 77",
          "client-kill -1",
          "client-kill 1x",
          "client-auth-nt",
          "client-auth-nt 1",
          "client-auth-nt 1 2",
          "client-auth-nt x 1",
          "client-auth-nt 1 x",
          "client-deny 1 2",
          "client-deny 1 2 r",
          "client-deny x 2 r",
          "client-deny 1 x r",
          "client-pending-auth 1 2 x",
          "client-pending-auth 1 2 x 3",
          "client-pending-auth 1 2 x y",
          "kill",
          "kill nobody",
          "kill 1.2.3.4:5",
          "kill 1.2.3.4:99999",
          "kill 1.2.3.4:",
          "kill :x",
          "kill \"\"",
          "bytecount",
          "bytecount x",
          "bytecount 0",
          "signal",
          "signal SIGFOO",
          "verb",
          "verb 99",
          "verb 3",
          "remote-entry-count",
          "remote-entry-get all",
          "auth-retry",
          "forget-passwords",
          "net",
          "nclients",
          "mute 0",
          "mute",
          "mute -1",
          "auth-retry x",
          "auth-retry interact",
          "auth-retry",
          "auth-retry none",
          "echo",
          "echo on",
          "echo off",
          "echo all",
          "echo 1",
          "echo x",
          "echo on all",
          "username",
          "username Auth x",
          "password",
          "password Auth x",
          "needok",
          "needok a ok",
          "needstr",
          "needstr a b",
          "cr-response",
          "cr-response x",
          "rsa-sig",
          "pk-sig",
          "certificate",
          "pkcs11-id-count",
          "pkcs11-id-get",
          "pkcs11-id-get 0",
          "proxy",
          "proxy NONE",
          "remote",
          "remote ACCEPT",
          "test",
          "test 3",
          "test x",
          "remote-entry-get",
          "signal SIGUSR2",
          "log off",
          "state on 1",
          "state off",
          "hold on",
          "hold",
          "bytecount 5",
          "bytecount 0",
          "kill a:b:c",
          "kill a b",
          "kill 1.2.3.400:5",
          "kill 1.2.3.4.5:6",
          "kill 255.255.255.255:65535",
          "kill 1.2.3.4:65536",
          "verb 4",
          "verb",
          "verb 3",
          "env-filter x",
          "env-filter 3",
          "env-filter -1",
          "env-filter 0",
          "client-pending-auth 0 0 x 3",
          "client-kill 18446744073709551615",
          "client-kill 99999999999999999999",
          "client-kill 9999999999999999999",
          "client-kill 9223372036854775808",
          "client-kill -18446744073709551616",
          "client-auth-nt 77 4294967297",
          "pkcs11-id-get 4294967297",
          "pkcs11-id-get 99999999999999999999",
          "pkcs11-id-get -99999999999999999999",
          "env-filter 4294967296",
          "client-auth-nt 99999999999999999999 1",
          "client-deny 0 99999999999999999999 r",
          "push-update-broad x");

  private static final List<String> LEXER =
      List.of(
          "",
          "   ",
          "# comment",
          "; comment",
          "pid # comment",
          "pid\r",
          "\"pid\"",
          "'pid'",
          "p\\id",
          "\"pid",
          "'pid",
          "pid\\",
          "pid \\",
          "pi\u0001d",
          "pid\u0000",
          "\u001bpid",
          "p\u00c3\u00a4d",
          "pid extra words",
          "pid" + " a".repeat(30),
          "client-kill \"9\"9",
          "client-kill a\\ b",
          LONG_WORD,
          LONG_WORD + "z",
          "\"" + LONG_WORD + "\"",
          "\"" + LONG_WORD + "z\"",
          "client-kill 77 \"" + "\\\"".repeat(256) + "\"",
          "pid \"" + "\\\\".repeat(257) + "\"",
          LONG_WORD.repeat(4) + "z" + "pid");

  private static final List<String> BLOCKS =
      List.of(
          "client-auth 99 1\nEND",
          "client-auth 99 1\npush \"x\"\nEND",
          "client-auth 99 1\r\npush \"x\"\r\nEND\r",
          "client-auth x 1\npush \"x\"\nEND",
          "client-auth 99\nEND",
          "client-auth 99 x\nEND",
          "client-auth 99 1\n END\nend\nEND \nEND",
          "client-auth 99 1\npid\nEND\npid",
          "client-auth 99 1\n\n\nEND",
          "client-auth 99 1\n" + LONG_WORD + LONG_WORD + "\nEND",
          "client-auth 99 1\n" + "push \"route 10.0.0.0 255.0.0.0\"\n".repeat(300) + "END",
          "END");

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String MOVED = "10.99.200.7";
  private static final String MANAGEMENT_PASSWORD = "s3cret";

  private LabNetwork network;
  private OpenVpnServer server;
  private RawController real;
  private FakeOpenVpn fake;
  private RawController faked;

  private void startBoth(UnaryOperator<OpenVpnServer.Builder> lines, FakeOpenVpnBuilder builder)
      throws IOException {
    network = LabNetwork.create();
    Pki pki = Pki.create(network.directory(), "hourgate-lab", Duration.ofDays(1));
    server = lines.apply(OpenVpnServer.on(network, pki)).start();
    real = new RawController(server.managementSocket());
    fake = builder.hold().virtualTime().start();
    faked = new RawController(socket(fake));
  }

  private void startBoth() throws IOException {
    startBoth(UnaryOperator.identity(), FakeOpenVpn.builder());
  }

  @AfterEach
  void stopBoth() throws IOException {
    assertThat(real.linesWithoutCrLf()).isEmpty();
    assertThat(faked.linesWithoutCrLf()).isEmpty();
    real.close();
    faked.close();
    fake.close();
    network.close();
  }

  @Test
  void answerEveryCommandAlike() throws IOException {
    startBoth();
    assertSame(HELD);
    releaseBoth();
    assertSame(REPLIES);
    assertSame(LEXER);
    assertSame(BLOCKS);
  }

  @Test
  void tellOfClientsAlike() throws Exception {
    startBoth();
    releaseBoth();
    try (Namespaced clients = new Namespaced(network.addClient())) {
      begin(clients, "alice");
      assertSame(
          List.of(
              "status 1",
              "status 2",
              "status 3",
              "client-auth-nt 0 9",
              "client-auth-nt 5 1",
              "client-auth-nt 18446744073709551616 4294967298",
              "client-deny 4294967296 4294967297 r",
              "client-pending-auth 0 4294967297 \"\" 60",
              "client-pending-auth 0 7 \"\" 60",
              "client-pending-auth 0 1 \"\" 60",
              "client-auth 0 1\npush \"ping 3\"\nEND"));
      assertSameNews(">CLIENT:ESTABLISHED,0");
      assertSame(
          List.of(
              "load-stats",
              "nclients",
              "status 1",
              "status 2",
              "status 3",
              "client-auth 0 1\nEND",
              "client-auth-nt 0 0",
              "client-deny 0 9 \"no_time\"",
              "client-kill 0 \"HALT,bye\""));
      letPass(Duration.ofSeconds(5));
      assertSameNews(">CLIENT:DISCONNECT,0");

      begin(clients, "bob");
      assertSame(List.of("client-deny 1 1 \"no_time\" \"no, \\\"time\\\"\""));
      letPass(Duration.ofSeconds(5));
      assertSameNews(">CLIENT:DISCONNECT,1");

      begin(clients, "carol");
      assertSame(List.of("client-auth-nt 2 1"));
      assertSameNews(">CLIENT:ESTABLISHED,2");
      clients.vanish();
      assertSame(List.of("kill carol", "kill carol", "client-kill 2"));
      assertSameNews(">CLIENT:DISCONNECT,2");

      begin(clients, "dave");
      clients.vanish();
      assertSame(List.of("signal SIGUSR1"));
      assertSameNews(">HOLD:");
      assertSame(List.of("client-auth-nt 3 1", "status 3", "hold", "hold release"));
      assertSameNews(">STATE:");
      begin(clients, "mallory");
      assertSame(List.of("env-filter"));
    }
  }

  @Test
  void renewKeysAlike() throws Exception {
    startBoth(
        builder ->
            builder.renegotiateEvery(Duration.ofSeconds(6)).handWindow(Duration.ofSeconds(5)),
        FakeOpenVpn.builder());
    releaseBoth();
    try (Namespaced clients = new Namespaced(network.addClient())) {
      FakeVpnClient alice = begin(clients, "alice");
      assertSame(List.of("client-auth 0 1\npush \"auth-token the-token\"\nEND"));
      assertSameNews(">CLIENT:ESTABLISHED,0");
      for (int key : List.of(3, 4)) {
        alice.renegotiate();
        assertSameNews(">CLIENT:REAUTH,0," + key);
        assertSame(List.of("client-auth-nt 0 " + key));
      }
      assertSame(List.of("client-deny 0 1 \"gone\"", "client-deny 0 9 \"unknown\"", "kill alice"));
      assertSameNews(">CLIENT:DISCONNECT,0");
    }
  }

  @Test
  void showTokensOfTheDaemonAlike() throws Exception {
    startBoth(
        builder ->
            builder
                .renegotiateEvery(Duration.ofSeconds(6))
                .handWindow(Duration.ofSeconds(5))
                .line("auth-gen-token 3600 10 external-auth"),
        FakeOpenVpn.builder().externalTokens());
    releaseBoth();
    try (Namespaced clients = new Namespaced(network.addClient())) {
      FakeVpnClient alice = begin(clients, "alice");
      assertSame(List.of("client-auth-nt 0 1"));
      assertSameNews(">CLIENT:ESTABLISHED,0");
      alice.renegotiate();
      assertSameNews(">CLIENT:REAUTH,0,3");
      assertSame(List.of("client-auth-nt 0 3", "kill alice"));
      assertSameNews(">CLIENT:DISCONNECT,0");
    }
  }

  @Test
  void askForThePasswordAlike() throws IOException {
    startBoth(
        builder -> builder.managementPassword(MANAGEMENT_PASSWORD),
        FakeOpenVpn.builder().password(MANAGEMENT_PASSWORD));
    for (RawController controller : List.of(real, faked)) {
      controller.send("wrong\nwrong again\n" + MANAGEMENT_PASSWORD + "\n");
    }
    assertSame(List.of("pid"));
    assertSameNews(">HOLD:");
  }

  @Test
  void giveUpWhoIsNotAnsweredAlike() throws Exception {
    startBoth(
        builder -> builder.handWindow(Duration.ofSeconds(4)),
        FakeOpenVpn.builder().handWindow(Duration.ofSeconds(4)));
    releaseBoth();
    try (Namespaced clients = new Namespaced(network.addClient())) {
      begin(clients, "alice");
      letPass(Duration.ofSeconds(10));
      assertSameNews(">CLIENT:DISCONNECT,0");
      assertSame(List.of("client-auth-nt 0 1"));
    }
  }

  @Test
  void endAlike() throws Exception {
    endWhen(() -> real.send("signal SIGTERM\n"));
  }

  /** As by a service manager. */
  @Test
  void endByASignalFromOutsideAsByOneOfTheController() throws Exception {
    endWhen(() -> server.signal("TERM"));
  }

  private void endWhen(Runnable realIsTold) throws Exception {
    startBoth();
    releaseBoth();
    try (Namespaced clients = new Namespaced(network.addClient())) {
      begin(clients, "alice");
      assertSame(List.of("client-auth-nt 0 1"));
      assertSameNews(">CLIENT:ESTABLISHED,0");
      realIsTold.run();
      faked.send("signal SIGTERM\n");
      assertSameNews(">CLIENT:DISCONNECT,0");
      assertSameNews(">STATE:");
    }
  }

  @Test
  void sayTheSameOfAClientThatMovesAndCountItsBytesAlike() throws Exception {
    startBoth();
    releaseBoth();
    Namespace home = network.addClient();
    try (Namespaced clients = new Namespaced(home)) {
      FakeVpnClient alice = begin(clients, "alice");
      assertSame(List.of("client-auth 0 1\npush \"ping 1\"\nEND"));
      assertSameNews(">CLIENT:ESTABLISHED,0");
      assertSame(List.of("bytecount 1"));
      alice.transfer(3_000, 4_000);
      letPass(Duration.ofSeconds(1));
      assertSameNews(">BYTECOUNT_CLI:");
      assertSame(List.of("bytecount 0"));

      String realBefore = addressOfTheClient(real);
      String fakedBefore = addressOfTheClient(faked);
      move(home, MOVED);
      await().atMost(PATIENCE).until(() -> addressOfTheClient(real).startsWith(MOVED + ":"));
      alice.moveTo(MOVED, 4_242);
      assertThat(addressOfTheClient(faked)).isEqualTo(MOVED + ":4242");
      assertSame(List.of("status 1", "status 2", "status 3", "nclients"));
      assertSame("kill " + realBefore, "kill " + fakedBefore);
      assertSame("kill " + addressOfTheClient(real), "kill " + MOVED + ":4242");
      List<String> goodBye = withoutCounts(blockUpTo(real, ">CLIENT:DISCONNECT,0"));
      List<String> fakedGoodBye = withoutCounts(blockUpTo(faked, ">CLIENT:DISCONNECT,0"));
      assertThat(told(fakedGoodBye)).isEqualTo(told(goodBye));
      assertThat(namesTheNewAddress(fakedGoodBye)).isEqualTo(namesTheNewAddress(goodBye));
    }
  }

  private static String addressOfTheClient(RawController controller) {
    return controller.ask("status 3").stream()
        .filter(line -> line.startsWith("CLIENT_LIST\t"))
        .map(line -> line.split("\t", 4)[2])
        .findFirst()
        .orElseThrow();
  }

  private static void move(Namespace home, String address) throws InterruptedException {
    String script =
        "PATH=$PATH:/usr/sbin:/sbin; ip addr del %s/16 dev wire && ip addr add %s/16 dev wire"
            .formatted(home.address(), address);
    try (LabProcess ip = LabProcess.start("ip", home.command(List.of("sh", "-c", script)))) {
      assertThat(ip.awaitExit(PATIENCE)).isZero();
    }
  }

  /** The real one may have counted once more before it was told not to. */
  private static List<String> withoutCounts(List<String> lines) {
    return lines.stream().filter(line -> !line.startsWith(">BYTECOUNT_CLI:")).toList();
  }

  private static boolean namesTheNewAddress(List<String> block) {
    return block.contains(">CLIENT:ENV,trusted_ip=" + MOVED);
  }

  @Test
  void keepForTheNextControllerAlike() throws Exception {
    startBoth();
    releaseBoth();
    try (Namespaced clients = new Namespaced(network.addClient())) {
      begin(clients, "alice");
      assertSame(List.of("client-auth-nt 0 1"));
      assertSameNews(">CLIENT:ESTABLISHED,0");
      assertSame(List.of("env-filter 1", "bytecount 5", "log off", "verb 4"));
      real.close();
      faked.close();
      real = new RawController(server.managementSocket());
      faked = new RawController(socket(fake));
      assertSameNews(">INFO:");
      assertSame(List.of("env-filter", "hold", "status 3", "state", "verb", "verb 3", "nclients"));
    }
  }

  /** Begins a login at both; the fake's client has the real one's peer-info. */
  private FakeVpnClient begin(Namespaced clients, String user) {
    clients.start(OpenVpnClient.of(server, clients.namespace()).withoutDevice().login(user, "pw"));
    List<String> block = blockUpTo(real, ">CLIENT:CONNECT");
    Map<String, String> peerInfo = new LinkedHashMap<>();
    for (String line : block) {
      Matcher variable = PEER_INFO.matcher(line);
      if (variable.matches()) {
        peerInfo.put(variable.group(1), variable.group(2));
      }
    }
    FakeVpnClient client =
        fake.connect(new FakeLogin(user, "pw", peerInfo, List.of(), UnaryOperator.identity()));
    assertThat(told(blockUpTo(faked, ">CLIENT:CONNECT"))).isEqualTo(told(block));
    return client;
  }

  private void letPass(Duration duration) {
    fake.advance(duration);
  }

  /** Both print the same, byte by byte, up to the notification that begins so. */
  private void assertSameNews(String beginning) {
    List<String> expected = told(blockUpTo(real, beginning));
    assertThat(told(blockUpTo(faked, beginning))).isEqualTo(expected);
  }

  private static List<String> blockUpTo(RawController controller, String beginning) {
    List<String> lines = new ArrayList<>(controller.notificationsUpTo(beginning));
    if (beginning.startsWith(">CLIENT:")) {
      lines.addAll(controller.notificationsUpTo(">CLIENT:ENV,END"));
    }
    return lines;
  }

  /** A client that is replaced by the next one says good-bye when it likes. */
  private static List<String> told(List<String> lines) {
    return Masked.of(lines).stream().filter(line -> !line.startsWith(">NOTIFY")).toList();
  }

  /** Real clients in one namespace; one at a time, so that none disturbs the next. */
  private record Namespaced(Namespace namespace, List<OpenVpnClient> running)
      implements AutoCloseable {
    Namespaced(Namespace namespace) {
      this(namespace, new ArrayList<>());
    }

    void start(OpenVpnClient.Builder client) {
      close();
      running.add(client.start());
    }

    /** Ends the client without a farewell: told to restart, it would come back unasked. */
    void vanish() {
      running.forEach(client -> client.process().kill());
    }

    @Override
    public void close() {
      running.forEach(OpenVpnClient::close);
      running.clear();
    }
  }

  private void assertSame(List<String> cases) {
    List<String> differences = new ArrayList<>();
    for (String bytes : cases) {
      List<String> expected = Masked.of(real.ask(bytes));
      List<String> actual = Masked.of(faked.ask(bytes));
      if (!actual.equals(expected)) {
        differences.add("%s: %s, not %s".formatted(bytes, expected, actual));
      }
    }
    assertThat(differences).isEmpty();
  }

  private void assertSame(String toTheReal, String toTheFake) {
    assertThat(Masked.of(faked.ask(toTheFake))).isEqualTo(Masked.of(real.ask(toTheReal)));
  }

  private void releaseBoth() {
    for (RawController controller : List.of(real, faked)) {
      controller.ask("state on\nhold release");
      controller.notificationsUpTo(">STATE:");
      controller.notificationsUpTo(">STATE:");
    }
  }

  private static Path socket(FakeOpenVpn openVpn) {
    return switch (openVpn.address()) {
      case ManagementAddress.Unix(Path path) -> path;
      case ManagementAddress.Tcp tcp -> throw new IllegalStateException(tcp.toString());
    };
  }
}
