@NullMarked
package org.hourgate.operator;

import org.jspecify.annotations.NullMarked;
