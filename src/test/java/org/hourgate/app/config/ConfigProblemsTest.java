package org.hourgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Map;
import org.hourgate.infrastructure.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigProblemsTest {

  @TempDir private Path folder;

  @Test
  void tellsEveryProblemAtOnceWithItsLine() {
    String yaml =
        """
        gateway:
          nmae: Shed
          public-url: "vpn.example.org"
          key: 0123456789abcdef
        openvpn:
          - name: udp
            management: /run/gate.sock
          - name: udp
        chain:
          id: mainnet
          rpc: []
          contract: "0x5FbDB2315678afecb367f032d93F642f64180AA3"
          poll: [1s, 2s]
          poll: 1s
        expiry: { belt: 1s }
        shop: { tls: { certificate: cert.pem } }
        limit: off
        """;

    ConfigException problem = refusal(yaml, Map.of("HOURGATE_CHAIN_RCP", "http://127.0.0.1:1"));

    assertThat(problem)
        .hasMessage(
            folder.resolve("hourgate.yaml")
                + """
                : 15 problems
                  line 2: gateway.nmae: unknown key; did you mean name?
                  line 3: gateway.public-url: must be a URL such as https://vpn.example.org:8443, not "vpn.example.org"
                  line 4: gateway.key: must be file:PATH; a secret itself has no place in this file
                  line 7: openvpn[0].management: must be unix:PATH or tcp:HOST:PORT, not "/run/gate.sock"
                  line 8: openvpn[1].name: must be another than that of an earlier entry: udp
                  line 8: openvpn[1].management: is required and missing
                  line 10: chain.id: must be a whole number from 1, not "mainnet"
                  line 11: chain.rpc: needs at least one value
                  line 12: chain.contract: This wallet address has a typing error (its capitals don't fit, EIP-55): copy it again from the wallet, or write it in small letters.
                  line 13: chain.poll: must be a single value
                  line 14: chain.poll: is written twice; the first is on line 13
                  line 15: expiry.belt: must be a duration from 5s to 1h, or off, not "1s"
                  line 16: shop.tls.key: is missing: both or none of the two
                  line 17: limit: unknown key; did you mean limits?
                  HOURGATE_CHAIN_RCP: unknown variable; did you mean HOURGATE_CHAIN_RPC?"""
                    .replaceFirst("\\n$", ""));
  }

  @Test
  void namesEveryRequiredKeyOfAnEmptyFile() {
    assertThat(refusal("", Map.of()).problems())
        .extracting(Object::toString)
        .containsExactly(
            "gateway.public-url: is required and missing",
            "openvpn: needs at least one entry",
            "chain.id: is required and missing",
            "chain.rpc: is required and missing",
            "chain.contract: is required and missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gateway: 5 | gateway: must be a group of keys",
        "gateway: { name: } | gateway.name: has no value",
        "gateway: { name: [a] } | gateway.name: must be a single value",
        "gateway: { name: \"a\\nb\" } | gateway.name: must be one line of 1 to 64 characters, not \"a?b\"",
        "gateway: { public-url: \"https://a.example/b\" } | gateway.public-url: must end after the host and port, not \"https://a.example/b\"",
        "gateway: { public-url: \"https://u:p@a.example\" } | gateway.public-url: must end after the host and port, not \"https://u:p@a.example\"",
        "gateway: { public-url: \"ftp://a.example\" } | gateway.public-url: must be a URL such as https://vpn.example.org:8443, not \"ftp://a.example\"",
        "chain: { confirmations: 0 } | chain.confirmations: must be a whole number from 1 to 64, not \"0\"",
        "chain: { confirmations: 1.5 } | chain.confirmations: must be a whole number from 1 to 64, not \"1.5\"",
        "chain: { confirmations: [1] } | chain.confirmations: must be a single value",
        "chain: { confirmations: { usual: 1 } } | chain.confirmations.usual: unknown key; known are default, from",
        "chain: { confirmations: { from: 3 } } | chain.confirmations.from: must be a list of groups of keys",
        "chain: { confirmations: { from: [ { blocks: 3 } ] } } | chain.confirmations.from[0].price: is required and missing",
        "chain: { confirmations: { from: [ { price: 1 ether } ] } } | chain.confirmations.from[0].blocks: is required and missing",
        "chain: { confirmations: { from: [ { price: 1 ether, blocks: 65 } ] } } | chain.confirmations.from[0].blocks: must be a whole number from 1 to 64, not \"65\"",
        "chain: { confirmations: { from: [ { price: 5, blocks: 3 } ] } } | chain.confirmations.from[0].price: Say which unit: ether, gwei or wei, such as \"0.01 ether\".",
        "chain: { confirmations: { from: [ { price: 0 ether, blocks: 3 } ] } } | chain.confirmations.from[0].price: must be more than nothing, not \"0 ether\"",
        "chain: { confirmations: { from: [ { token: \"0xe7f1725e7734ce288f8367e1bb143e90bb3f0512\", price: 1.5, blocks: 3 } ] } } | chain.confirmations.from[0].price: must be a whole number of the token's smallest unit, not \"1.5\"",
        "chain: { rpc: [\"http://a\", \"http://b\"], quorum: 3 } | chain.quorum: must be at most the number of chain.rpc, which is 2",
        "chain: { poll: fast } | chain.poll: must be a duration from 100ms to 1m, not \"fast\"",
        "chain: { poll: 1 } | chain.poll: must be a duration from 100ms to 1m, not \"1\"",
        "chain: { poll: off } | chain.poll: must be a duration from 100ms to 1m, not \"off\"",
        "chain: { poll: 2m } | chain.poll: must be a duration from 100ms to 1m, not \"2m\"",
        "chain: { rpc: \"ws://u:secret@host\" } | chain.rpc: must be a URL that begins with http:// or https://",
        "chain: { rpc: [\"http://a\", \"http://a\"] } | chain.rpc: has a value twice",
        "chain: { rpc: { a: b } } | chain.rpc: must be a list of single values",
        "chain: { contract: \"0x12\" } | chain.contract: Not a wallet address: write 0x and 40 hexadecimal digits.",
        "credential: { when-full: oldest-wins } | credential.when-full: must be newest-wins or refuse, not \"oldest-wins\"",
        "credential: { device-lifetime: 365d } | credential.device-lifetime: must be a duration from 1s to 180d, not \"365d\"",
        "limits: { connects-per-source: 20 } | limits.connects-per-source: must be a count and a duration from 1s to 1d, such as 20/10s, or off, not \"20\"",
        "limits: { exempt: [10.0.0.0/33] } | limits.exempt: must be a block of addresses such as 10.0.0.0/8 or fd00::/8, not \"10.0.0.0/33\"",
        "shop: { listen: \"localhost:8443\" } | shop.listen: must be ADDRESS:PORT such as 127.0.0.1:8443 or [::]:8443, not \"localhost:8443\"",
        "shop: { tls: off } | shop.tls: may be off only if listen is a loopback address, or trusted-proxies names the proxy that does TLS",
        "shop: { tls: on } | shop.tls: must be a group of keys",
        "openvpn: { name: udp } | openvpn: must be a list of groups of keys",
        "openvpn: [ { mode: scripts } ] | openvpn[0].mode: must be management or script, not \"scripts\"",
        "openvpn: [ { mode: script } ] | openvpn[0].script-folder: is required with mode: script",
        "openvpn: [ { script-folder: a } ] | openvpn[0].script-folder: goes with mode: script",
        "openvpn: [ { script-group: a } ] | openvpn[0].script-group: goes with mode: script",
        "{ openvpn: [ { mode: script } ], expiry: { belt: off } } | expiry.belt: may not be off with an instance of mode: script",
        "openvpn: [ { name: Ü } ] | openvpn[0].name: must be 1 to 32 small letters, digits, hyphens or underscores, not \"Ü\"",
        "openvpn: [ { management: \"tcp:127.0.0.1:0\" } ] | openvpn[0].management: must be unix:PATH or tcp:HOST:PORT, not \"tcp:127.0.0.1:0\"",
        "openvpn: [ { operator-socket: \"tcp:0.0.0.0:7506\", operator-password: \"file:pw\" } ] | openvpn[0].operator-socket: must be a path, unix:PATH, or a port of this machine such as tcp:127.0.0.1:7506, not \"tcp:0.0.0.0:7506\"",
        "openvpn: [ { operator-socket: \"tcp:127.0.0.1:7506\" } ] | openvpn[0].operator-password: is required with a port",
        "openvpn: [ { operator-socket: a.sock, operator-password: \"file:pw\" } ] | openvpn[0].operator-password: goes with an operator-socket that is a port",
        "openvpn: [ { operator-role: admin } ] | openvpn[0].operator-role: must be read or kill, not \"admin\"",
        "openvpn: [ { management-password: hunter2 } ] | openvpn[0].management-password: must be file:PATH; a secret itself has no place in this file",
        "shop: { tunnel-listen: 0.0.0.0:80 } | shop.tunnel-listen: must be the server's own address in the tunnel, such as 10.8.0.1:80, not \"0.0.0.0:80\"",
      })
  void saysWhatWouldBeRight(String yaml, String problem) {
    assertThat(refusal(yaml + "\n", Map.of()).problems())
        .extracting(found -> found.where() + ": " + found.message())
        .contains(problem);
  }

  @Test
  void tellsProblemsOfVariablesAndSettingsByTheirNames() {
    Path file = ConfigFiles.write(folder, ConfigFiles.MINIMAL);

    assertThatThrownBy(
            () ->
                HourgateConfig.read(
                    file,
                    Map.of("HOURGATE_CHAIN_POLL", "fast", "HOURGATE_NONSENSE", "1"),
                    Map.of("chain.id", "0", "chain.idd", "1")))
        .hasMessageContaining("  HOURGATE_CHAIN_POLL: must be a duration")
        .hasMessageContaining("  HOURGATE_NONSENSE: unknown variable\n")
        .hasMessageContaining("  --set chain.id: must be a whole number")
        .hasMessageContaining("  --set chain.idd: unknown key; did you mean chain.id?");
  }

  @Test
  void refusesBracketsWithoutEndInsteadOfOverflowingTheStack() {
    assertThat(refusal("gateway: " + "[\n ".repeat(20_000), Map.of()))
        .hasMessageContaining("line 50:")
        .hasMessageContaining("is nested deeper than 50 levels");
  }

  @Test
  void tellsTheLineWhereTheFileStopsBeingYaml() {
    assertThat(refusal("gateway:\n  name: [\n", Map.of()).getMessage())
        .contains("line 3: is not YAML: ");
  }

  @Test
  void refusesASecondDocument() {
    assertThat(refusal("gateway: {}\n---\nchain: {}\n", Map.of()).getMessage())
        .contains("is not YAML: ");
  }

  @Test
  void tellsThatThereIsNoFile() {
    assertThatThrownBy(() -> HourgateConfig.read(folder.resolve("none"), Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there is no such file");
  }

  private ConfigException refusal(String yaml, Map<String, String> environment) {
    Path file = ConfigFiles.write(folder, yaml);
    return catchThrowableOfType(
        ConfigException.class, () -> HourgateConfig.read(file, environment, Map.of()));
  }
}
