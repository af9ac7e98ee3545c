package org.hourgate.app.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.hourgate.management.Reply;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.session.DaemonVersion;

/**
 * Calls one management socket, asks for version and pid, and hangs up. OpenVPN serves one
 * controller: while another is attached it does not even greet ({@code manage.c
 * management_connection_settings}). Blocks, a few seconds at most.
 */
final class ManagementDial {

  private static final String PROMPT = "ENTER PASSWORD:";
  private static final String GREETING = ">INFO:OpenVPN Management Interface Version";
  private static final int MAX_ANSWER = 64 * 1024;

  private final SocketChannel channel;
  private final Selector selector;
  private final Duration patience;
  private final StringBuilder received = new StringBuilder();

  /** What came of it. */
  sealed interface Outcome {

    /** It answered. */
    record Answered(Optional<DaemonVersion> version, Optional<Long> pid) implements Outcome {}

    /** Nobody listens there, or not for us. */
    record NotConnected(String reason) implements Outcome {}

    /** It took the connection and said nothing. */
    record Silent() implements Outcome {}

    /** It closed the connection without a word: {@code management-client-user} is another. */
    record TurnedAway() implements Outcome {}

    /** It wants a password and we have none, or another. */
    record WrongPassword(boolean given) implements Outcome {}

    /** Something else answers there. */
    record NotOpenVpn() implements Outcome {}
  }

  private ManagementDial(SocketChannel channel, Selector selector, Duration patience) {
    this.channel = channel;
    this.selector = selector;
    this.patience = patience;
  }

  static Outcome dial(ManagementAddress address, Optional<String> password, Duration patience) {
    try (SocketChannel channel = connect(address, patience);
        Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      return new ManagementDial(channel, selector, patience).converse(password);
    } catch (ClosedChannelException e) { // By us: we have waited long enough.
      return new Outcome.Silent();
    } catch (IOException e) {
      return new Outcome.NotConnected(words(e));
    }
  }

  /**
   * Connects. While OpenVPN serves somebody else its queue has room for two (listen(2)), and they
   * are not taken out when they hang up: the next one waits, until we close.
   */
  private static SocketChannel connect(ManagementAddress address, Duration patience)
      throws IOException {
    SocketChannel channel =
        switch (address) {
          case ManagementAddress.Unix _ -> SocketChannel.open(StandardProtocolFamily.UNIX);
          case ManagementAddress.Tcp _ -> SocketChannel.open();
        };
    CompletableFuture<Void> givenUp =
        CompletableFuture.runAsync(
            () -> close(channel),
            CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
    try {
      switch (address) {
        case ManagementAddress.Unix(var path) -> channel.connect(UnixDomainSocketAddress.of(path));
        case ManagementAddress.Tcp(var host, var port) ->
            channel
                .socket()
                .connect(new InetSocketAddress(host, port), Math.toIntExact(patience.toMillis()));
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    } finally {
      givenUp.cancel(false);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was sent: nothing can be lost.
    }
  }

  private static String words(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private Outcome converse(Optional<String> password) throws IOException {
    switch (await(text -> text.endsWith(PROMPT) || text.contains("\n"))) {
      case TIMEOUT -> {
        return received.isEmpty() ? new Outcome.Silent() : new Outcome.NotOpenVpn();
      }
      case CLOSED -> {
        return received.isEmpty() ? new Outcome.TurnedAway() : new Outcome.NotOpenVpn();
      }
      case ARRIVED -> {}
    }
    if (received.toString().equals(PROMPT)) {
      if (password.isEmpty()) {
        return new Outcome.WrongPassword(false);
      }
      send(password.get());
      await(text -> text.contains(GREETING) || text.indexOf(PROMPT, PROMPT.length()) > 0);
      if (!received.toString().contains(GREETING)) {
        return new Outcome.WrongPassword(true);
      }
    } else if (!received.toString().startsWith(GREETING)) {
      return new Outcome.NotOpenVpn();
    }
    send("version");
    send("pid");
    await(text -> text.contains("SUCCESS: pid="));
    List<String> lines = received.toString().lines().toList();
    Optional<Long> pid =
        lines.stream()
            .filter(line -> line.matches("SUCCESS: pid=[0-9]{1,18}"))
            .map(line -> Long.valueOf(line.substring("SUCCESS: pid=".length())))
            .findFirst();
    return new Outcome.Answered(DaemonVersion.of(new Reply.Lines(lines)), pid);
  }

  private enum Wait {
    ARRIVED,
    TIMEOUT,
    CLOSED
  }

  private interface Condition {
    boolean isMet(String received);
  }

  private Wait await(Condition condition) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    ByteBuffer buffer = ByteBuffer.allocate(8 * 1024);
    while (!condition.isMet(received.toString())) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0 || received.length() > MAX_ANSWER) {
        return Wait.TIMEOUT;
      }
      selector.select(left);
      selector.selectedKeys().clear();
      int count = channel.read(buffer.clear());
      if (count < 0) {
        return Wait.CLOSED;
      }
      received.append(
          new String(Arrays.copyOf(buffer.array(), count), StandardCharsets.ISO_8859_1));
    }
    return Wait.ARRIVED;
  }

  private void send(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
