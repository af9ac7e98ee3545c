package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is found where several things of the configuration come together. */
final class OpenVpnCheckTest {

  private static final List<InetSocketAddress> TUNNEL =
      List.of(InetSocketAddress.createUnresolved("10.8.0.1", 80));

  private static List<FindingCode> tunnelPage(String device, List<InetSocketAddress> listen) {
    OpenVpnSettings settings =
        new OpenVpnSettings(OpenVpnConfigReader.lines(List.of(device)).directives(), 1);
    return Codes.bad(
        findings ->
            OpenVpnCheck.tunnelPage(
                List.of(new OpenVpnCheck.Seen("udp", Optional.empty(), Optional.of(settings))),
                listen,
                findings));
  }

  @Test
  void warnsOfThePageInsideATunnelWhereAddressesAreNotChecked() {
    assertThat(tunnelPage("dev tap", TUNNEL)).containsExactly(FindingCode.TUNNEL_PAGE_TAP);
    assertThat(tunnelPage("dev tap0", TUNNEL)).containsExactly(FindingCode.TUNNEL_PAGE_TAP);
    assertThat(tunnelPage("dev tun", TUNNEL)).isEmpty();
    assertThat(tunnelPage("dev tap", List.of())).isEmpty();
  }
}
