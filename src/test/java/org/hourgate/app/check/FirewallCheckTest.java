package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hourgate.infrastructure.json.Json;
import org.junit.jupiter.api.Test;

/** Rules as {@code nft -j list ruleset} of nftables 1.0.6 prints them. */
final class FirewallCheckTest {

  private static final String TABLES =
      """
      {"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}},
      {"table": {"family": "inet", "name": "hourgate", "handle": 1}},
      {"chain": {"family": "inet", "table": "hourgate", "name": "forward", "handle": 1, "type": "filter", "hook": "forward", "prio": -5, "policy": "POLICY"}},
      {"table": {"family": "ip", "name": "nat", "handle": 2}},
      {"chain": {"family": "ip", "table": "nat", "name": "POSTROUTING", "handle": 1, "type": "nat", "hook": "postrouting", "prio": 100, "policy": "accept"}}
      """;

  private static final String REJECT =
      """
      {"rule": {"family": "inet", "table": "hourgate", "chain": "forward", "handle": 4, "expr": [
        {"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "tun-gate"}},
        {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": {"prefix": {"addr": "192.168.0.0", "len": 16}}}},
        {"reject": {"type": "icmpx", "expr": "admin-prohibited"}}]}}
      """;

  private static final String MASQUERADE =
      """
      {"rule": {"family": "ip", "table": "nat", "chain": "POSTROUTING", "handle": 5, "expr": [
        {"match": {"op": "==", "left": {"meta": {"key": "oifname"}}, "right": "eth0"}}, {"masquerade": null}]}}
      """;

  private static List<FindingCode> judge(String policy, String... rules) {
    String all = TABLES.replace("POLICY", policy);
    for (String rule : rules) {
      all += "," + rule;
    }
    String text = "{\"nftables\": [" + all + "]}";
    return Codes.bad(findings -> FirewallCheck.judge(Json.readTree(text), findings));
  }

  @Test
  void isContentWithWallsAndAWayOut() {
    assertThat(judge("accept", REJECT, MASQUERADE)).isEmpty();
    assertThat(judge("drop", MASQUERADE)).isEmpty();
  }

  @Test
  void findsThatNothingKeepsCustomersOut() {
    assertThat(judge("accept", MASQUERADE)).containsExactly(FindingCode.FIREWALL_OPEN);
    assertThat(judge("accept", REJECT.replace("\"inet\"", "\"ip6\""), MASQUERADE))
        .as("a rule of another table")
        .containsExactly(FindingCode.FIREWALL_OPEN);
  }

  @Test
  void findsThatNoAnswerComesBack() {
    assertThat(judge("accept", REJECT)).containsExactly(FindingCode.MASQUERADE_MISSING);
    assertThat(judge("accept", REJECT, MASQUERADE.replace("masquerade", "snat"))).isEmpty();
  }

  @Test
  void findsBothWhereThereAreNoRulesAtAll() {
    assertThat(
            Codes.bad(
                findings -> FirewallCheck.judge(Json.readTree("{\"nftables\": []}"), findings)))
        .containsExactly(FindingCode.FIREWALL_OPEN, FindingCode.MASQUERADE_MISSING);
  }
}
