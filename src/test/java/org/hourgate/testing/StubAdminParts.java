package org.hourgate.testing;

import java.time.Instant;
import java.util.List;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.InstanceStatus;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.operator.AdminParts;
import org.hourgate.operator.ReloadOutcome;

/** What the admin socket asks beside the gate: one OpenVPN, served, and a chain that is fit. */
public final class StubAdminParts {

  /** The head's time. */
  public static final Instant HEAD = Instant.ofEpochSecond(900);

  private StubAdminParts() {}

  public static AdminParts of(GateControl gate) {
    return of(gate, ReloadOutcome.refused(List.of("line 3: chain.pol: unknown key")));
  }

  public static AdminParts of(GateControl gate, ReloadOutcome reload) {
    return new AdminParts(
        gate,
        () -> List.of(new InstanceStatus("udp", true, List.of())),
        () -> new ChainStatus(true, List.of(), HEAD, true),
        () -> reload,
        TimeSource.system());
  }
}
