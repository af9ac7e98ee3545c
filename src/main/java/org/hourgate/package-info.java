/** Hourgate: sells hours of an OpenVPN server. */
@NullMarked
package org.hourgate;

import org.jspecify.annotations.NullMarked;
