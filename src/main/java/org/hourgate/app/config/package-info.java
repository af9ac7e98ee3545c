/**
 * The configuration as records: what may be written, what it means, and what holds if nothing is
 * written. The tables of {@code docs/configuration.md} are made of the same declarations.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.config.HourgateConfig}, {@link
 * org.hourgate.app.config.ConfigReader}.
 *
 * <p><b>May depend on:</b> {@code infrastructure}, {@code credential} (wallet addresses), {@code
 * chain}, {@code operator} and {@code shop} for what they call their settings.
 */
@NullMarked
package org.hourgate.app.config;

import org.jspecify.annotations.NullMarked;
