@NullMarked
package org.hourgate.infrastructure.http;

import org.jspecify.annotations.NullMarked;
