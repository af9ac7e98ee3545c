package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.hourgate.infrastructure.tls.SelfSignedCertificate;
import org.hourgate.testing.Faults;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JsonRpcTest {

  @TempDir private Path folder;

  @Test
  void sendsWithoutNagleHoweverTheSocketIsMade() throws IOException {
    NoDelaySocketFactory factory = new NoDelaySocketFactory();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 8, loopback);
        Socket unconnected = factory.createSocket();
        Socket byName = factory.createSocket("127.0.0.1", server.getLocalPort());
        Socket byAddress = factory.createSocket(loopback, server.getLocalPort());
        Socket fromHere = factory.createSocket(loopback, server.getLocalPort(), loopback, 0);
        Socket fromHereByName =
            factory.createSocket("127.0.0.1", server.getLocalPort(), loopback, 0)) {
      for (Socket socket :
          new Socket[] {unconnected, byName, byAddress, fromHere, fromHereByName}) {
        assertThat(socket.getTcpNoDelay()).isTrue();
      }
    }
  }

  @Test
  void endsAQuestionInTimeAlsoWhenBytesKeepComing() {
    try (TestChain chain = new TestChain();
        FaultyRpc dripping = FaultyRpc.before(chain.anvil().rpc());
        ChainNode node =
            new ChainNode(dripping.uri(), Duration.ofMillis(300), new SimpleMeterRegistry())) {
      dripping.behave(Faults.drip());

      assertThatThrownBy(node::latest)
          .isInstanceOf(NodeException.class)
          .hasMessageContaining("no answer from");
    }
  }

  @Test
  void believesNoCertificateThatNobodySigned() throws Exception {
    SelfSignedCertificate certificate =
        SelfSignedCertificate.forHost("localhost", folder, Instant.now());
    SslContext tls =
        SslContextBuilder.forServer(certificate.certificate().toFile(), certificate.key().toFile())
            .build();
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      Channel server =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                  })
              .bind(InetAddress.getLoopbackAddress(), 0)
              .syncUninterruptibly()
              .channel();
      int port = ((InetSocketAddress) server.localAddress()).getPort();
      try (ChainNode node =
          new ChainNode(
              URI.create("https://localhost:" + port),
              Duration.ofMinutes(1),
              new SimpleMeterRegistry())) {
        assertThatThrownBy(node::latest)
            .isInstanceOf(NodeException.class)
            .hasMessageContaining("cannot reach https://localhost:" + port)
            .hasMessageContaining("certification path");
      }
    } finally {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
