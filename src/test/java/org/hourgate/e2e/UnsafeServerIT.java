package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.junit.jupiter.api.Test;

/** A server that would let clients in without our being asked. */
final class UnsafeServerIT {

  @Test
  void isNotServedAndCheckNamesTheLine() throws Exception {
    try (LabGateway gateway = LabGateway.create(server -> server.line("auth-gen-token 3600"))) {
      LabProcess check = gateway.hourgate("check");
      assertThat(check.awaitExit(LabGateway.LONG)).isEqualTo(3);
      assertThat(check.output().tail()).contains("auth-gen-token 0 external-auth");

      LabProcess gate = gateway.hourgate("serve");
      gate.output().await("not ready: openvpn-udp: line ", LabGateway.LONG);
      assertThat(gate.output().tail()).contains("auth-gen-token 0 external-auth");
      gate.signal("TERM");
      assertThat(gate.awaitExit(LabGateway.LONG)).isZero();
    }
  }
}
