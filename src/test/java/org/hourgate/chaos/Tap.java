package org.hourgate.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.chaos.Message.About;
import org.hourgate.chaos.Message.Kill;
import org.hourgate.chaos.Message.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * A unix socket in front of OpenVPN's own, to which the gate connects. It carries every message
 * whole and unchanged, writes down what it means, holds one where a {@link Trap} is set, and can
 * break. Safe for any thread.
 */
final class Tap implements AutoCloseable {

  private static final String RELEASE = "hold release";

  private final Path target;
  private final Chronicle chronicle;
  private final ServerSocketChannel listener;
  private final List<SocketChannel> open = new ArrayList<>();
  private final Map<Long, String> wallets = new HashMap<>();
  private volatile @Nullable Trap trap;
  private boolean broken;
  private int life;
  private int released;

  Tap(Path socket, Path target, Chronicle chronicle) throws IOException {
    this.target = target;
    this.chronicle = chronicle;
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform().daemon().name("tap").start(this::accept);
  }

  void set(Trap newTrap) {
    trap = newTrap;
  }

  /** The connection is lost, and no new one comes about until {@link #mend}. */
  synchronized void breakDown() {
    broken = true;
    closeAll();
  }

  synchronized void mend() {
    broken = false;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel gate = listener.accept();
        SocketChannel openVpn = SocketChannel.open(StandardProtocolFamily.UNIX);
        if (begin(gate, openVpn)) {
          Thread.ofPlatform().daemon().name("to the gate").start(() -> carry(openVpn, gate, false));
          Thread.ofPlatform().daemon().name("to OpenVPN").start(() -> carry(gate, openVpn, true));
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private synchronized boolean begin(SocketChannel gate, SocketChannel openVpn) throws IOException {
    try {
      if (broken) {
        throw new IOException("broken");
      }
      openVpn.connect(UnixDomainSocketAddress.of(target));
      open.add(gate);
      open.add(openVpn);
      return true;
    } catch (IOException e) {
      gate.close();
      openVpn.close();
      return false;
    }
  }

  private void carry(SocketChannel from, SocketChannel to, boolean ofGate) {
    try (from;
        to) {
      BufferedReader reader =
          new BufferedReader(Channels.newReader(from, StandardCharsets.ISO_8859_1));
      List<String> block = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        block.add(line);
        boolean whole =
            block.size() > 1 ? Message.endsBlock(ofGate, line) : !Message.hasBlock(ofGate, line);
        if (whole) {
          pass(new Message(ofGate, List.copyOf(block), walletOf(ofGate, block)), to);
          block.clear();
        }
      }
    } catch (IOException e) {
      // One of the two has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    chronicle.add(new Fact.Attached(chronicle.now(), false));
  }

  private void pass(Message message, SocketChannel to) throws IOException, InterruptedException {
    int written = life(message);
    if (!message.ofGate()) {
      seen(message, written);
    }
    Trap set = trap;
    if (set != null && set.takes(message)) {
      chronicle.add(new Fact.Held(chronicle.now(), true));
      set.awaitRelease();
      chronicle.add(new Fact.Held(chronicle.now(), false));
    }
    // OpenVPN takes \n as well as \r\n, and the gate both.
    ByteBuffer bytes =
        ByteBuffer.wrap(
            (String.join("\n", message.lines()) + "\n").getBytes(StandardCharsets.ISO_8859_1));
    long at = chronicle.now();
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
    if (message.ofGate()) {
      heard(message, at, written);
    }
  }

  /**
   * OpenVPN waits in its hold at the beginning of each life, and nobody else makes it wait. What
   * the gate writes before it ends the hold is still about the life before: it has not read of the
   * end.
   */
  private synchronized int life(Message message) {
    if (!message.ofGate() && message.first().startsWith(">HOLD:")) {
      life++;
      wallets.clear();
    }
    if (message.ofGate() && message.first().equals(RELEASE)) {
      released = life;
    }
    return message.ofGate() ? released : life;
  }

  private synchronized String walletOf(boolean ofGate, List<String> lines) {
    Message message = new Message(ofGate, lines, "");
    Optional<Long> cid =
        message
            .about()
            .map(About::cid)
            .or(() -> message.verdict().map(Verdict::cid))
            .or(() -> message.kill().map(Kill::cid));
    message
        .variable("username")
        .ifPresent(username -> cid.ifPresent(id -> wallets.put(id, username)));
    return cid.map(id -> wallets.getOrDefault(id, "")).orElse("");
  }

  /** What OpenVPN says. */
  private void seen(Message message, int written) {
    long now = chronicle.now();
    message
        .about()
        .ifPresent(
            about -> {
              switch (about.event()) {
                case Message.ESTABLISHED -> chronicle.add(new Fact.Up(now, written, about.cid()));
                case Message.DISCONNECT -> chronicle.add(new Fact.Down(now, written, about.cid()));
                default ->
                    chronicle.add(
                        new Fact.Asked(
                            now,
                            written,
                            about.cid(),
                            about.kid(),
                            message.wallet(),
                            Chronicle.digest(message.variable("password").orElse(""))));
              }
            });
  }

  /** What the gate said, when it has reached OpenVPN. */
  private void heard(Message message, long now, int written) {
    message
        .verdict()
        .ifPresent(
            verdict ->
                chronicle.add(
                    new Fact.Answered(
                        now,
                        written,
                        verdict.cid(),
                        verdict.kid(),
                        verdict.reason(),
                        message.token().isEmpty() ? "" : Chronicle.digest(message.token()))));
    message
        .kill()
        .ifPresent(kill -> chronicle.add(new Fact.Cut(now, written, kill.cid(), kill.reason())));
    if (message.first().equals(RELEASE)) {
      chronicle.add(new Fact.Attached(now, true));
    }
  }

  private void closeAll() {
    for (SocketChannel channel : open) {
      try {
        channel.close();
      } catch (IOException e) {
        // It is gone already.
      }
    }
    open.clear();
  }

  @Override
  public synchronized void close() throws IOException {
    listener.close();
    closeAll();
  }
}
