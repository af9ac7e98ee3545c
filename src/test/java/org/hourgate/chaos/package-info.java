/**
 * What becomes of a gate's promises when processes and connections die at the worst moment: real
 * OpenVPN, real clients, a real gate and a real chain; a driver that waits for a step of a
 * session's life, holds it there and does harm; a history of all that happened; and a model, which
 * shares no code with the gate, that judges a history, then or later.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.chaos.ProcessChaos}, {@link
 * org.hourgate.chaos.Model}.
 *
 * <p><b>May depend on:</b> everything.
 */
@NullMarked
package org.hourgate.chaos;

import org.jspecify.annotations.NullMarked;
