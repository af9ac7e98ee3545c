/** Tests of {@code infrastructure.memory}. */
@NullMarked
package org.hourgate.infrastructure.memory;

import org.jspecify.annotations.NullMarked;
