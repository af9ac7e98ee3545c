/**
 * Small files that must be right after a power cut: replaced in one step, each line with its
 * checksum.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.files.CheckedFile}.
 *
 * <p><b>May depend on:</b> nothing of ours.
 */
@NullMarked
package org.hourgate.infrastructure.files;

import org.jspecify.annotations.NullMarked;
