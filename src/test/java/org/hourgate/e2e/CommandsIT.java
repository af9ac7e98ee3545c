package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.Output;
import org.hourgate.infrastructure.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands an operator and a customer type, each a process of its own. */
final class CommandsIT {

  @TempDir private Path folder;

  private record Result(int exitCode, String output) {}

  @Test
  void servesAnOperatorAndACustomer() throws Exception {
    try (LabGateway gateway = LabGateway.create()) {
      Result sessions = run(gateway.hourgate("sessions"));
      assertThat(sessions.exitCode()).as(sessions.output()).isEqualTo(4);
      Result before = run(gateway.hourgate("check"));
      assertThat(before.exitCode()).as(before.output()).isZero();
      assertThat(before.output())
          .containsPattern("ok +openvpn udp configuration +is as it should be")
          .containsPattern("ok +chain http://127.0.0.1:[0-9]+ +chain id 31337");

      gateway.startGate();
      Result during = run(gateway.hourgate("check"));
      assertThat(during.exitCode()).as(during.output()).isZero();
      assertThat(during.output()).contains("the hourgate that runs here is attached");

      gateway.buy(LabGateway.ALICE, Duration.ofHours(1));
      Path login = folder.resolve("up.txt");
      Result asked = login(gateway, login);
      assertThat(asked.exitCode()).as(asked.output()).isZero();
      assertThat(Files.getPosixFilePermissions(login))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));

      try (OpenVpnClient client =
          OpenVpnClient.of(gateway.server(), gateway.network().addClient())
              .loginFile(login)
              .start()) {
        client.awaitConnected(LabGateway.LONG);
        String wallet = LabGateway.ALICE.address().checksummed();

        Result listed = run(gateway.hourgate("sessions", "--json"));
        assertThat(listed.exitCode()).as(listed.output()).isZero();
        JsonNode session = Json.readTree(listed.output()).get(0);
        assertThat(session.get("wallet").asString()).isEqualTo(wallet);
        assertThat(session.get("instance").asString()).isEqualTo("udp");
        assertThat(session.get("kind").asString()).isEqualTo("login");

        Result killed = run(gateway.hourgate("kill", wallet, "--reason", "too loud"));
        assertThat(killed.exitCode()).as(killed.output()).isZero();
        assertThat(killed.output()).contains("Ended 1 session.");
        client.output().await("too loud", LabGateway.LONG);
      }

      Result nobody = run(gateway.hourgate("kill", "udp/0", "--reason", "too loud"));
      assertThat(nobody.exitCode()).as(nobody.output()).isEqualTo(1);
    }
  }

  private Result login(LabGateway gateway, Path out) throws Exception {
    // ALICE is anvil's second development account, whose key everybody knows.
    Path key =
        Files.writeString(
            folder.resolve("key"),
            "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d\n");
    return run(
        LabProcess.start(
            "hourgate login",
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "org.hourgate.app.Main",
                "login",
                "--url",
                gateway.shop().toString(),
                "--wallet-key-file",
                key.toString(),
                "--out",
                out.toString())));
  }

  private static Result run(LabProcess process) {
    int exitCode = process.awaitExit(LabGateway.LONG);
    Stream<String> lines = process.output().lines().stream().map(Output.Line::text);
    return new Result(exitCode, lines.collect(Collectors.joining("\n")));
  }
}
