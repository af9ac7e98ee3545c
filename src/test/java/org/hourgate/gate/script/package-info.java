@NullMarked
package org.hourgate.gate.script;

import org.jspecify.annotations.NullMarked;
