/**
 * An OpenVPN server without OpenVPN: the management interface of a 2.6.14 server on a real socket,
 * with as many clients, faults and as much time as a test asks for. Made for the tests of any
 * program that attaches to that interface; nothing that serves customers uses it.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.management.fake.FakeOpenVpn}; {@code FakeDaemon},
 * which knows what the daemon answers.
 *
 * <p><b>May depend on:</b> {@code management}, {@code management.codec}, {@code management.client}
 * for addresses, Netty.
 */
@NullMarked
package org.hourgate.management.fake;

import org.jspecify.annotations.NullMarked;
