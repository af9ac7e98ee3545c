/**
 * One live connection to one OpenVPN process: connecting and connecting again, the greeting,
 * epochs, commands in the order of their priority, replies matched in the order of the stream.
 * Decides nothing about clients.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.management.client.ManagementClient}, {@code
 * ManagementPipeline}, which shows all handlers in one method.
 *
 * <p><b>May depend on:</b> {@code management}, {@code management.codec}, Netty.
 */
@NullMarked
package org.hourgate.management.client;

import org.jspecify.annotations.NullMarked;
