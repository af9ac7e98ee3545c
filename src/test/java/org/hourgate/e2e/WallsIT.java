package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Output;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code openvpn-conf/selftest.sh}: what customers reach, through a real tunnel, with and without
 * the walls. It proves nothing unless it fails when a wall is missing.
 */
final class WallsIT {

  private static final Path FOLDER = Path.of("openvpn-conf");

  @TempDir private Path folder;

  @Test
  void keepCustomersOffTheHouseAndEachOther() {
    try (LabProcess selftest = selftest()) {
      assertThat(selftest.awaitExit(LabGateway.LONG)).as(text(selftest)).isZero();
      assertThat(text(selftest))
          .contains(
              "open     open     alice: the internet",
              "open     open     alice: the page in the tunnel",
              "open     shut     alice: the router's page",
              "open     shut     alice: a computer at home",
              "open     shut     alice: this machine",
              "open     shut     alice: another customer",
              "open     shut     alice: mail, port 25")
          .doesNotContain("WRONG");
    }
  }

  @Test
  void areFoundWantingWhereOneIsMissing() throws IOException {
    List<LabProcess> runs = new ArrayList<>();
    List<String> missing =
        List.of(
            "tcp dport { 25, 465, 587 }",
            "rt ip nexthop",
            "rt ip6 nexthop",
            "ip6 daddr @house6",
            "iifname $tunnel jump to_this");
    for (String wall : missing) {
      String rules = Files.readString(FOLDER.resolve("gate.nft"));
      assertThat(rules).contains(wall);
      Path holes = folder.resolve("holes" + runs.size() + ".nft");
      Files.write(holes, rules.lines().filter(line -> !line.contains(wall)).toList());
      runs.add(selftest("--rules", holes.toString()));
    }
    for (LabProcess run : runs) {
      assertThat(run.awaitExit(LabGateway.LONG)).as(text(run)).isEqualTo(1);
      assertThat(text(run)).contains("WRONG  open     open     alice:");
    }
  }

  private static LabProcess selftest(String... arguments) {
    List<String> command = new ArrayList<>(List.of(FOLDER.resolve("selftest.sh").toString()));
    command.addAll(List.of(arguments));
    return LabProcess.start("selftest.sh", command);
  }

  private static String text(LabProcess process) {
    return String.join("\n", process.output().lines().stream().map(Output.Line::text).toList());
  }
}
