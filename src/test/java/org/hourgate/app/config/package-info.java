@NullMarked
package org.hourgate.app.config;

import org.jspecify.annotations.NullMarked;
