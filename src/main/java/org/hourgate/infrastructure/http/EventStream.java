package org.hourgate.infrastructure.http;

import java.util.function.Function;

/**
 * An answer of server-sent events that goes on until one side hangs up. The server sends a comment
 * now and then, so that both sides notice when the other is gone.
 *
 * @param opening called on the connection's event loop when the stream begins; returns what is to
 *     be done, once, when it has ended
 */
public record EventStream(Function<EventSink, Runnable> opening) implements Answer {}
