/** What holds for the whole program. */
@NullMarked
package org.hourgate;

import org.jspecify.annotations.NullMarked;
