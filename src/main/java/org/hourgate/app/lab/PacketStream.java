package org.hourgate.app.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * UDP packets through one client's tunnel, many a second, in both directions independently: the
 * server's end sends on even when nothing reaches it any more. Shows which direction leaks after a
 * cut. Each packet carries the time at which it was sent, so a slow reader makes no packet look
 * later than it was.
 */
public final class PacketStream implements AutoCloseable {

  private static final int PACKET_BYTES = Long.BYTES + Integer.BYTES;

  private final DatagramChannel client;
  private final DatagramChannel server;
  private final SocketAddress gateway;
  private final Duration interval;
  private final Arrivals up;
  private final Arrivals down;
  private volatile @Nullable SocketAddress clientInTunnel;

  private PacketStream(
      DatagramChannel client, DatagramChannel server, String clientName, Duration interval)
      throws IOException {
    this.client = client;
    this.server = server;
    this.gateway = server.getLocalAddress();
    this.interval = interval;
    this.up = new Arrivals("the stream from " + clientName);
    this.down = new Arrivals("the stream to " + clientName);
  }

  /** Begins to send; the client must be connected. */
  public static PacketStream start(OpenVpnServer server, OpenVpnClient client, Duration interval) {
    DatagramChannel serverEnd =
        server
            .network()
            .server()
            .call(() -> DatagramChannel.open().bind(new InetSocketAddress(server.gateway(), 0)));
    DatagramChannel clientEnd =
        client.namespace().call(() -> DatagramChannel.open().bind(new InetSocketAddress(0)));
    try {
      PacketStream stream =
          new PacketStream(clientEnd, serverEnd, client.namespace().name(), interval);
      thread("packets out", stream::send);
      thread("packets at the server", () -> stream.receive(serverEnd, stream.up));
      thread("packets at the client", () -> stream.receive(clientEnd, stream.down));
      return stream;
    } catch (IOException e) {
      throw new LabException("cannot stream packets", e);
    }
  }

  private static void thread(String name, Runnable task) {
    Thread.ofPlatform().daemon().name(name).start(task);
  }

  private void send() {
    long next = System.nanoTime();
    while (client.isOpen()) {
      send(client, gateway);
      SocketAddress target = clientInTunnel;
      if (target != null) {
        send(server, target);
      }
      next = Math.max(next + interval.toNanos(), System.nanoTime());
      while (next - System.nanoTime() > 0) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }

  private static void send(DatagramChannel from, SocketAddress to) {
    Instant now = Instant.now();
    ByteBuffer packet = ByteBuffer.allocate(PACKET_BYTES);
    packet.putLong(now.getEpochSecond()).putInt(now.getNano()).flip();
    try {
      from.send(packet, to);
    } catch (IOException e) {
      // No route while the client is down: the next packet tries again.
    }
  }

  private void receive(DatagramChannel channel, Arrivals arrivals) {
    ByteBuffer packet = ByteBuffer.allocate(PACKET_BYTES);
    while (channel.isOpen()) {
      try {
        SocketAddress sender = channel.receive(packet.clear());
        packet.flip();
        arrivals.add(Instant.ofEpochSecond(packet.getLong(), packet.getInt()));
        if (channel.equals(server)) {
          clientInTunnel = sender;
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // An ICMP error of an earlier packet.
      }
    }
  }

  /** Returns when those packets of the client were sent that came out at the server. */
  public Arrivals up() {
    return up;
  }

  /** Returns when those packets of the server were sent that came out at the client. */
  public Arrivals down() {
    return down;
  }

  @Override
  public void close() {
    for (DatagramChannel channel : new DatagramChannel[] {client, server}) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new LabException("cannot close a socket", e);
      }
    }
  }
}
