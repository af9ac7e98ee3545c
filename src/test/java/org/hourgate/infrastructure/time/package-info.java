@NullMarked
package org.hourgate.infrastructure.time;

import org.jspecify.annotations.NullMarked;
