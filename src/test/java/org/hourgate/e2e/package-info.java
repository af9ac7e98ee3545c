/**
 * The whole thing: a chain with the contract, a real OpenVPN server with real clients, and the gate
 * as a process of its own.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.lab.LabGateway}.
 *
 * <p><b>May depend on:</b> everything; the gate only from outside.
 */
@NullMarked
package org.hourgate.e2e;

import org.jspecify.annotations.NullMarked;
