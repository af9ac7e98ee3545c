package org.hourgate.operator;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections of other users, whatever became of the file's mode; the kernel tells who it is
 * (SO_PEERCRED and SO_PEERGROUPS, unix(7)). Root and the user we run as may come in, and members of
 * the group if one was named.
 */
final class PeerCheck extends ChannelInboundHandlerAdapter {

  static final AttributeKey<Peer> PEER = AttributeKey.valueOf(PeerCheck.class, "peer");

  private static final Logger LOG = LoggerFactory.getLogger(PeerCheck.class);
  private static final int ROOT = 0;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERGROUPS = 59;

  /** The kernel refuses to tell of more; nobody but a machine's own tests is in so many. */
  private static final int MOST_GROUPS = 1024;

  private final String socket;
  private final SocketFile file;

  PeerCheck(String socket, SocketFile file) {
    this.socket = socket;
    this.file = file;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws IOException {
    EpollDomainSocketChannel channel = (EpollDomainSocketChannel) context.channel();
    PeerCredentials credentials = channel.peerCredentials();
    int uid = credentials.uid();
    if (uid != ROOT && uid != file.ownUid() && !isInGroup(channel, credentials)) {
      LOG.warn("{} was tried by uid {}, who may not use it", socket, uid);
      var _ = context.close();
      return;
    }
    channel.attr(PEER).set(new Peer(uid, credentials.pid()));
    context.fireChannelActive();
  }

  private boolean isInGroup(EpollDomainSocketChannel channel, PeerCredentials credentials) {
    OptionalInt group = file.groupId();
    return group.isPresent()
        && (Arrays.stream(credentials.gids()).anyMatch(gid -> gid == group.getAsInt())
            || furtherGroups(channel).anyMatch(gid -> gid == group.getAsInt()));
  }

  /** Behind the last group the buffer holds zeros: the group 0 gives no right. */
  private static IntStream furtherGroups(EpollDomainSocketChannel channel) {
    ByteBuffer groups =
        channel
            .config()
            .getOption(
                new RawUnixChannelOption(
                    "SO_PEERGROUPS", SOL_SOCKET, SO_PEERGROUPS, MOST_GROUPS * Integer.BYTES));
    int[] gids = new int[MOST_GROUPS];
    groups.order(ByteOrder.nativeOrder()).asIntBuffer().get(gids);
    return Arrays.stream(gids);
  }
}
