@NullMarked
package org.hourgate.app.check;

import org.jspecify.annotations.NullMarked;
