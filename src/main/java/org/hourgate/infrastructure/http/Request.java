package org.hourgate.infrastructure.http;

import java.net.InetAddress;

/**
 * A whole request.
 *
 * @param path as it was written, up to the question mark
 * @param source who asks: the network address of the other side, or what a trusted proxy says
 */
@SuppressWarnings("ArrayRecordComponent") // read once, compared never
public record Request(String method, String path, InetAddress source, byte[] body) {}
