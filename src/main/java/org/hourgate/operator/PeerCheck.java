package org.hourgate.operator;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.AttributeKey;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections of other users; the kernel tells who it is (SO_PEERCRED, unix(7)). */
final class PeerCheck extends ChannelInboundHandlerAdapter {

  static final AttributeKey<Integer> UID = AttributeKey.valueOf(PeerCheck.class, "uid");

  private static final Logger LOG = LoggerFactory.getLogger(PeerCheck.class);
  private static final int ROOT = 0;

  private final String socket;
  private final int ownUid;

  PeerCheck(String socket, int ownUid) {
    this.socket = socket;
    this.ownUid = ownUid;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws IOException {
    int uid = ((EpollDomainSocketChannel) context.channel()).peerCredentials().uid();
    if (uid != ROOT && uid != ownUid) {
      LOG.warn("{} was tried by uid {}, who may not use it", socket, uid);
      var _ = context.close();
      return;
    }
    context.channel().attr(UID).set(uid);
    context.fireChannelActive();
  }
}
