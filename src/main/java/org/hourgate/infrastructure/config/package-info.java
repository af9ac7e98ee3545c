/**
 * Strict reading of one YAML file with overrides from the environment and the command line. Every
 * problem is collected and told at once, with its line, its key and what would be right. Knows no
 * key: the records that are read declare theirs.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.config.ConfigDocument}, {@link
 * org.hourgate.infrastructure.config.Section}.
 *
 * <p><b>May depend on:</b> nothing of ours but {@code infrastructure.net}.
 */
@NullMarked
package org.hourgate.infrastructure.config;

import org.jspecify.annotations.NullMarked;
