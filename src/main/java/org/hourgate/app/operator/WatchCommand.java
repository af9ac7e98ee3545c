package org.hourgate.app.operator;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.operator.AdminReply.Snapshot;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code hourgate watch}: what goes on, now and from now on. */
@Command(
    name = "watch",
    description = {
      "Show sessions with their countdown, verdicts, OpenVPN and the chain, and keep it up to date.",
      "On a terminal a screen that renews itself each second; into a file or pipe a line for each"
          + " change. Goes on when the gate restarts. Ctrl-C ends it."
    })
public final class WatchCommand implements Runnable {

  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  /** Where it is shown. */
  interface Display {
    void show(Snapshot now);

    /** The gate is gone for the moment. */
    void away();

    /** Leaves the terminal as it was. */
    void end();
  }

  @Override
  public void run() {
    RunningGate gate = RunningGate.of(config.load());
    PrintWriter out = spec.commandLine().getOut();
    Display display = Terminal.isThere() ? new WatchScreen(out) : new WatchLog(out);
    Thread goodbye = Thread.ofPlatform().unstarted(() -> interrupted(display));
    Runtime.getRuntime().addShutdownHook(goodbye);
    try {
      follow(gate, display, out);
    } finally {
      Runtime.getRuntime().removeShutdownHook(goodbye);
      display.end();
    }
  }

  private static void follow(RunningGate gate, Display display, PrintWriter out) {
    Optional<Snapshot> last = Optional.empty();
    while (!out.checkError()) { // Whoever reads us may be gone.
      Last seen = new Last();
      try {
        gate.watch(
            now -> {
              seen.snapshot = now;
              display.show(now);
              if (out.checkError()) {
                throw new ReaderGoneException();
              }
            });
      } catch (ReaderGoneException e) {
        return;
      } catch (IOException e) {
        if (last.isEmpty() && seen.snapshot == null) {
          throw gate.unreachable(e);
        }
      }
      last = last.or(() -> Optional.ofNullable(seen.snapshot));
      display.away();
      pause();
    }
  }

  /** What was seen on one connection. */
  private static final class Last {
    private @Nullable Snapshot snapshot;
  }

  private static final class ReaderGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReaderGoneException() {
      super("nobody reads", null, false, false);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(TRY_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** To end this is what Ctrl-C is for: no failure. */
  private static void interrupted(Display display) {
    display.end();
    Runtime.getRuntime().halt(ExitCode.OK);
  }
}
