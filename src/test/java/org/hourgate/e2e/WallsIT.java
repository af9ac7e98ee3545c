package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
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

  /** Half a minute each on a quiet machine, and a dozen run at once. */
  private static final Duration TIME_FOR_ALL = Duration.ofMinutes(5);

  @TempDir private Path folder;

  @Test
  void keepCustomersOffTheHouseAndEachOther() {
    try (LabProcess selftest = selftest()) {
      assertThat(selftest.awaitExit(TIME_FOR_ALL)).as(text(selftest)).isZero();
      assertThat(text(selftest))
          .contains(
              "open     open     alice: the internet",
              "open     open     alice: the page in the tunnel",
              "open     shut     alice: the router's page",
              "open     shut     alice: a computer at home",
              "open     shut     alice: this machine",
              "open     shut     alice: another customer",
              "open     shut     alice: mail, port 25",
              "open     shut     alice: this machine, in fragments",
              "open     shut     alice: this machine, by 6in4",
              "open     shut     alice: whoever listens for names (mDNS)",
              "open     shut     alice: the internet, with an address that is no customer's",
              "open     shut     alice: a computer at home, after the rules were flushed")
          .doesNotContain("WRONG");
    }
  }

  /** What the selftest says where a line of the rules, or of the script, is another. */
  @Test
  void areFoundWantingWhereOneIsMissing() throws IOException {
    List<Hole> holes =
        List.of(
            new Hole("tcp dport { 25, 465, 587 }", "mail, behind an extension header"),
            new Hole("rt ip nexthop", "a neighbour with an address of the internet"),
            new Hole("rt ip6 nexthop", "a computer at home, by IPv6 that came after the walls"),
            new Hole("@house6", "another network behind the router with addresses"),
            new Hole("iifname $tunnel jump to_this", "this machine, by GRE"),
            new Hole(
                "ip saddr != $network4", "the internet, with an address that is no customer's"),
            new Hole("ip6 saddr != $network6", "an address that is no customer's, IPv6"),
            new Hole("ct state established ip saddr @home4", "began to send before the walls"),
            new Hole(
                "gate.nft", " ct direction reply accept", " accept", "by a connection from before"),
            new Hole("walls.sh", "    hand_on_nothing_else\n", "", "after the rules were flushed"),
            new Hole("walls.sh", "nft monitor", "sleep 600 #", "after the rules were put back"));
    List<LabProcess> runs = new ArrayList<>();
    for (Hole hole : holes) {
      String whole = Files.readString(FOLDER.resolve(hole.file()));
      assertThat(whole).contains(hole.wall());
      Path broken = folder.resolve(runs.size() + "-" + hole.file());
      Files.writeString(broken, hole.in(whole));
      String option = hole.file().equals("gate.nft") ? "--rules" : "--walls";
      runs.add(selftest(option, broken.toString()));
    }
    // All of them first: each takes down its house itself.
    runs.forEach(run -> run.awaitExit(TIME_FOR_ALL));
    for (int i = 0; i < runs.size(); i++) {
      LabProcess run = runs.get(i);
      assertThat(run.exitCode()).as(text(run)).hasValue(1);
      assertThat(text(run))
          .containsPattern("WRONG  open     open     alice: .*" + holes.get(i).words());
    }
  }

  /** A wall that is taken out, and what then is open. */
  private record Hole(String file, String wall, String instead, String words) {

    /** A line of the rules that is left out. */
    Hole(String line, String words) {
      this("gate.nft", line, "", words);
    }

    String in(String whole) {
      return instead.isEmpty() && file.equals("gate.nft")
          ? whole
              .lines()
              .filter(line -> !line.contains(wall))
              .collect(Collectors.joining("\n", "", "\n"))
          : whole.replace(wall, instead);
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
