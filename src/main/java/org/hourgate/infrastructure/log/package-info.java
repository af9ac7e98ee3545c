/**
 * How a line of the log looks: for people, for machines, for the journal of systemd.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.log.TextLines}, {@link
 * org.hourgate.infrastructure.log.JsonLines}.
 *
 * <p><b>May depend on:</b> nothing of ours.
 */
@NullMarked
package org.hourgate.infrastructure.log;

import org.jspecify.annotations.NullMarked;
