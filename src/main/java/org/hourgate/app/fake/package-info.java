/**
 * The program {@code hourgate-fake-openvpn}: the stand-in for OpenVPN on a socket of its own, told
 * what to do by a script, and the conformance suite for whatever controller attaches to it.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.fake.FakeOpenVpnMain}.
 *
 * <p><b>May depend on:</b> {@code management}, {@code management.fake}, {@code conformance}, {@code
 * infrastructure}, {@code app.cli}, {@code app} (which version this is).
 */
@NullMarked
package org.hourgate.app.fake;

import org.jspecify.annotations.NullMarked;
