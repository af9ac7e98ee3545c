@NullMarked
package org.hourgate.app;

import org.jspecify.annotations.NullMarked;
