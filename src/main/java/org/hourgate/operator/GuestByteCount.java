package org.hourgate.operator;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.Reply;
import org.hourgate.session.StatusTable;
import org.jspecify.annotations.Nullable;

/**
 * {@code bytecount N} for one guest, made of {@code status 3}: OpenVPN's own setting is one for
 * all. As there, a client without traffic since the last time has no line. On the guest's event
 * loop.
 */
final class GuestByteCount {

  private record Bytes(long in, long out) {}

  private final SharedDaemon daemon;
  private final Guest guest;
  private final EventExecutor executor;
  private Map<ClientId, Bytes> last = Map.of();
  private @Nullable Future<?> timer;

  GuestByteCount(SharedDaemon daemon, Guest guest, EventExecutor executor) {
    this.daemon = daemon;
    this.guest = guest;
    this.executor = executor;
  }

  /** Zero is never. */
  void every(int seconds) {
    stop();
    if (seconds > 0) {
      timer = executor.scheduleWithFixedDelay(this::count, seconds, seconds, TimeUnit.SECONDS);
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void count() {
    var _ =
        daemon.ask(new Command.Status()).thenAccept(reply -> executor.execute(() -> print(reply)));
  }

  private void print(Reply reply) {
    if (timer == null || !(reply instanceof Reply.Lines)) {
      return;
    }
    Map<ClientId, Bytes> present = new HashMap<>();
    StringBuilder lines = new StringBuilder();
    for (StatusTable.Row row : StatusTable.of(reply).rows()) {
      if (row.isLive()) {
        Bytes bytes = new Bytes(row.bytesIn(), row.bytesOut());
        present.put(row.client(), bytes);
        if (!bytes.equals(last.get(row.client()))) {
          lines.append(
              ">BYTECOUNT_CLI:%s,%d,%d\r\n".formatted(row.client(), bytes.in(), bytes.out()));
        }
      }
    }
    last = present;
    if (!lines.isEmpty()) {
      guest.notice(lines.toString());
    }
  }
}
