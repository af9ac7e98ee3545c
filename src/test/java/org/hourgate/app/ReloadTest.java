package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hourgate.app.config.ConfigFiles;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.infrastructure.config.Key;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every key of the configuration: whether a reload changes it, and that the docs say the same. */
final class ReloadTest {

  /** For each key a value that it does not have in {@link ConfigFiles#FULL}. */
  private static final Map<String, String> OTHER_VALUES = otherValues();

  @TempDir private Path folder;
  private Path file;
  private HourgateConfig running;

  private static Map<String, String> otherValues() {
    Map<String, String> other = new HashMap<>();
    other.put("gateway.name", "Roof");
    other.put("gateway.public-url", "https://roof.example.org");
    other.put("gateway.state-dir", "elsewhere");
    other.put("gateway.key", "file:other.key");
    other.put("openvpn[0].name", "udp6");
    other.put("openvpn[0].management", "unix:other.sock");
    other.put("openvpn[0].management-password", "file:other.pw");
    other.put("openvpn[1].mode", "script");
    other.put("openvpn[0].script-folder", "other-scripts");
    other.put("openvpn[0].script-group", "others");
    other.put("openvpn[0].profile-template", "other.template");
    other.put("openvpn[0].operator-socket", "other-operator.sock");
    other.put("openvpn[1].operator-password", "file:other.pw");
    other.put("openvpn[0].operator-group", "others");
    other.put("openvpn[0].operator-role", "kill");
    other.put("chain.id", "1");
    other.put("chain.rpc", "http://127.0.0.1:1,http://127.0.0.1:2");
    other.put("chain.contract", "0x5FbDB2315678afecb367f032d93F642f64180aa3");
    other.put("chain.quorum", "1");
    other.put("chain.confirmations", "5");
    other.put("chain.poll", "2s");
    other.put("chain.max-head-age", "1m");
    other.put("credential.login-lifetime", "3m");
    other.put("credential.device-lifetime", "8d");
    other.put("credential.sessions-per-wallet", "2");
    other.put("credential.when-full", "newest-wins");
    other.put("credential.web-sign-in", "same-address");
    other.put("credential.web-sign-in-time", "4m");
    other.put("expiry.belt", "30s");
    other.put("limits.connects-per-source", "6/1m");
    other.put("limits.nonces-per-source", "6/1m");
    other.put("limits.requests-per-source", "off");
    other.put("limits.exempt", "192.0.2.0/24");
    other.put("shop.listen", "[::1]:444");
    other.put("shop.tls", "off");
    other.put("shop.tls.certificate", "other.pem");
    other.put("shop.tls.key", "other-key.pem");
    other.put("shop.trusted-proxies", "192.0.2.8");
    other.put("shop.tunnel-listen", "10.8.0.1:81");
    other.put("shop.place", "Graz");
    other.put("shop.speed", "1 Gbit/s");
    other.put("shop.notes", "No night shift");
    other.put("shop.fiat", "2000");
    other.put("shop.chain-name", "Other");
    other.put("shop.currency", "OTH");
    other.put("shop.wallet-rpc", "https://other.example.org");
    other.put("shop.explorer", "https://other.example.org");
    other.put("shop.history-from-block", "1");
    other.put("admin.listen", "127.0.0.3:9999");
    other.put("admin.socket", "other.sock");
    other.put("admin.group", "others");
    other.put("log.format", "text");
    other.put("log.level", "warn");
    return other;
  }

  @BeforeEach
  void read() throws IOException {
    file = Files.writeString(folder.resolve("hourgate.yaml"), ConfigFiles.FULL);
    running = read(Map.of());
  }

  private HourgateConfig read(Map<String, String> settings) {
    return HourgateConfig.read(file, Map.of(), settings);
  }

  private Reload changed(String key) {
    String written = key.equals("shop.fiat") ? "shop.fiat.per-ether" : key;
    Map<String, String> settings = new HashMap<>(Map.of(written, OTHER_VALUES.get(key)));
    if (key.equals("openvpn[1].mode")) {
      settings.put("openvpn[1].script-folder", "more-scripts");
    }
    return Reload.of(running, read(settings));
  }

  /** Entries of openvpn are all alike. */
  private static String documented(String key) {
    return key.replace("[1]", "[0]");
  }

  /** Those that are declared, a group that changes as a whole as one. */
  private static List<Key> declared() {
    return HourgateConfig.keys().stream()
        .filter(key -> !key.path().startsWith("chain.confirmations."))
        .filter(key -> !key.path().startsWith("shop.fiat."))
        .toList();
  }

  @Test
  void forgetsNoKey() {
    Set<String> tried =
        OTHER_VALUES.keySet().stream()
            .map(ReloadTest::documented)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(tried)
        .containsExactlyInAnyOrderElementsOf(declared().stream().map(Key::path).toList());
  }

  @Test
  void tellsOfEachKeyWhetherItAppliesOrNeedsARestart() {
    OTHER_VALUES
        .keySet()
        .forEach(
            key -> {
              Reload reload = changed(key);
              List<String> told = new ArrayList<>(reload.applied());
              told.addAll(reload.needsRestart());

              String about = key.replace(".mode", "."); // With it goes script-folder.
              assertThat(told).as(key).contains(key).allMatch(other -> other.startsWith(about));
              assertThat(reload.applied().isEmpty())
                  .as("%s: one or the other", key)
                  .isNotEqualTo(reload.needsRestart().isEmpty());
            });
  }

  @Test
  void doesAsTheReferenceSays() {
    List<String> applied =
        OTHER_VALUES.keySet().stream()
            .filter(key -> !changed(key).applied().isEmpty())
            .map(ReloadTest::documented)
            .toList();

    assertThat(applied)
        .containsExactlyInAnyOrderElementsOf(
            declared().stream().filter(key -> key.live().isPresent()).map(Key::path).toList());
  }

  @Test
  void tellsOfAKeyThatNeedsARestartUntilThere() {
    HourgateConfig written = read(Map.of("chain.poll", "2s", "shop.notes", "x"));
    Reload first = Reload.of(running, written);
    Reload second = Reload.of(first.effective(), written);

    assertThat(first.applied()).containsExactly("shop.notes");
    assertThat(second.applied()).isEmpty();
    assertThat(second.needsRestart()).containsExactly("chain.poll");
  }

  @Test
  void namesAnOpenVpnThatCameOrWentAsAWhole() throws IOException {
    Files.writeString(
        file,
        ConfigFiles.FULL.replace(
            "chain:\n", "  - name: extra\n    management: unix:extra.sock\nchain:\n"));

    Reload came = Reload.of(running, read(Map.of()));
    Reload went = Reload.of(read(Map.of()), running);

    assertThat(came.applied()).isEmpty();
    assertThat(came.needsRestart()).containsExactly("openvpn[2]");
    assertThat(went.needsRestart()).containsExactly("openvpn[2]");
  }

  @Test
  void takesNoFewerNodesThanMustAgree() {
    Reload reload =
        Reload.of(running, read(Map.of("chain.rpc", "http://127.0.0.1:1", "chain.quorum", "1")));

    assertThat(reload.applied()).isEmpty();
    assertThat(reload.needsRestart()).containsExactly("chain.rpc", "chain.quorum");
  }

  @Test
  void leavesNoSessionOfAScriptWithoutABelt() throws IOException {
    Files.writeString(file, ConfigFiles.FULL.replaceAll(" +(mode: script|script-.*)\n", ""));

    Reload reload = Reload.of(running, read(Map.of("expiry.belt", "off")));

    assertThat(reload.effective().expiry().belt()).isPresent();
    assertThat(reload.needsRestart()).contains("openvpn[0].mode", "expiry.belt");
  }

  @Test
  void saysNothingWhenNothingHasChanged() {
    Reload same = Reload.of(running, read(Map.of()));

    assertThat(same.applied()).isEmpty();
    assertThat(same.needsRestart()).isEmpty();
    assertThat(same.effective()).isEqualTo(running);
  }
}
