package org.hourgate.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.app.config.ConfigKeys;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.app.config.HourgateConfig.OpenVpn;
import org.hourgate.app.config.HourgateConfig.Operator;
import org.hourgate.app.config.HourgateConfig.Tls;

/**
 * What a new reading of the configuration means for a gate that runs: which keys can change without
 * touching a session, and which hold until a restart. Decided in {@link #merged} alone.
 *
 * @param effective what holds afterwards: of each key the new value if it can change, else the old
 * @param applied keys whose value changes
 * @param needsRestart keys that are written otherwise than they hold
 */
record Reload(HourgateConfig effective, List<String> applied, List<String> needsRestart) {

  static Reload of(HourgateConfig running, HourgateConfig written) {
    HourgateConfig effective = merged(running, written);
    return new Reload(
        effective,
        ConfigKeys.differences(running, effective),
        ConfigKeys.differences(effective, written));
  }

  private static HourgateConfig merged(HourgateConfig running, HourgateConfig written) {
    return new HourgateConfig(
        new HourgateConfig.Gateway(
            written.gateway().name(),
            running.gateway().publicUrl(), // Signed texts name it.
            running.gateway().stateDir(),
            running.gateway().key()),
        instances(running.openvpn(), written.openvpn()),
        chain(running.chain(), written.chain()),
        new HourgateConfig.Credentials(
            written.credential().loginLifetime(),
            written.credential().deviceLifetime(),
            running.credential().sessionsPerWallet(), // OpenVPN was checked for it at the attach.
            written.credential().whenFull(),
            written.credential().webSignIn(),
            written.credential().webSignInTime()),
        expiry(running, written),
        written.limits(),
        new HourgateConfig.Shop(
            running.shop().listen(),
            tls(running.shop().tls(), written.shop().tls()),
            running.shop().trustedProxies(),
            running.shop().tunnelListen(),
            written.shop().seller(),
            written.shop().chain(),
            written.shop().historyFromBlock()),
        running.admin(),
        written.log());
  }

  /** Scripts that go on asking until a restart need a belt: nothing else ends their sessions. */
  private static HourgateConfig.Expiry expiry(HourgateConfig running, HourgateConfig written) {
    boolean byScript =
        running.openvpn().stream().anyMatch(o -> o.mode() == HourgateConfig.Mode.SCRIPT);
    return byScript && written.expiry().belt().isEmpty() ? running.expiry() : written.expiry();
  }

  /** Other nodes of the same chain, as long as they are enough for the quorum that holds. */
  private static HourgateConfig.Chain chain(
      HourgateConfig.Chain running, HourgateConfig.Chain written) {
    return new HourgateConfig.Chain(
        running.id(),
        written.rpc().size() < running.quorum() ? running.rpc() : written.rpc(),
        running.contracts(),
        running.quorum(),
        running.confirmations(),
        running.poll(),
        running.maxHeadAge());
  }

  /** Other files of the same kind are read; TLS itself comes and goes with the listener. */
  private static Tls tls(Tls running, Tls written) {
    return running instanceof Tls.Files && written instanceof Tls.Files ? written : running;
  }

  private static List<OpenVpn> instances(List<OpenVpn> running, List<OpenVpn> written) {
    List<OpenVpn> effective = new ArrayList<>();
    for (int i = 0; i < running.size(); i++) {
      OpenVpn old = running.get(i);
      boolean same = i < written.size() && written.get(i).name().equals(old.name());
      effective.add(same ? instance(old, written.get(i)) : old);
    }
    return effective;
  }

  private static OpenVpn instance(OpenVpn running, OpenVpn written) {
    return new OpenVpn(
        running.name(),
        running.management(),
        running.managementPassword(),
        running.mode(),
        running.script(),
        written.profileTemplate(),
        operator(running.operator(), written.operator()));
  }

  /** Who may come in changes; where they come in does not. */
  private static Optional<Operator> operator(
      Optional<Operator> running, Optional<Operator> written) {
    return running.map(
        old ->
            written
                .filter(now -> now.address().getClass() == old.address().getClass())
                .map(now -> new Operator(old.address(), now.password(), old.group(), now.role()))
                .orElse(old));
  }
}
