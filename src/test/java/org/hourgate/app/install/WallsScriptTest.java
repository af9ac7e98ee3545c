package org.hourgate.app.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How {@code openvpn-conf/walls.sh} finds its way on machines that are not like the one that tests
 * run on: programs of the machine are stood in for, and what they are told is looked at. What the
 * rules do: {@code WallsIT}.
 */
final class WallsScriptTest {

  private static final String SCRIPT = Path.of("openvpn-conf/walls.sh").toAbsolutePath().toString();

  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private Path told;
  private String said = "";

  @BeforeEach
  void aPlainMachine() throws IOException {
    told = Files.createFile(folder.resolve("told"));
    routes("default via 192.0.2.1 dev eth0 proto dhcp metric 100", "");
    program("nft", "sed 's/^/nft: /' >>" + told);
    program("tc", "echo \"tc $*\" >>" + told);
    program("iptables", "exit 1");
    program("ip6tables", "exit 1");
    settings("");
  }

  private void routes(String route4, String route6) throws IOException {
    program(
        "ip",
        "case \"$1 $2\" in '-4 route') echo '%s' ;; '-6 route') echo '%s' ;; esac"
            .formatted(route4, route6));
  }

  /** Somebody may flush all rules of nft: what came by none of them is not handed on. */
  @Test
  void hasTheKernelHandOnNothingThatDidNotComeByTheRules() throws Exception {
    Path rules = Files.createFile(folder.resolve("rules"));
    program(
        "ip",
        """
        case "$2 $3" in
          'route show') [ $1 = -6 ] || echo 'default via 192.0.2.1 dev eth0' ;;
          'rule show') sed "/^$1/!d; s/^-. //" %1$s ;;
          'rule add') echo "$1 $5:	from all fwmark $9 iif $7 prohibit" >>%1$s ;;
          'rule delete') sed -i "/^$1 $5:/d" %1$s ;;
        esac
        """
            .formatted(rules));
    kernel("net/ipv6/conf/all/forwarding", "0");

    walls("start");
    walls("start");
    assertThat(Files.readAllLines(rules))
        .containsExactly(
            "-4 88:\tfrom all fwmark 0/0x10000000 iif tun-gate prohibit",
            "-6 88:\tfrom all fwmark 0/0x10000000 iif tun-gate prohibit");
    assertThat(told()).contains("define seen = 0x10000000");

    settings("DEVICE=tun1"); // The other device may be anybody's from now on.
    walls("start");
    assertThat(Files.readAllLines(rules)).hasSize(2).allMatch(rule -> rule.contains("iif tun1 "));
    walls("stop");
    assertThat(Files.readAllLines(rules)).isEmpty();
  }

  /** {@code ipv6.disable=1}: nothing of IPv6 is handed on, and nobody needs to worry. */
  @Test
  void saysNothingOfIpv6WhereTheKernelHasNone() throws Exception {
    program(
        "ip",
        """
        case "$1 $2 $3" in
          '-4 route show') echo 'default via 192.0.2.1 dev eth0' ;;
          '-6 rule'*) echo 'RTNETLINK answers: Operation not supported' >&2; exit 2 ;;
        esac
        """);
    kernel("net/core/rmem_max", "8388608");

    assertThat(walls("start")).isZero();
    assertThat(said).isEmpty();

    kernel("net/ipv6/conf/all/forwarding", "0");
    assertThat(walls("start")).isZero();
    assertThat(said).contains("can't make a rule of routing for tun-gate (ip -6 rule)");
  }

  private void settings(String more) throws IOException {
    Files.writeString(
        folder.resolve("walls.conf"),
        """
        DEVICE=tun-gate NETWORK4=10.88.0.0/16 SERVER4=10.88.0.1 NETWORK6=fd88::/64 SERVER6=fd88::1
        %s
        """
            .formatted(more));
  }

  @Test
  void takesTheBestOfSeveralWays() throws Exception {
    routes(
        "default via 10.0.0.1 dev wlan0 metric 600\ndefault via 192.0.2.1 dev eth0 metric 100",
        "default via fe80::1 dev eth0 proto ra metric 1024 pref medium");

    assertThat(walls("start")).isZero();
    assertThat(told())
        .contains(
            "define wan = { \"eth0\", \"eth0\" }",
            "define gateway4 = 192.0.2.1",
            "define gateway6 = fe80::1");

    settings("WAN=wlan0");
    assertThat(walls("start")).isZero();
    assertThat(told()).contains("define wan = { \"wlan0\"", "define gateway4 = 10.0.0.1");
  }

  /** The guests' network is behind the same router, with addresses of the same block. */
  @Test
  void keepsCustomersOffTheHousesOtherNetworks() throws Exception {
    program(
        "ip",
        """
        case "$*" in
          -4*) echo 'default via 192.0.2.1 dev eth0' ;;
          '-6 route'*) echo 'default via fe80::1 dev eth0' ;;
          '-6 -o address show dev eth0 scope global'*)
            echo '2: eth0    inet6 2001:db8:77:12::2/64 scope global dynamic'
            echo '2: eth0    inet6 fd12::2/64 scope global' ;;
        esac
        """);

    assertThat(walls("start")).isZero();
    assertThat(told())
        .contains("add element inet hourgate house6 { 2001:db8:77:12::2/56 }")
        .doesNotContain("fd12");
  }

  @Test
  void knowsLinesWithoutAGateway() throws Exception {
    routes("default dev ppp0 scope link", "");

    assertThat(walls("start")).isZero();
    assertThat(told())
        .contains("define wan = { \"ppp0\", \"ppp0\" }", "gateway4 = 0.0.0.0-255.255.255.255");
  }

  /** IPv6 often comes a little later than IPv4, and then without asking the walls. */
  @Test
  void letsNothingPassWhereThereIsNoWayToTheInternetYet() throws Exception {
    assertThat(walls("start")).isZero();
    assertThat(told().lines())
        .contains("nft: define gateway4 = 192.0.2.1", "nft: define gateway6 = ::");

    routes("", "default via fe80::1 dev eth0 proto ra");
    assertThat(walls("start")).isZero();
    assertThat(told().lines())
        .contains("nft: define gateway4 = 0.0.0.0", "nft: define gateway6 = fe80::1");
  }

  /** A kernel that forwards and was not told so hears of no IPv6 at all. */
  @Test
  void listensForIpv6ThatIsToCome() throws Exception {
    Path accept = kernel("net/ipv6/conf/eth0/accept_ra", "1");

    walls("start");

    assertThat(accept).hasContent("2");
  }

  @Test
  void putsUpNothingHalfWhileThereIsNoWayOut() throws Exception {
    routes("", "");

    assertThat(walls("start")).isEqualTo(1);
    assertThat(told()).isEmpty();
  }

  @Test
  void tellsTheKernelWhatARouterNeedsAndTakesNothingFromIt() throws Exception {
    routes("default via 192.0.2.1 dev eth0", "default via fe80::1 dev eth0 proto ra");
    Path accept = kernel("net/ipv6/conf/eth0/accept_ra", "1");
    Path room = kernel("net/core/rmem_max", "212992");

    walls("start");
    assertThat(accept).hasContent("2");
    assertThat(room).hasContent("1048576");

    Files.writeString(accept, "0\n"); // The seller gives it an address by hand.
    Files.writeString(room, "8388608\n");
    walls("start");
    assertThat(accept).hasContent("0");
    assertThat(room).hasContent("8388608");
  }

  private Path kernel(String name, String value) throws IOException {
    Path file = folder.resolve("kernel").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, value + "\n");
  }

  @Test
  void waitsForAWayOutThatIsToCome() throws Exception {
    // The third question is the first that finds one.
    Path asked = Files.createFile(folder.resolve("asked"));
    program(
        "ip",
        "echo x >>%1$s; [ $(wc -l <%1$s) -le 4 ] || echo default via 192.0.2.1 dev eth0"
            .formatted(asked));
    settings("WALLS_WAIT=60");

    assertThat(walls("start")).isZero();
    assertThat(told()).contains("define gateway4 = 192.0.2.1");
  }

  @Test
  void followsTheWayToTheInternetAndRulesThatSomebodyTookAway() throws Exception {
    assertThat(walls("start")).isZero();
    Files.writeString(told, "");
    program("nft", "echo \"nft $*\" >>%1$s; sed 's/^/nft: /' >>%1$s".formatted(told));
    Process follow = follow();
    try {
      await().atMost(LONG).until(() -> told().contains("nft list")); // It has found nothing new.
      routes(
          "default via 192.0.2.1 dev eth0 proto dhcp metric 100",
          "default via fe80::1 dev eth0 proto ra metric 1024 expires 1700sec");
      await().atMost(LONG).until(() -> told().contains("define gateway6 = fe80::1"));

      routes("default via 192.0.2.1 dev eth0", "default via fe80::1 dev eth0 expires 1600sec");
      Files.writeString(told, "");
      program("nft", "[ $1 = -f ] || exit 1; sed 's/^/nft: /' >>" + told); // A list finds nothing.
      await().atMost(LONG).until(() -> told().contains("define gateway6 = fe80::1"));
    } finally {
      follow.destroy();
      assertThat(follow.waitFor()).isZero();
    }
  }

  @Test
  void leavesWallsAloneThatStandWhereTheyShould() throws Exception {
    assertThat(walls("start")).isZero();
    Files.writeString(told, "");
    Path looked = Files.createFile(folder.resolve("looked"));
    program("nft", "echo x >>%s; [ $1 != -f ] || cat >>%s".formatted(looked, told));
    Process follow = follow();
    try {
      await().atMost(LONG).until(() -> Files.size(looked) > 4);
      routes("", ""); // Gone for a while: they stay.
      long then = Files.size(looked);
      routes("default via 192.0.2.1 dev eth0", "");
      await().atMost(LONG).until(() -> Files.size(looked) > then + 4);
    } finally {
      follow.destroy();
      assertThat(follow.waitFor()).isZero();
    }
    assertThat(told()).isEmpty();
  }

  /** It consists of several processes, and each may be ended by itself. */
  @Test
  void leavesNoProcessBehindWhereItIsKilled() throws Exception {
    assertThat(walls("start")).isZero();
    Path looked = Files.createFile(folder.resolve("looked"));
    program("nft", "echo \"$1\" >>%s; [ $1 != monitor ] || exec sleep 600".formatted(looked));
    Process follow = follow();
    await()
        .atMost(LONG)
        .until(() -> Files.readAllLines(looked).containsAll(List.of("list", "monitor")));
    List<ProcessHandle> parts = follow.descendants().toList();
    try {
      follow.destroyForcibly();
      await().atMost(LONG).until(() -> parts.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      parts.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private Process follow() throws IOException {
    ProcessBuilder builder = command("follow").redirectOutput(folder.resolve("said").toFile());
    builder.environment().put("WALLS_PAUSE", "0.05");
    return builder.start();
  }

  @Test
  void keepsCustomersOffWhatTheSellerNames() throws Exception {
    settings("KEEP_OFF='203.0.113.9 2001:db8:5::/48'");

    assertThat(walls("start")).isZero();
    assertThat(told())
        .contains(
            "add element inet hourgate home4 { 203.0.113.9 }",
            "add element inet hourgate home6 { 2001:db8:5::/48 }");
  }

  @Test
  void tellsDockerOnceHoweverOftenItRuns() throws Exception {
    Path rules = folder.resolve("docker");
    // As iptables does: -D takes one away or fails, -I adds one.
    program(
        "iptables",
        """
        rules=%s
        case $2 in
          -S) exit 0 ;;
          -D) shift 3; grep -qxF -- "$*" $rules || exit 1; grep -vxF -- "$*" $rules >$rules.new; mv $rules.new $rules ;;
          -I) shift 3; echo "$*" >>$rules ;;
        esac
        """
            .formatted(rules));
    Files.createFile(rules);

    walls("start");
    walls("start");
    assertThat(Files.readAllLines(rules))
        .containsExactly(
            "-i tun-gate -j ACCEPT",
            "-o tun-gate -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT");
    walls("stop");
    assertThat(Files.readAllLines(rules)).isEmpty();
  }

  @Test
  void sharesTheUploadByWhatTheKernelHas() throws Exception {
    settings("UPLOAD=20mbit");
    walls("start");
    assertThat(told())
        .contains("qdisc replace dev eth0 root handle 88: cake bandwidth 20mbit")
        .doesNotContain("htb");

    program("tc", "echo \"tc $*\" >>" + told + "\ncase $* in *cake*) exit 2 ;; esac");
    walls("start");
    assertThat(told()).contains("htb rate 20mbit", "qdisc replace dev eth0 parent 88:1 fq_codel");
  }

  private String told() throws IOException {
    return Files.readString(told);
  }

  private int walls(String action) throws Exception {
    Files.writeString(told, "");
    Process process = command(action).start();
    said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assertThat(said).doesNotContain("not found");
    return code;
  }

  private ProcessBuilder command(String action) {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(SCRIPT, action, folder.resolve("walls.conf").toString()))
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().put("WALLS_KERNEL", folder.resolve("kernel").toString());
    builder.environment().put("WALLS_STATE", folder.resolve("state").toString());
    builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
    return builder;
  }

  private void program(String name, String body) throws IOException {
    Path file = Files.writeString(folder.resolve(name + ".new"), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(file, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE); // It may run just now.
  }
}
