@NullMarked
package org.hourgate.infrastructure.net;

import org.jspecify.annotations.NullMarked;
