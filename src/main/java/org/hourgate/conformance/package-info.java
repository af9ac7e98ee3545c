/**
 * What a program on OpenVPN's management socket must do, as named scenarios that are played to it
 * by a stand-in for OpenVPN. It knows no controller: ours and any other can be tried.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.conformance.Suite}; {@code StreamScenarios} for
 * what a scenario looks like.
 *
 * <p><b>May depend on:</b> {@code management}, {@code management.codec}, {@code management.fake},
 * {@code infrastructure}.
 */
@NullMarked
package org.hourgate.conformance;

import org.jspecify.annotations.NullMarked;
