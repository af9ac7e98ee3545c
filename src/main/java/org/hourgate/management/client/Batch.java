package org.hourgate.management.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementException;
import org.hourgate.management.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one send and the replies so far. Once it has failed, late replies fall into the
 * void. Replies arrive on the event loop.
 */
final class Batch {

  final CommandPriority priority;
  final List<Command> commands;
  final @Nullable Epoch epoch;
  final long deadline;
  final long number;
  private final List<Reply> replies = new ArrayList<>();
  private final CompletableFuture<List<Reply>> future = new CompletableFuture<>();

  /**
   * Creates a batch.
   *
   * @param epoch null if the commands name no client
   * @param deadline in nanoseconds of the event loop's ticker
   * @param number rises with each send
   */
  Batch(
      CommandPriority priority,
      List<Command> commands,
      @Nullable Epoch epoch,
      long deadline,
      long number) {
    this.priority = priority;
    this.commands = List.copyOf(commands);
    this.epoch = epoch;
    this.deadline = deadline;
    this.number = number;
    if (this.commands.isEmpty()) {
      future.complete(List.of());
    }
  }

  CompletionStage<List<Reply>> stage() {
    return future.minimalCompletionStage();
  }

  boolean isDone() {
    return future.isDone();
  }

  /** Takes the reply to the next command. */
  void add(Reply reply) {
    replies.add(reply);
    if (replies.size() == commands.size()) {
      future.complete(List.copyOf(replies));
    }
  }

  /** Whether it had not ended before. */
  boolean fail(ManagementException reason) {
    return future.completeExceptionally(reason);
  }
}
