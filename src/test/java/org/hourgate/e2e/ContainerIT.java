package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.app.lab.LabGateway.ALICE;
import static org.hourgate.app.lab.LabGateway.BOB;
import static org.hourgate.app.lab.LabGateway.LONG;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.testing.NamespaceRelay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gate in a container beside an OpenVPN that is in none: {@code scripts/container.sh}, which
 * builds the image first. PODMAN_OPTIONS: more options of {@code podman run}.
 */
@EnabledIfSystemProperty(named = "container.image", matches = ".+")
final class ContainerIT {

  private static final int USER = 10_001;

  @TempDir private Path folder;

  @Test
  void decidesForRealClients() throws Exception {
    Path sockets = Files.createDirectory(folder.resolve("openvpn-server"));
    Path configuration = Files.createDirectory(folder.resolve("hourgate"));
    for (Path each : List.of(folder, sockets, configuration)) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    try (LabGateway house = LabGateway.create();
        NamespaceRelay _ = NamespaceRelay.outOf(house.network().server(), house.anvil().port());
        NamespaceRelay _ = NamespaceRelay.into(house.network().server(), house.shop().getPort())) {
      Path yaml = configuration.resolve("hourgate.yaml");
      Files.writeString(
          yaml,
          """
          gateway: { public-url: "%s", key: "file:/var/lib/hourgate/gateway.key" }
          openvpn: [{ name: udp, management: "unix:/run/openvpn-server/gate.sock" }]
          chain: { id: %d, rpc: "%s", contract: "%s", poll: 200ms }
          shop: { listen: "127.0.0.1:%d", tls: off, tunnel-listen: "10.88.0.1:80" }
          """
              .formatted(
                  house.shop(),
                  Anvil.CHAIN_ID,
                  house.anvil().rpc(),
                  house.contract().address().checksummed(),
                  house.shop().getPort()));
      // As init leaves it: root's, readable by the group of the gate's user.
      Files.setAttribute(yaml, "unix:gid", USER);
      Files.setPosixFilePermissions(yaml, PosixFilePermissions.fromString("rw-r-----"));
      house.server().stop();
      try (LabProcess openVpn = openVpn(house, sockets);
          LabProcess gate = gate(house, sockets, configuration)) {
        openVpn.output().await("MANAGEMENT: unix domain socket listening", LONG);
        gate.output().await(0, "the line ready", "ready"::equals, LONG);

        OpenVpnClient bob = house.client(BOB, "login").start();
        bob.output().await("[no_time]", LONG);
        bob.close();
        house.buy(ALICE, Duration.ofHours(2));
        try (Visit alice = Visit.begin(house.server(), house.client(ALICE, "device"))) {
          // SIGTERM, which Podman hands on to the gate: that ends by itself, and nobody with it.
          gate.signal("TERM");
          assertThat(gate.awaitExit(LONG)).isZero();
          alice.assertUndisturbed();
        }
      }
    }
  }

  /** On a machine that has the container's user. */
  private LabProcess openVpn(LabGateway house, Path sockets) throws Exception {
    Path lab = house.network().directory();
    Path server =
        Files.writeString(
            folder.resolve("gate.conf"),
            Files.readString(lab.resolve("udp.conf"))
                .replaceAll(
                    "(?m)^management /.*", "management " + sockets.resolve("gate.sock") + " unix")
                .replaceAll("(?m)^management-client-user .*", "management-client-user hourgate"));
    Path users =
        Files.writeString(
            folder.resolve("passwd"),
            Files.readString(Path.of("/etc/passwd"))
                + "hourgate:x:%1$d:%1$d::/var/lib/hourgate:/usr/sbin/nologin\n".formatted(USER));
    return LabProcess.start(
        "openvpn",
        house
            .network()
            .server()
            .command(
                List.of(
                    "unshare",
                    "--mount",
                    "sh",
                    "-c",
                    "mount --bind \"$0\" /etc/passwd && exec openvpn --config \"$1\"",
                    users.toString(),
                    server.toString())));
  }

  private static LabProcess gate(LabGateway house, Path sockets, Path configuration) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "podman",
                "run",
                "--rm",
                "--network=ns:/run/netns/" + house.network().server().name(),
                "--volume=" + configuration + ":/etc/hourgate:ro",
                "--volume=" + sockets + ":/run/openvpn-server"));
    String more = System.getenv("PODMAN_OPTIONS");
    if (more != null) {
      command.addAll(List.of(more.split(" ")));
    }
    command.add(System.getProperty("container.image"));
    return LabProcess.start("podman", command);
  }
}
