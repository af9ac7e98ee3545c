/**
 * Proofs that no fault of a node, a network, a clock or the chain lets an unpaid wallet in or puts
 * a paid one out: the real gate and ledger between a stand-in for OpenVPN and a real chain, with
 * faults in the way. docs/failure-policy.md lists what each fault leads to.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.faults.FaultWorld}.
 *
 * <p><b>May depend on:</b> everything.
 */
@NullMarked
package org.hourgate.faults;

import org.jspecify.annotations.NullMarked;
