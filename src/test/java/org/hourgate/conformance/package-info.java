/** The conformance suite tried: on our gate, on a small right controller and on many wrong ones. */
@NullMarked
package org.hourgate.conformance;

import org.jspecify.annotations.NullMarked;
