@NullMarked
package org.hourgate.infrastructure.log;

import org.jspecify.annotations.NullMarked;
