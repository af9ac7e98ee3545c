/** The program {@code hourgate-fake-openvpn} tried as its users run it. */
@NullMarked
package org.hourgate.app.fake;

import org.jspecify.annotations.NullMarked;
