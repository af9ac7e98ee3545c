/**
 * One way to serve HTTP/1.1 to strangers: bounded in connections, time and bytes, one request of a
 * connection at a time, answers as values or as streams of events. Knows nothing of what is served.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.http.HttpServer}, {@link
 * org.hourgate.infrastructure.http.Router}.
 *
 * <p><b>May depend on:</b> {@code infrastructure.net}, {@code infrastructure.netty}, {@code
 * infrastructure.json}, {@code infrastructure.tls}.
 */
@NullMarked
package org.hourgate.infrastructure.http;

import org.jspecify.annotations.NullMarked;
