@NullMarked
package org.hourgate.chain;

import org.jspecify.annotations.NullMarked;
