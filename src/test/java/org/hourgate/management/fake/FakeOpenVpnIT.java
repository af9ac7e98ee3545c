package org.hourgate.management.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.hourgate.app.install.Pki;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.testing.RawController;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same dialogues with the real daemon and with the fake: both must say the same. */
final class FakeOpenVpnIT {

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
          "net");

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

  private LabNetwork network;
  private OpenVpnServer server;
  private RawController real;
  private FakeOpenVpn fake;
  private RawController faked;

  @BeforeEach
  void startBoth() throws IOException {
    network = LabNetwork.create();
    server =
        OpenVpnServer.on(
                network, Pki.create(network.directory(), "hourgate-lab", Duration.ofDays(1)))
            .start();
    real = new RawController(server.managementSocket());
    fake = FakeOpenVpn.builder().hold().start();
    faked = new RawController(socket(fake));
  }

  @AfterEach
  void stopBoth() throws IOException {
    real.close();
    faked.close();
    fake.close();
    network.close();
  }

  @Test
  void answerEveryCommandAlike() {
    assertSame(HELD);
    releaseBoth();
    assertSame(REPLIES);
    assertSame(LEXER);
    assertSame(BLOCKS);
  }

  @Test
  void tellOfClientsAlike() throws Exception {
    releaseBoth();
    try (Namespaced clients = new Namespaced(network.addClient())) {
      begin(clients, "alice");
      assertSameNews(">CLIENT:CONNECT,0,1");
      assertSame(
          List.of(
              "client-auth-nt 0 9",
              "client-auth-nt 5 1",
              "client-pending-auth 0 7 \"\" 60",
              "client-pending-auth 0 1 \"\" 60",
              "client-auth 0 1\npush \"ping 3\"\nEND"));
      assertSameNews(">CLIENT:ESTABLISHED,0");
      assertSame(
          List.of(
              "load-stats",
              "client-auth 0 1\nEND",
              "client-auth-nt 0 0",
              "client-deny 0 9 \"no_time\"",
              "client-kill 0 \"HALT,bye\""));
      assertSameNews(">CLIENT:DISCONNECT,0");

      begin(clients, "bob");
      assertSameNews(">CLIENT:CONNECT,1,1");
      assertSame(List.of("client-deny 1 1 \"no_time\" \"no, \\\"time\\\"\""));
      assertSameNews(">CLIENT:DISCONNECT,1");

      begin(clients, "carol");
      assertSameNews(">CLIENT:CONNECT,2,1");
      assertSame(List.of("client-auth-nt 2 1"));
      assertSameNews(">CLIENT:ESTABLISHED,2");
      assertSame(List.of("kill carol", "kill carol", "client-kill 2"));
      assertSameNews(">CLIENT:DISCONNECT,2");

      begin(clients, "dave");
      assertSameNews(">CLIENT:CONNECT,3,1");
      assertSame(List.of("signal SIGUSR1"));
      assertSameNews(">HOLD:");
      assertSame(List.of("client-auth-nt 3 1", "status 3", "hold", "hold release"));
      assertSameNews(">STATE:");
      begin(clients, "mallory");
      assertSameNews(">CLIENT:CONNECT,0,1");
      assertSame(List.of("env-filter"));
    }
  }

  /** Begins a login at both. */
  private void begin(Namespaced clients, String user) {
    clients.start(OpenVpnClient.of(server, clients.namespace()).withoutDevice().login(user, "pw"));
    var _ = fake.connect(user, "pw");
  }

  /** Both print the same up to the notification that begins so. */
  private void assertSameNews(String beginning) {
    List<String> expected = news(real, beginning);
    assertThat(news(faked, beginning)).isEqualTo(expected);
  }

  /** Heads of notifications, and the names of the variables our side may count on. */
  private static List<String> news(RawController controller, String beginning) {
    List<String> lines = new ArrayList<>(controller.notificationsUpTo(beginning));
    if (beginning.startsWith(">CLIENT:")) {
      lines.addAll(controller.notificationsUpTo(">CLIENT:ENV,END"));
    }
    return normalised(lines).stream()
        .filter(line -> !line.startsWith(">NOTIFY"))
        .map(line -> line.replaceFirst("^(>CLIENT:ENV,[^=]*)=.*", "$1"))
        .filter(line -> !line.startsWith(">CLIENT:ENV,IV_"))
        .sorted(Comparator.comparing(line -> line.startsWith(">CLIENT:ENV,") ? line : ""))
        .toList();
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

    @Override
    public void close() {
      running.forEach(OpenVpnClient::close);
      running.clear();
    }
  }

  private void assertSame(List<String> cases) {
    List<String> differences = new ArrayList<>();
    for (String bytes : cases) {
      List<String> expected = normalised(real.ask(bytes));
      List<String> actual = normalised(faked.ask(bytes));
      if (!actual.equals(expected)) {
        differences.add("%s: %s, not %s".formatted(bytes, expected, actual));
      }
    }
    assertThat(differences).isEmpty();
  }

  private void releaseBoth() {
    for (RawController controller : List.of(real, faked)) {
      controller.ask("state on\nhold release");
      controller.notificationsUpTo(">STATE:");
      controller.notificationsUpTo(">STATE:");
    }
  }

  /** Without what differs from one process and one second to the next. */
  private static List<String> normalised(List<String> lines) {
    List<String> normalised = new ArrayList<>();
    for (String line : lines) {
      normalised.add(
          line.replaceFirst("pid=\\d+", "pid=N")
              .replaceAll("(bytesin|bytesout)=\\d+", "$1=N")
              .replaceFirst("^\\d{10},", "TIME,")
              .replaceAll("\\d{10}", "TIME")
              .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "DATE")
              .replaceAll("(10|192)(\\.\\d+){3}", "ADDRESS")
              .replaceFirst("OpenVPN \\d\\S+ .*", "OpenVPN VERSION"));
    }
    return normalised;
  }

  private static Path socket(FakeOpenVpn openVpn) {
    return switch (openVpn.address()) {
      case ManagementAddress.Unix(Path path) -> path;
      case ManagementAddress.Tcp tcp -> throw new IllegalStateException(tcp.toString());
    };
  }
}
