package org.hourgate.management.client;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Linux's epoll where its native library is there, Java's own sockets elsewhere. */
enum Transport {
  EPOLL,
  NIO;

  static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  IoHandlerFactory ioHandlers() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  Class<? extends Channel> channelType(ManagementAddress address) {
    return switch (address) {
      case ManagementAddress.Unix _ ->
          this == EPOLL ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
      case ManagementAddress.Tcp _ ->
          this == EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    };
  }

  /** A host name is looked up when connecting, on the event loop, which serves nobody then. */
  SocketAddress socketAddress(ManagementAddress address) {
    return switch (address) {
      case ManagementAddress.Unix(var path) ->
          this == EPOLL
              ? new DomainSocketAddress(path.toString())
              : UnixDomainSocketAddress.of(path);
      case ManagementAddress.Tcp(var host, var port) ->
          InetSocketAddress.createUnresolved(host, port);
    };
  }
}
