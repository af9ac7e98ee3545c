/**
 * {@code hourgate demo}: the main job from start to end, on a chain, an OpenVPN server and clients
 * of its own, told on the terminal with measured times.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.demo.DemoStory}.
 *
 * <p><b>May depend on:</b> {@code app.lab}, {@code app.cli}, {@code chain}, {@code credential},
 * {@code entitlement}, {@code infrastructure}.
 */
@NullMarked
package org.hourgate.app.demo;

import org.jspecify.annotations.NullMarked;
