package org.hourgate.operator;

import java.util.List;
import java.util.function.Supplier;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.InstanceStatus;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * Whom the admin socket asks.
 *
 * @param reload reads the configuration again; may block, and is asked by one thread at a time
 */
public record AdminParts(
    GateControl gate,
    Supplier<List<InstanceStatus>> instances,
    Supplier<ChainStatus> chain,
    Supplier<ReloadOutcome> reload,
    TimeSource time) {}
