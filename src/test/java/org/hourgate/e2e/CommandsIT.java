package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;
import static org.junit.jupiter.api.parallel.ResourceAccessMode.READ;
import static org.junit.jupiter.api.parallel.ResourceAccessMode.READ_WRITE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands, each a process of its own: what they print where, and their exit codes. */
final class CommandsIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  /** Whoever stops the gate or its OpenVPN is alone. */
  private static final String GATE = "the gate";

  private static final int ALICE = 1;
  private static final Duration MONTH = Duration.ofDays(30);
  private static final Pattern CONTRACT = Pattern.compile("contract (0x[0-9a-fA-F]{40})");

  @TempDir private Path folder;

  private Path aliceKey;
  private String config;

  @BeforeEach
  void files() throws Exception {
    aliceKey = Files.writeString(folder.resolve("alice.key"), Anvil.privateKey(ALICE) + "\n");
    config = lab.gateway().configuration().toString();
  }

  @AfterEach
  void theGateRunsAgain() {
    lab.ensureGate();
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ_WRITE)
  void deploysAContractThatAGateCanServe() throws Exception {
    String rpc = lab.gateway().anvil().rpc().toString();
    String owner = LabGateway.BOB.address().checksummed();

    Cli.Result deployed =
        Cli.run(
            "deploy",
            "--rpc",
            rpc,
            "--chain-id",
            "31337",
            "--wallet-key-file",
            "" + aliceKey,
            "--owner",
            owner);

    assertThat(deployed.exitCode()).isZero();
    assertThat(deployed.out()).contains("owner " + owner);
    Matcher contract = CONTRACT.matcher(deployed.out());
    assertThat(contract.find()).isTrue();
    lab.gateway().stopGate();
    try {
      lab.gateway().startGate("--set", "chain.contract=" + contract.group(1));
    } finally {
      lab.gateway().stopGate();
    }
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void deploysNothingOnAnotherChainAndSaysWhenNobodyAnswers() throws Exception {
    String rpc = lab.gateway().anvil().rpc().toString();
    Cli.Result other =
        Cli.run("deploy", "--rpc", rpc, "--chain-id", "1", "--wallet-key-file", "" + aliceKey);
    String nowhere = "http://127.0.0.1:" + LabGateway.freePort();
    Cli.Result nobody =
        Cli.run("deploy", "--rpc", nowhere, "--chain-id", "1", "--wallet-key-file", "" + aliceKey);

    assertThat(other.exitCode()).isEqualTo(5);
    assertThat(other.err()).contains("31337").hasLineCount(1);
    assertThat(nobody.exitCode()).isEqualTo(4);
    assertThat(nobody.err()).contains(nowhere).hasLineCount(1);
    assertThat(other.out() + nobody.out()).isEmpty();
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void writesALoginThatOpenVpnTakes() throws Exception {
    lab.gateway().buy(LabGateway.ALICE, Duration.ofHours(1));
    for (String kind : List.of("login", "device")) {
      Path file = folder.resolve(kind);
      Files.writeString(file, "old");

      Cli.Result login = login(lab.gateway().shop().toString(), file, "--kind", kind);

      assertThat(login.exitCode()).isZero();
      assertThat(login.out()).contains(file.toString()).hasLineCount(1);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(Files.readAllLines(file))
          .hasSize(2)
          .first()
          .isEqualTo(LabGateway.ALICE.address().checksummed());
      try (OpenVpnClient client =
          OpenVpnClient.of(lab.server(), lab.gateway().network().addClient())
              .loginFile(file)
              .start()) {
        client.awaitConnected(Lab.LONG);
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void writesNoLoginFromAStranger() throws Exception {
    Path file = folder.resolve("none");
    String nowhere = "http://127.0.0.1:" + LabGateway.freePort();
    String byAnotherName = "http://localhost:" + lab.gateway().shop().getPort();
    String noGateway = lab.gateway().anvil().rpc().toString();

    Cli.Result nobody = login(nowhere, file);
    Cli.Result phisher = login(byAnotherName, file);
    Cli.Result another = login(noGateway, file);
    Cli.Result path = login(lab.gateway().shop() + "/page", file);

    assertThat(nobody.exitCode()).isEqualTo(4);
    assertThat(nobody.err()).contains(nowhere).hasLineCount(1);
    assertThat(phisher.exitCode()).isEqualTo(5);
    assertThat(phisher.err()).hasLineCount(1);
    assertThat(another.exitCode()).isEqualTo(4);
    assertThat(path.exitCode()).isEqualTo(2);
    assertThat(file).doesNotExist();
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ_WRITE)
  void takesASelfSignedCertificateOnlyWhenAskedTo() throws Exception {
    lab.gateway().buy(LabGateway.ALICE, Duration.ofHours(1));
    Path encrypted = folder.resolve("encrypted.yaml");
    Files.writeString(
        encrypted,
        Files.readString(lab.gateway().configuration())
            .replace("public-url: \"http:", "public-url: \"https:")
            .replace(", tls: off", "")
            .replace("state-dir: state", "state-dir: " + folder.resolve("state")));
    String url = lab.gateway().shop().toString().replace("http:", "https:");
    Path file = folder.resolve("login");
    lab.gateway().stopGate();
    try (Cli serve = Cli.start("serve", "--config", encrypted.toString())) {
      await().atMost(Lab.LONG).until(serve::out, "ready\n"::equals);

      Cli.Result careful = login(url, file);

      assertThat(careful.exitCode()).isEqualTo(4);
      assertThat(careful.err()).contains("certificate").contains("--insecure").hasLineCount(1);
      assertThat(file).doesNotExist();

      assertThat(login(url, file, "--insecure").exitCode()).isZero();
      try (OpenVpnClient client =
          OpenVpnClient.of(lab.server(), lab.gateway().network().addClient())
              .loginFile(file)
              .start()) {
        client.awaitConnected(Lab.LONG);
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void listsSessionsForPeopleAndForPrograms() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant end = lab.grant(wallet, MONTH);
    try (Visit visit = lab.connect(wallet, "device")) {
      // The client knows that it is up a little before the gate does.
      await()
          .atMost(Lab.LONG)
          .until(
              () ->
                  sessionOf(wallet, Cli.run("sessions", "--json", "--config", config).out())
                      .get("state")
                      .asString()
                      .equals("established"));
      Cli.Result table = Cli.run("sessions", "--config", config);
      Cli.Result json = Cli.run("sessions", "--json", "--config", config);

      assertThat(table.exitCode()).isZero();
      assertThat(table.out())
          .startsWith("SESSION")
          .contains(wallet.address().checksummed())
          .contains(visit.client().namespace().address())
          .contains("29d23h");
      assertThat(json.exitCode()).isZero();
      assertThat(table.err() + json.err()).isEmpty();
      JsonNode session = sessionOf(wallet, json.out());
      assertThat(session.get("instance").asString()).isEqualTo("udp");
      assertThat(session.get("until").asLong()).isEqualTo(end.getEpochSecond());
      assertThat(session.get("kind").asString()).isEqualTo("device");
      assertThat(session.get("state").asString()).isEqualTo("established");
      assertThat(session.get("tunnelAddress").asString()).startsWith("10.88.0.");
      await()
          .atMost(Lab.LONG)
          .untilAsserted(
              () -> {
                Cli.Result now = Cli.run("sessions", "--json", "--config", config);
                JsonNode counted = sessionOf(wallet, now.out());
                assertThat(counted.get("bytesIn").asLong()).isPositive();
                assertThat(counted.get("bytesOut").asLong()).isPositive();
              });
      visit.assertUndisturbed();
    }
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void endsASessionAndTellsTheClientWhy() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, MONTH);
    String why = "Too \"loud\" \\ at $(night), näh";
    try (Visit visit = lab.connect(wallet, "login")) {
      Cli.Result kill =
          Cli.run("kill", wallet.address().lowerCase(), "--reason", why, "--config", config);

      assertThat(kill.exitCode()).isZero();
      assertThat(kill.out())
          .startsWith("Ended 1 session.\n")
          .contains(wallet.address().checksummed() + "  ended at ");
      String farewell = visit.client().output().await("Halt command was pushed", Lab.LONG).text();
      assertThat(farewell).contains("Too \"loud\" \\ at $(night), n").contains("[operator]");
      assertThat(visit.client().process().awaitExit(Lab.LONG)).isZero();
    }
    Cli.Result again =
        Cli.run("kill", wallet.address().lowerCase(), "--reason", why, "--config", config);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("nobody").hasLineCount(1);
    // It was no ban.
    lab.connect(wallet, "login").close();
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void endsTheSessionThatTheListNames() throws Exception {
    WalletKey wallet = Lab.newWallet();
    WalletKey neighbour = Lab.newWallet();
    lab.grant(wallet, MONTH);
    lab.grant(neighbour, MONTH);
    try (Visit stays = lab.connect(neighbour, "login");
        Visit goes = lab.connect(wallet, "login")) {
      JsonNode session = sessionOf(wallet, Cli.run("sessions", "--json", "--config", config).out());
      String name = "udp/" + session.get("cid").asLong();

      assertThat(Cli.run("kill", name, "--reason", "x", "--config", config).exitCode()).isZero();

      assertThat(goes.client().process().awaitExit(Lab.LONG)).isZero();
      stays.assertUndisturbed();
    }
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ_WRITE)
  void saysThatOpenVpnDidNotConfirm() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, MONTH);
    try (Visit visit = lab.connect(wallet, "login")) {
      lab.server().signal("STOP");
      try {
        Cli.Result kill =
            Cli.run("kill", wallet.address().lowerCase(), "--reason", "x", "--config", config);

        assertThat(kill.exitCode()).isEqualTo(5);
        assertThat(kill.err()).contains("OpenVPN confirmed the end of 0").hasLineCount(1);
      } finally {
        lab.server().signal("CONT");
      }
      assertThat(visit.client().process().awaitExit(Lab.LONG)).isZero();
    }
    // Of an OpenVPN that is silent for too long the gate lets go.
    await()
        .atMost(Lab.LONG)
        .until(() -> Readiness.of(lab.gateway()).complaint("openvpn-udp").isEmpty());
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ_WRITE)
  void saysThatNoGateRuns() throws Exception {
    lab.gateway().stopGate();

    Cli.Result sessions = Cli.run("sessions", "--config", config);
    Cli.Result kill = Cli.run("kill", "udp/1", "--reason", "x", "--config", config);

    assertThat(sessions.exitCode()).isEqualTo(4);
    assertThat(kill.exitCode()).isEqualTo(4);
    assertThat(sessions.out() + kill.out()).isEmpty();
    assertThat(sessions.err()).contains("admin.sock").hasLineCount(1);
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void startsNoSecondGateBesideTheFirst() throws Exception {
    Cli.Result second = Cli.run("serve", "--config", config);
    Cli.Result onOtherPorts =
        Cli.run(
            "serve",
            "--config",
            config,
            "--set",
            "admin.listen=127.0.0.1:0",
            "--set",
            "shop.listen=127.0.0.1:0");

    assertThat(second.exitCode()).isEqualTo(4);
    assertThat(second.err()).contains("can't listen on 127.0.0.1:").doesNotContain("\tat ");
    assertThat(onOtherPorts.exitCode()).isEqualTo(4);
    assertThat(onOtherPorts.err()).contains("is another hourgate running?").doesNotContain("\tat ");
    assertThat(second.out() + onOtherPorts.out()).isEmpty();
    // The first is as well as before.
    assertThat(Cli.run("sessions", "--config", config).exitCode()).isZero();
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void findsNothingWrongWhileTheGateRuns() throws Exception {
    Cli.Result check = Cli.run("check", "--config", config);

    assertThat(check.exitCode()).as(check.out()).isZero();
    assertThat(check.out()).contains("the hourgate that runs here is attached");
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ_WRITE)
  void findsNothingWrongBeforeTheGateRuns() throws Exception {
    lab.gateway().stopGate();

    Cli.Result check = Cli.run("check", "--config", config);
    Cli.Result json = Cli.run("check", "--json", "--config", config);

    assertThat(check.exitCode()).as(check.out()).isZero();
    assertThat(check.out())
        .containsPattern("ok +openvpn udp configuration +is as it should be")
        .containsPattern("ok +chain http://127.0.0.1:[0-9]+ +chain id 31337");
    assertThat(json.exitCode()).isZero();
    assertThat(JsonMapper.shared().readTree(json.out()).get("ok").asBoolean()).isTrue();
    assertThat(check.err() + json.err()).isEmpty();
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void checkTellsWhatIsWrongAndWhoDoesNotAnswer() throws Exception {
    String nowhere = "http://127.0.0.1:" + LabGateway.freePort();
    String nobody = folder.resolve("nobody.sock").toString();

    Cli.Result contract = check("chain.contract=0x00000000000000000000000000000000000000aa");
    Cli.Result chain = check("chain.id=1");
    Cli.Result node = check("chain.rpc=" + nowhere);
    Cli.Result daemon = check("openvpn[0].management=unix:" + nobody);

    assertThat(contract.exitCode()).as(contract.out()).isEqualTo(3);
    assertThat(contract.out()).containsPattern("error +.*0x0{38}[aA]{2}");
    assertThat(chain.exitCode()).as(chain.out()).isEqualTo(3);
    assertThat(chain.out()).containsPattern("error +.*31337");
    assertThat(node.exitCode()).as(node.out()).isEqualTo(4);
    assertThat(node.out()).containsPattern("unreachable +chain " + nowhere);
    assertThat(daemon.exitCode()).as(daemon.out()).isEqualTo(4);
    assertThat(daemon.out()).containsPattern("unreachable +openvpn udp .*" + nobody);
  }

  private Cli.Result check(String setting) throws Exception {
    return Cli.run("check", "--config", config, "--set", setting);
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void refusesToGuess() throws Exception {
    assertThat(Cli.run("kill", "alice", "--reason", "x", "--config", config).exitCode())
        .isEqualTo(2);
    assertThat(Cli.run("kill", "udp/1", "--config", config).exitCode()).isEqualTo(2);
    assertThat(Cli.run("sessions", "--all", "--config", config).exitCode()).isEqualTo(2);
    assertThat(Cli.run("session", "--config", config).exitCode()).isEqualTo(2);
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ)
  void tellsAllProblemsOfTheConfigurationAtOnce() throws Exception {
    Path wrong =
        Files.writeString(
            folder.resolve("wrong.yaml"),
            """
            gateway: { public-url: "ftp://example.org", nam: x }
            openvpn:
              - { management: "unix:/run/x.sock", mode: telepathy }
            chain: { id: 31337, rpc: "http://127.0.0.1:8545", poll: often }
            limit: off
            """);
    for (String command : List.of("serve", "sessions")) {
      Cli.Result result = Cli.run(command, "--config", wrong.toString());

      assertThat(result.exitCode()).isEqualTo(3);
      assertThat(result.out()).isEmpty();
      assertThat(result.err())
          .contains("line 1", "public-url", "gateway.nam: unknown key; did you mean name?")
          .contains("line 3", "telepathy")
          .contains("line 4", "often")
          .contains("line 5", "limit: unknown key; did you mean limits?")
          .contains("chain.contract")
          .doesNotContain("Exception");
    }
    Cli.Result missing = Cli.run("serve", "--config", folder.resolve("nothing.yaml").toString());
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).contains("nothing.yaml", "no such file");
  }

  @Test
  @Execution(CONCURRENT)
  @ResourceLock(value = GATE, mode = READ_WRITE)
  void printsReadyOnceAndEndsCleanlyWithSessionsGoingOn() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, MONTH);
    try (Visit visit = lab.connect(wallet, "login")) {
      lab.gateway().stopGate();
      for (String signal : List.of("TERM", "INT")) {
        try (Cli serve = Cli.start("serve", "--config", config)) {
          await().atMost(Lab.LONG).until(serve::out, "ready\n"::equals);
          serve.signal(signal);

          Cli.Result ended = serve.awaitEnd();

          assertThat(ended.exitCode()).isZero();
          assertThat(ended.out()).isEqualTo("ready\n");
          assertThat(ended.err()).contains("ending").doesNotContain("Exception", "ERROR");
        }
      }
      visit.assertUndisturbed();
    }
  }

  private Cli.Result login(String url, Path file, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("login", "--url", url, "--wallet-key-file", "" + aliceKey, "--out", "" + file));
    arguments.addAll(List.of(more));
    return Cli.run(arguments.toArray(String[]::new));
  }

  private static JsonNode sessionOf(WalletKey wallet, String json) {
    for (JsonNode session : JsonMapper.shared().readTree(json)) {
      if (session.get("wallet").asString().equals(wallet.address().checksummed())) {
        return session;
      }
    }
    throw new AssertionError("no session of " + wallet + " in " + json);
  }
}
