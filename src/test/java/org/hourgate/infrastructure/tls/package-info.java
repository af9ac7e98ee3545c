@NullMarked
package org.hourgate.infrastructure.tls;

import org.jspecify.annotations.NullMarked;
