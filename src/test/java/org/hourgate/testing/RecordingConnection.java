package org.hourgate.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.EpochEndedException;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.ManagementException;
import org.hourgate.management.Reply;

/** Keeps what was sent, and answers each command at once as a daemon without surprises would. */
public final class RecordingConnection implements ManagementConnection {

  /** One write. */
  public record Write(CommandPriority priority, List<Command> commands) {}

  private final List<Write> writes = new ArrayList<>();
  private Epoch epoch = new Epoch(0);
  private List<String> statusRows = List.of();
  private List<String> log = List.of();
  private String pid = "4711";
  private String version = "2.6.14";
  private Function<Command, Optional<Reply>> override = _ -> Optional.empty();
  private Function<Command, Optional<ManagementException>> failure = _ -> Optional.empty();
  private Optional<List<CompletableFuture<List<Reply>>>> held = Optional.empty();

  public void epoch(Epoch present) {
    epoch = present;
  }

  public void status(String... rows) {
    statusRows = List.of(rows);
  }

  public void log(String... lines) {
    log = List.of(lines);
  }

  public void pid(String newPid) {
    pid = newPid;
  }

  public void version(String newVersion) {
    version = newVersion;
  }

  public void answer(Function<Command, Optional<Reply>> answers) {
    override = answers;
  }

  /** From now on a write with a command for which there is a failure gets no reply but that. */
  public void fail(Function<Command, Optional<ManagementException>> failures) {
    failure = failures;
  }

  /** From now on replies are the test's: one stage for each write, in their order. */
  public List<CompletableFuture<List<Reply>>> holdReplies() {
    List<CompletableFuture<List<Reply>>> stages = new ArrayList<>();
    held = Optional.of(stages);
    return stages;
  }

  /** From now on replies come at once again. */
  public void replyAtOnce() {
    held = Optional.empty();
  }

  /** Returns the writes since the last call. */
  public List<Write> take() {
    List<Write> taken = List.copyOf(writes);
    writes.clear();
    return taken;
  }

  /** Returns the commands since the last call, whatever write they were in. */
  public List<Command> takeCommands() {
    return take().stream().flatMap(w -> w.commands().stream()).toList();
  }

  @Override
  public CompletionStage<List<Reply>> send(CommandPriority priority, List<Command> commands) {
    writes.add(new Write(priority, List.copyOf(commands)));
    if (held.isPresent()) {
      CompletableFuture<List<Reply>> stage = new CompletableFuture<>();
      held.get().add(stage);
      return stage;
    }
    Optional<ManagementException> failed =
        commands.stream().flatMap(c -> failure.apply(c).stream()).findFirst();
    return failed.isPresent()
        ? CompletableFuture.failedStage(failed.get())
        : CompletableFuture.completedStage(commands.stream().map(this::reply).toList());
  }

  @Override
  public CompletionStage<List<Reply>> send(
      Epoch ofEpoch, CommandPriority priority, List<Command> commands) {
    return ofEpoch.equals(epoch)
        ? send(priority, commands)
        : CompletableFuture.failedStage(new EpochEndedException(ofEpoch));
  }

  private Reply reply(Command command) {
    return override.apply(command).orElseGet(() -> usual(command));
  }

  private Reply usual(Command command) {
    return switch (command) {
      case Command.EnvFilter e -> new Reply.Success("env_filter_level=" + e.level());
      case Command.Pid _ -> new Reply.Success("pid=" + pid);
      case Command.Version _ ->
          new Reply.Lines(
              List.of(
                  "OpenVPN Version: OpenVPN " + version + " x86_64-pc-linux-gnu [AEAD]",
                  "Management Version: 5"));
      case Command.Status _ -> new Reply.Lines(statusRows);
      case Command.StateAll _ -> new Reply.Lines(List.of("1000,CONNECTED,SUCCESS,10.88.0.1,,,,"));
      case Command.LogAll _ -> new Reply.Lines(log);
      case Command.Single _ -> new Reply.Success("done");
    };
  }
}
