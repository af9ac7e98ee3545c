package org.hourgate.app.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import tools.jackson.databind.JsonNode;

/**
 * Whether customers get out to the internet, and nowhere else. Looks only at an OpenVPN in our own
 * network namespace, and only where nft shows its rules, which takes root.
 */
final class FirewallCheck {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String SUBJECT = "firewall";

  private FirewallCheck() {}

  static void look(List<OpenVpnCheck.Seen> instances, Findings findings) {
    List<OpenVpnSettings> here =
        instances.stream()
            .filter(seen -> seen.process().flatMap(RunningOpenVpn::sharesOurNetwork).orElse(false))
            .flatMap(seen -> seen.settings().stream())
            .filter(settings -> settings.pushes(option -> option.startsWith("redirect-gateway")))
            .toList();
    if (here.isEmpty()) {
      return;
    }
    forwarding(findings);
    if (!hasOldTables()) {
      rules().ifPresent(rules -> judge(rules, findings));
    }
  }

  private static void forwarding(Findings findings) {
    try {
      if (Files.readString(Path.of("/proc/sys/net/ipv4/ip_forward")).strip().equals("0")) {
        findings.error(
            FindingCode.FORWARDING_OFF,
            SUBJECT,
            "this machine forwards nothing: customers reach nobody",
            "sysctl -w net.ipv4.ip_forward=1, and write it into /etc/sysctl.d");
      }
    } catch (IOException e) {
      // Not told to us: no finding.
    }
  }

  /** Rules of iptables-legacy, which nft does not show. */
  private static boolean hasOldTables() {
    try {
      return !Files.readString(Path.of("/proc/net/ip_tables_names")).isBlank();
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<JsonNode> rules() {
    List<String> nft =
        Stream.of("/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft")
            .filter(program -> Files.isExecutable(Path.of(program)))
            .limit(1)
            .toList();
    if (nft.isEmpty()) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>(nft);
    command.addAll(List.of("-j", "list", "ruleset"));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      try {
        return Deadline.call(
                PATIENCE,
                () -> new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .filter(text -> !text.isBlank())
            .map(Json::readTree);
      } finally {
        process.destroy();
      }
    } catch (IOException | InvalidJsonException e) {
      return Optional.empty(); // not for this user
    }
  }

  /** Judges what {@code nft -j list ruleset} prints. */
  static void judge(JsonNode rules, Findings findings) {
    Set<String> forward =
        chains(rules)
            .filter(chain -> chain.path("hook").asString("").equals("forward"))
            .map(FirewallCheck::name)
            .collect(Collectors.toSet());
    boolean closed =
        chains(rules)
                .anyMatch(
                    chain ->
                        forward.contains(name(chain))
                            && chain.path("policy").asString("").equals("drop"))
            || rules(rules)
                .filter(rule -> forward.stream().anyMatch(chain -> sameTable(chain, rule)))
                .anyMatch(rule -> says(rule, "drop", "reject"));
    boolean masquerade = rules(rules).anyMatch(rule -> says(rule, "masquerade", "snat"));
    if (!closed) {
      findings.warn(
          FindingCode.FIREWALL_OPEN,
          SUBJECT,
          "no rule keeps customers from this machine's own networks: they reach your router and"
              + " your computers",
          "run openvpn-conf/setup.sh, or load openvpn-conf/gate.nft");
    }
    if (!masquerade) {
      findings.warn(
          FindingCode.MASQUERADE_MISSING,
          SUBJECT,
          "nothing gives customers' packets this machine's address: no answer comes back to them",
          "run openvpn-conf/setup.sh, or add a masquerade rule");
    }
    if (closed && masquerade) {
      findings.ok(FindingCode.FIREWALL, SUBJECT, "forwards with rules, and masquerades");
    }
  }

  private static Stream<JsonNode> chains(JsonNode rules) {
    return entries(rules, "chain");
  }

  private static Stream<JsonNode> rules(JsonNode rules) {
    return entries(rules, "rule");
  }

  private static Stream<JsonNode> entries(JsonNode rules, String kind) {
    return rules
        .path("nftables")
        .valueStream()
        .filter(each -> each.has(kind))
        .map(e -> e.get(kind));
  }

  private static String name(JsonNode chain) {
    return table(chain) + " " + chain.path("name").asString("");
  }

  private static String table(JsonNode entry) {
    return entry.path("family").asString("") + " " + entry.path("table").asString("");
  }

  /** A forward chain may jump to others of its table. */
  private static boolean sameTable(String forwardChain, JsonNode rule) {
    return forwardChain.startsWith(table(rule) + " ");
  }

  private static boolean says(JsonNode rule, String... verdicts) {
    return rule.path("expr")
        .valueStream()
        .anyMatch(part -> Stream.of(verdicts).anyMatch(part::has));
  }
}
