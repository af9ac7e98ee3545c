package org.hourgate.app.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hourgate.app.install.Pki;
import org.junit.jupiter.api.Test;

/** Real OpenVPN processes in real namespaces, and nothing of them afterwards. */
final class LabIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration PACKET_INTERVAL = Duration.ofMillis(10);

  @Test
  void carriesPacketsAndLeavesNothingBehind() throws Exception {
    LabNetwork network = LabNetwork.create();
    List<Long> processes = new ArrayList<>();
    List<String> namespaces = new ArrayList<>(List.of(network.server().name()));
    try (network) {
      OpenVpnServer server = OpenVpnServer.on(network, pki(network)).start();
      try (AcceptAll peer = new AcceptAll(server.managementSocket())) {
        OpenVpnClient client =
            OpenVpnClient.of(server, network.addClient()).login("alice", "secret").start();
        client.awaitConnected(LONG);
        PingStream ping = PingStream.start(client.namespace(), server.gateway());
        ping.replies().awaitAfter(Instant.now(), LONG);

        processes.addAll(List.of(server.pid(), client.process().pid()));
        namespaces.add(client.namespace().name());
        server.stop();

        client.output().await("Connection reset command was pushed by server", LONG);
        peer.output().await(">CLIENT:DISCONNECT,0", LONG);
      }
    }

    await().atMost(LONG).untilAsserted(() -> assertThat(processes).noneMatch(LabIT::isAlive));
    // Other labs of this process may be at work beside this one.
    assertThat(namespacesOf(ProcessHandle.current().pid())).doesNotContainAnyElementsOf(namespaces);
    assertThat(network.directory()).doesNotExist();
  }

  @Test
  void disturbsNobodyWhenClientsAreAdded() {
    try (LabNetwork network = LabNetwork.create()) {
      List<Namespace> early = network.addClients(2);
      String server = network.server().address();
      try (PingStream one = PingStream.start(early.getFirst(), server);
          PingStream other = PingStream.start(early.getLast(), server)) {
        one.replies().awaitAfter(Instant.now(), LONG);
        other.replies().awaitAfter(Instant.now(), LONG);

        for (int i = 0; i < 20; i++) {
          network.addClient();
        }

        one.replies().awaitAfter(Instant.now(), LONG);
        other.replies().awaitAfter(Instant.now(), LONG);
        assertThat(one.lost() + other.lost()).isZero();
      }
    }
  }

  @Test
  void startsAServerAgainAfterACrash() throws Exception {
    try (LabNetwork network = LabNetwork.create()) {
      OpenVpnServer server = OpenVpnServer.on(network, pki(network)).start();
      long first = server.pid();
      server.kill();
      server.start();

      assertThat(server.pid()).isNotEqualTo(first);
      try (AcceptAll peer = new AcceptAll(server.managementSocket())) {
        peer.output().await("SUCCESS: hold release succeeded", LONG);
      }
    }
  }

  @Test
  void honestClientsLeaveAndStubbornOnesStayWhenToldToGo() throws Exception {
    try (LabNetwork network = LabNetwork.create()) {
      OpenVpnServer server = OpenVpnServer.on(network, pki(network)).start();
      try (AcceptAll peer = new AcceptAll(server.managementSocket())) {
        OpenVpnClient stubborn =
            OpenVpnClient.of(server, network.addClient()).login("bob", "x").stubborn().start();
        stubborn.awaitConnected(LONG);
        OpenVpnClient honest =
            OpenVpnClient.of(server, network.addClient()).login("alice", "x").start();
        honest.awaitConnected(LONG);

        try (PacketStream packets = PacketStream.start(server, stubborn, PACKET_INTERVAL)) {
          packets.up().awaitAfter(Instant.now(), LONG);
          packets.down().awaitAfter(Instant.now(), LONG);
          peer.send("client-kill 0 \"HALT,over\"", "client-kill 1 \"HALT,over\"");

          Instant told =
              stubborn.output().await("Received unknown control message: HALT,over", LONG).readAt();
          // client-kill alone leaves the data channel to the stubborn for some seconds.
          packets.up().awaitAfter(told, LONG);
          packets.down().awaitAfter(told, LONG);
          honest.output().await("Halt command was pushed by server ('over')", LONG);
          assertThat(honest.process().awaitExit(LONG)).isZero();
          peer.output().await(">CLIENT:DISCONNECT,0", LONG);
          assertThat(stubborn.process().isAlive()).isTrue();
        }
      }
    }
  }

  @Test
  void holdsACrowdWithAnAddressForEach() throws Exception {
    int size = 20;
    try (LabNetwork network = LabNetwork.create()) {
      OpenVpnServer server =
          OpenVpnServer.on(network, pki(network)).managementPassword("open sesame").start();
      try (AcceptAll peer = new AcceptAll(server.managementSocket(), "open sesame")) {
        Namespace crowd = network.addCrowd(size);
        List<OpenVpnClient> clients = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          clients.add(
              OpenVpnClient.of(server, crowd)
                  .login("customer" + i, "x")
                  .withoutDevice()
                  .from(crowd.addresses().get(i))
                  .start());
        }
        clients.forEach(client -> client.awaitConnected(LONG));

        for (String address : crowd.addresses()) {
          peer.output().await(">CLIENT:ENV,trusted_ip=" + address, LONG);
        }
      }
    }
  }

  @Test
  void servesTcpAndReadsTheLoginFromAFile() throws Exception {
    try (LabNetwork network = LabNetwork.create()) {
      OpenVpnServer server =
          OpenVpnServer.on(network, pki(network)).instance("tcp", 1195, "10.89.0.0").tcp().start();
      try (AcceptAll peer = new AcceptAll(server.managementSocket())) {
        Path login = Files.writeString(network.directory().resolve("login"), "carol\nsecret\n");
        OpenVpnClient client =
            OpenVpnClient.of(server, network.addClient()).loginFile(login).start();
        client.awaitConnected(LONG);

        peer.output().await(">CLIENT:ENV,username=carol", LONG);
        try (PingStream ping = PingStream.start(client.namespace(), server.gateway())) {
          ping.replies().awaitAfter(Instant.now(), LONG);
        }
      }
    }
  }

  @Test
  void removesWhatADeadLabLeft() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    String left = "hourgate-lab-" + dead.pid() + "-1-server";
    Programs.run("", List.of(Programs.ip().toString(), "netns", "add", left));
    LabProcess orphan =
        LabProcess.start(
            "orphan",
            new Namespace(left, List.of(""))
                .command(List.of("sh", "-c", "echo inside; exec sleep 600")));
    orphan.output().await("inside", LONG);

    LabNetwork.create().close();

    orphan.awaitExit(LONG);
    // A lab that begins elsewhere may be just about to remove it, too.
    await().atMost(LONG).untilAsserted(() -> assertThat(namespacesOf(dead.pid())).isEmpty());
  }

  @Test
  void leavesNothingWhenInterrupted() throws Exception {
    LabProcess other = program(RunningLab.class);
    long server = pid(other, "server ");
    assertThat(namespacesOf(other.pid())).isNotEmpty();

    other.signal("INT");

    other.awaitExit(LONG);
    await().atMost(LONG).untilAsserted(() -> assertThat(isAlive(server)).isFalse());
    assertThat(namespacesOf(other.pid())).isEmpty();
  }

  @Test
  void startsNothingMoreOnceItIsInterrupted() throws Exception {
    LabProcess other = program(BusyLab.class);
    other.output().await("begun", LONG);

    other.signal("INT");

    other.output().await("no process", LONG);
    other.output().await("no lab", LONG);
    other.awaitExit(LONG);
    try (Stream<Path> folders = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertThat(folders.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("hourgate-lab-" + other.pid() + "-"));
    }
  }

  /** What the scripts in bench run, killed in such a way that it can't tidy up. */
  @Test
  void leavesNothingBehindAScriptWhenItsVirtualMachineIsKilled() throws Exception {
    List<String> script =
        new ArrayList<>(List.of("sh", "-c", ". scripts/jvm.sh; run_jvm \"$@\"", "script"));
    script.addAll(command(RunningLab.class));
    LabProcess shell = LabProcess.start("a script", script);
    long server = pid(shell, "server ");
    long outside = pid(shell, "outside ");
    ProcessHandle machine = ProcessHandle.of(outside).flatMap(ProcessHandle::parent).orElseThrow();
    assertThat(namespacesOf(machine.pid())).isNotEmpty();

    assertThat(machine.destroyForcibly()).isTrue();

    assertThat(shell.awaitExit(LONG)).isEqualTo(137);
    assertThat(namespacesOf(machine.pid())).isEmpty();
    await().atMost(LONG).until(() -> !isAlive(server) && !isAlive(outside));
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(Path.of("/tmp"), "hourgate-lab-" + machine.pid() + "-*")) {
      assertThat(folders).isEmpty();
    }
  }

  private static LabProcess program(Class<?> main) {
    return LabProcess.start(main.getSimpleName(), command(main));
  }

  private static List<String> command(Class<?> main) {
    return List.of(
        "env",
        "--default-signal=INT", // Which nohup, or a shell's &, has ignored.
        ProcessHandle.current().info().command().orElseThrow(),
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName());
  }

  private static long pid(LabProcess lab, String name) throws Exception {
    return Long.parseLong(lab.output().await(name, LONG).text().substring(name.length()));
  }

  /** A program that goes on with its lab while it is ending. */
  static final class BusyLab {

    private BusyLab() {}

    public static void main(String[] arguments) {
      List<String> sleep = List.of("sleep", "600");
      Thread main = Thread.currentThread();
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> join(main)));
      LabProcess first = LabProcess.start("first", sleep);
      System.out.println("begun");
      first.awaitExit(LONG); // The first is ended from outside.
      try {
        System.out.println("process " + LabProcess.start("late", sleep).pid());
      } catch (LabException e) {
        System.out.println("no process");
      }
      try {
        System.out.println("lab " + LabNetwork.create().directory());
      } catch (IllegalStateException e) {
        System.out.println("no lab");
      }
    }

    private static void join(Thread thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A program with a lab that does not end by itself. */
  static final class RunningLab {

    private RunningLab() {}

    public static void main(String[] arguments) throws Exception {
      LabNetwork network = LabNetwork.create();
      OpenVpnServer server = OpenVpnServer.on(network, pki(network)).start();
      System.out.println("server " + server.pid());
      LabProcess outside = LabProcess.start("a process outside", List.of("sleep", "600"));
      System.out.println("outside " + outside.pid());
      Thread.currentThread().join();
    }
  }

  private static Pki pki(LabNetwork network) {
    return Pki.create(network.directory(), "hourgate-lab", Duration.ofDays(1));
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).isPresent();
  }

  private static List<String> namespacesOf(long pid) throws IOException {
    try (Stream<Path> namespaces = Files.list(Path.of("/run/netns"))) {
      return namespaces
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("hourgate-lab-" + pid + "-"))
          .toList();
    }
  }
}
