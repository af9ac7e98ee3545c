@NullMarked
package org.hourgate.metrics;

import org.jspecify.annotations.NullMarked;
