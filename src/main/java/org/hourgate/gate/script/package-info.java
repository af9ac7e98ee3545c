/**
 * The second way in: an OpenVPN that asks by scripts instead of its management interface, made to
 * look to the gate like one that asks there. What OpenVPN does in this mode, and why it is done
 * this way: docs/decisions/0006-the-second-way-in.md.
 *
 * <p><b>Starting points:</b> {@code ScriptedDaemon}; {@code openvpn-conf/script/}.
 *
 * <p><b>May depend on:</b> {@code management}, {@code session}, {@code infrastructure.time}.
 */
@NullMarked
package org.hourgate.gate.script;

import org.jspecify.annotations.NullMarked;
