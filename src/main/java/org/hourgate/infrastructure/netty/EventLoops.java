package org.hourgate.infrastructure.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.Version;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A few daemon threads for listeners. Linux's epoll always: Java's own unix sockets don't tell who
 * is at the other end.
 */
public final class EventLoops implements AutoCloseable {

  private final EventLoopGroup group;

  public EventLoops(String threadName, int threads) {
    group =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory(threadName, true), EpollIoHandler.newFactory());
  }

  public static String nettyVersion() {
    Version version = Version.identify().get("netty-common");
    return version == null ? "unknown" : version.artifactVersion();
  }

  public EventLoopGroup group() {
    return group;
  }

  /** Each loop, as something that runs tasks. */
  public List<Executor> each() {
    List<Executor> loops = new ArrayList<>();
    group.forEach(loops::add);
    return loops;
  }

  /** Closes every channel of these loops; does not wait. */
  @Override
  public void close() {
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
