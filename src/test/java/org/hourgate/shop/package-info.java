@NullMarked
package org.hourgate.shop;

import org.jspecify.annotations.NullMarked;
