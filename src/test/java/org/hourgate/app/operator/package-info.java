@NullMarked
package org.hourgate.app.operator;

import org.jspecify.annotations.NullMarked;
