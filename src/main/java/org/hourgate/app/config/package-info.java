/**
 * The configuration as records: what may be written, what it means, and what holds if nothing is
 * written. {@code docs/configuration.md} says the same to people.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.config.HourgateConfig}.
 *
 * <p><b>May depend on:</b> {@code infrastructure}, {@code credential} (wallet addresses).
 */
@NullMarked
package org.hourgate.app.config;

import org.jspecify.annotations.NullMarked;
