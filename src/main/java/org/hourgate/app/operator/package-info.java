/**
 * The operator's commands: list and watch sessions, end them, ban and unban wallets, have the
 * configuration read anew. They ask the running gate at its admin socket.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.operator.RunningGate}, {@link
 * org.hourgate.app.operator.SessionsCommand}.
 *
 * <p><b>May depend on:</b> everything but the rest of {@code app}; of that {@code app.cli} and
 * {@code app.config}.
 */
@NullMarked
package org.hourgate.app.operator;

import org.jspecify.annotations.NullMarked;
