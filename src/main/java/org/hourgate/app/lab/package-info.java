/**
 * A real OpenVPN server and real clients on this machine: network namespaces, tun devices, a
 * throw-away certificate authority, and streams of packets that tell to the millisecond who is on
 * the net; and a development chain. The demo, the end-to-end tests and the benchmarks run on it.
 * Needs Linux and root; nothing leaves the machine and nothing stays behind.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.lab.LabNetwork}, then {@link
 * org.hourgate.app.lab.OpenVpnServer} and {@link org.hourgate.app.lab.OpenVpnClient}.
 *
 * <p><b>May depend on:</b> {@code credential} (wallet keys), {@code chain} and {@code entitlement}
 * (the contract), {@code app.install} (certificates and configurations).
 */
@NullMarked
package org.hourgate.app.lab;

import org.jspecify.annotations.NullMarked;
