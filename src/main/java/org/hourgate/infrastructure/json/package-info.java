/**
 * JSON as our own interfaces speak it: strict when reading, compact when writing.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.json.Json}.
 *
 * <p><b>May depend on:</b> nothing of ours.
 */
@NullMarked
package org.hourgate.infrastructure.json;

import org.jspecify.annotations.NullMarked;
