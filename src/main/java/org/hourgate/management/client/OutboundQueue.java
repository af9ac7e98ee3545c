package org.hourgate.management.client;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.ManagementException;
import org.jspecify.annotations.Nullable;

/**
 * Batches that wait for the socket: one bounded FIFO per priority, counted in commands. Any thread
 * may offer; one at a time may poll.
 */
final class OutboundQueue {

  private final Map<CommandPriority, Lane> lanes = new EnumMap<>(CommandPriority.class);

  OutboundQueue(ManagementClientConfig.Limits limits) {
    for (CommandPriority priority : CommandPriority.values()) {
      lanes.put(
          priority,
          new Lane(
              priority == CommandPriority.CUT ? limits.queuedCuts() : limits.queuedCommands()));
    }
  }

  /** Whether there was room. */
  boolean offer(Batch batch) {
    return lane(batch.priority).offer(batch);
  }

  int bound(CommandPriority priority) {
    return lane(priority).bound;
  }

  int waiting(CommandPriority priority) {
    return lane(priority).commands.get();
  }

  boolean isEmpty() {
    for (Lane lane : lanes.values()) {
      if (!lane.batches.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** The oldest batch of the highest priority. */
  @Nullable Batch poll() {
    for (Lane lane : lanes.values()) {
      Batch batch = lane.poll();
      if (batch != null) {
        return batch;
      }
    }
    return null;
  }

  /** Takes out what is past its deadline. */
  void removeExpired(long now, Consumer<Batch> expired) {
    for (Lane lane : lanes.values()) {
      for (Batch head = lane.batches.peek();
          head != null && head.deadline - now <= 0;
          head = lane.batches.peek()) {
        Batch batch = lane.poll();
        if (batch != null) {
          expired.accept(batch);
        }
      }
    }
  }

  void failAll(Supplier<ManagementException> reason) {
    for (Batch batch = poll(); batch != null; batch = poll()) {
      batch.fail(reason.get());
    }
  }

  private Lane lane(CommandPriority priority) {
    return Objects.requireNonNull(lanes.get(priority));
  }

  private static final class Lane {
    final Queue<Batch> batches = new ConcurrentLinkedQueue<>();
    final int bound;
    private final AtomicInteger commands = new AtomicInteger();

    Lane(int bound) {
      this.bound = bound;
    }

    boolean offer(Batch batch) {
      int size = batch.commands.size();
      if (commands.addAndGet(size) > bound) {
        commands.addAndGet(-size);
        return false;
      }
      batches.add(batch);
      return true;
    }

    @Nullable Batch poll() {
      Batch batch = batches.poll();
      if (batch != null) {
        commands.addAndGet(-batch.commands.size());
      }
      return batch;
    }
  }
}
