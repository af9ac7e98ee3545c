/**
 * From nothing to a gateway: {@code hourgate init} writes what Hourgate, OpenVPN and the firewall
 * need, out of the files of {@code openvpn-conf/}; or fits Hourgate beside an OpenVPN server that
 * is there. Never overwrites, and can take back what it wrote. The lab makes its certificates and
 * configurations here too, so that what tests run is what sellers get.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.install.InitCommand}, {@link
 * org.hourgate.app.install.Pki}, {@link org.hourgate.app.install.ConfigTemplate}.
 *
 * <p><b>May depend on:</b> {@code infrastructure}, {@code credential}, {@code shop} (the profile
 * template), {@code management.client} (addresses), {@code app.cli}, {@code app.config}, {@code
 * app.check}.
 */
@NullMarked
package org.hourgate.app.install;

import org.jspecify.annotations.NullMarked;
