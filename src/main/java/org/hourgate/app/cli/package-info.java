/**
 * What the commands share: options that several of them take, how amounts, times and tables are
 * written, the exit codes, and the failure that a person is told in one line.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.cli.ExitCode}, {@link
 * org.hourgate.app.cli.ConfigOption}.
 *
 * <p><b>May depend on:</b> everything but the rest of {@code app}; of that {@code app.config}.
 */
@NullMarked
package org.hourgate.app.cli;

import org.jspecify.annotations.NullMarked;
