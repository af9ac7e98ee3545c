/**
 * Doubles and aids shared by the tests of all packages, written by hand: a stand-in for OpenVPN's
 * management socket, recorded streams of a real one.
 */
@NullMarked
package org.hourgate.testing;

import org.jspecify.annotations.NullMarked;
