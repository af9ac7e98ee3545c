package org.hourgate.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.hourgate.app.config.HourgateConfig.OpenVpn;
import org.hourgate.app.config.HourgateConfig.Operator;
import org.hourgate.app.config.HourgateConfig.Script;
import org.hourgate.app.config.HourgateConfig.Tls;

/** A configuration taken apart into its keys, as they are written, so that two can be compared. */
public final class ConfigKeys {

  private ConfigKeys() {}

  /**
   * The keys, in the order of the reference, that have another value in each of the two. An entry
   * of {@code openvpn} that only one of them has is named as a whole.
   */
  public static List<String> differences(HourgateConfig one, HourgateConfig other) {
    Map<String, Object> before = values(one);
    Map<String, Object> after = values(other);
    Set<String> keys = new LinkedHashSet<>(before.keySet());
    keys.addAll(after.keySet());
    int common = Math.min(one.openvpn().size(), other.openvpn().size());
    int all = Math.max(one.openvpn().size(), other.openvpn().size());
    List<String> different = new ArrayList<>();
    for (String key : keys) {
      boolean inBoth = before.containsKey(key) && after.containsKey(key);
      if (inBoth && !Objects.equals(before.get(key), after.get(key))) {
        different.add(key);
      }
    }
    for (int i = common; i < all; i++) {
      different.add("openvpn[" + i + "]");
    }
    return different;
  }

  /** The value of each key; {@code chain.confirmations} is one, however it is written. */
  static Map<String, Object> values(HourgateConfig config) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("gateway.name", config.gateway().name());
    values.put("gateway.public-url", config.gateway().publicUrl());
    values.put("gateway.state-dir", config.gateway().stateDir());
    values.put("gateway.key", config.gateway().key());
    for (int i = 0; i < config.openvpn().size(); i++) {
      instance(values, "openvpn[" + i + "].", config.openvpn().get(i));
    }
    values.put("chain.id", config.chain().id());
    values.put("chain.rpc", config.chain().rpc());
    values.put("chain.contract", config.chain().contracts());
    values.put("chain.quorum", config.chain().quorum());
    values.put("chain.confirmations", config.chain().confirmations());
    values.put("chain.poll", config.chain().poll());
    values.put("chain.max-head-age", config.chain().maxHeadAge());
    values.put("credential.login-lifetime", config.credential().loginLifetime());
    values.put("credential.device-lifetime", config.credential().deviceLifetime());
    values.put("credential.sessions-per-wallet", config.credential().sessionsPerWallet());
    values.put("credential.when-full", config.credential().whenFull());
    values.put("credential.web-sign-in", config.credential().webSignIn());
    values.put("credential.web-sign-in-time", config.credential().webSignInTime());
    values.put("expiry.belt", config.expiry().belt());
    values.put("limits.connects-per-source", config.limits().connectsPerSource());
    values.put("limits.nonces-per-source", config.limits().noncesPerSource());
    values.put("limits.requests-per-source", config.limits().requestsPerSource());
    values.put("limits.exempt", config.limits().exempt());
    values.put("shop.listen", config.shop().listen());
    values.put("shop.tls", config.shop().tls() instanceof Tls.Off);
    Optional<Tls.Files> files =
        config.shop().tls() instanceof Tls.Files some ? Optional.of(some) : Optional.empty();
    values.put("shop.tls.certificate", files.map(Tls.Files::certificate));
    values.put("shop.tls.key", files.map(Tls.Files::key));
    values.put("shop.trusted-proxies", config.shop().trustedProxies());
    values.put("shop.tunnel-listen", config.shop().tunnelListen());
    values.put("shop.place", config.shop().seller().place());
    values.put("shop.speed", config.shop().seller().speed());
    values.put("shop.notes", config.shop().seller().notes());
    values.put("shop.fiat", config.shop().seller().fiat());
    values.put("shop.chain-name", config.shop().chain().name());
    values.put("shop.currency", config.shop().chain().currency());
    values.put("shop.wallet-rpc", config.shop().chain().walletRpc());
    values.put("shop.explorer", config.shop().chain().explorer());
    values.put("shop.history-from-block", config.shop().historyFromBlock());
    values.put("admin.listen", config.admin().listen());
    values.put("admin.socket", config.admin().socket());
    values.put("admin.group", config.admin().group());
    values.put("log.format", config.log().format());
    values.put("log.level", config.log().level());
    return values;
  }

  private static void instance(Map<String, Object> values, String prefix, OpenVpn openvpn) {
    values.put(prefix + "name", openvpn.name());
    values.put(prefix + "management", openvpn.management());
    values.put(prefix + "management-password", openvpn.managementPassword());
    values.put(prefix + "mode", openvpn.mode());
    values.put(prefix + "script-folder", openvpn.script().map(Script::folder));
    values.put(prefix + "script-group", openvpn.script().flatMap(Script::group));
    values.put(prefix + "profile-template", openvpn.profileTemplate());
    values.put(prefix + "operator-socket", openvpn.operator().map(Operator::address));
    values.put(prefix + "operator-password", openvpn.operator().flatMap(Operator::password));
    values.put(prefix + "operator-group", openvpn.operator().flatMap(Operator::group));
    values.put(prefix + "operator-role", openvpn.operator().map(Operator::role));
  }
}
