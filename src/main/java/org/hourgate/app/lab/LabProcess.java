package org.hourgate.app.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process of the lab. A daemon thread of its own reads what it prints, standard error included,
 * so that it never stands still for want of a reader. When this virtual machine is told to end, the
 * process is killed first.
 */
public final class LabProcess implements AutoCloseable {

  private static final Duration TIME_TO_END = Duration.ofSeconds(5);

  /** For the kernel, and for our own threads: so much only on a machine that hardly moves. */
  private static final Duration TIME_TO_BE_GONE = Duration.ofSeconds(60);

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  /** Nothing more is started: whoever kills what runs would not know it. */
  private static volatile boolean ending;

  static {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(LabProcess::endAll));
  }

  private static void endAll() {
    ending = true;
    RUNNING.forEach(Process::destroyForcibly);
  }

  private final String name;
  private final Process process;
  private final Output output;

  private LabProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.output = new Output(name);
  }

  /** Starts a command; the name stands in messages. */
  public static LabProcess start(String name, List<String> command) {
    return start(name, command, Map.of());
  }

  /** Starts a command whose lines are also handed to a listener, on the reading thread. */
  static LabProcess start(String name, List<String> command, Consumer<Output.Line> listener) {
    return start(name, command, Map.of(), listener);
  }

  /** Starts a command with additions to its environment. */
  public static LabProcess start(
      String name, List<String> command, Map<String, String> environment) {
    return start(name, command, environment, line -> {});
  }

  private static LabProcess start(
      String name,
      List<String> command,
      Map<String, String> environment,
      Consumer<Output.Line> listener) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      RUNNING.add(process);
      if (ending) {
        process.destroyForcibly();
        throw new LabException(name + " is not needed any more: this program is ending");
      }
      var _ = process.onExit().thenAccept(RUNNING::remove);
      LabProcess started = new LabProcess(name, process);
      Thread.ofPlatform().daemon().name("output of " + name).start(() -> started.read(listener));
      return started;
    } catch (IOException e) {
      throw new LabException("cannot start " + name + ": " + String.join(" ", command), e);
    }
  }

  private void read(Consumer<Output.Line> listener) {
    // OpenVPN prints whatever bytes a client sends as its name.
    try (BufferedReader reader =
        new BufferedReader(process.inputReader(StandardCharsets.ISO_8859_1))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Output.Line read = new Output.Line(Instant.now(), line);
        output.add(read);
        listener.accept(read);
      }
    } catch (IOException e) {
      // The pipe was closed under us because the process was destroyed.
      output.add(new Output.Line(Instant.now(), "(output lost: " + e.getMessage() + ")"));
    } finally {
      output.end();
    }
  }

  public Output output() {
    return output;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the exit code once the process has ended. */
  public OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** Sends a signal, named without "SIG": USR1, HUP, STOP ... */
  public void signal(String signal) {
    if (process.isAlive()) {
      Programs.run("", List.of("/bin/sh", "-c", "kill -s " + signal + " " + process.pid()));
    }
  }

  /**
   * Waits for the end and returns the exit code (128 + n after signal n). By then all that it
   * printed is in {@link #output}, unless something that it started goes on and may print more.
   */
  public int awaitExit(Duration timeout) {
    int exitCode = awaitEnd(timeout);
    output.awaitEnd(TIME_TO_BE_GONE);
    return exitCode;
  }

  private int awaitEnd(Duration timeout) {
    try {
      if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new LabException(
            name + " did not end within " + timeout + "; its last lines:\n" + output.tail());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while waiting for the end of " + name, e);
    }
  }

  /** Ends the process without a farewell and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd(TIME_TO_BE_GONE);
  }

  /** Asks the process to end; one that has not done so within 5 s is killed. */
  @Override
  public void close() {
    process.destroy();
    try {
      awaitEnd(TIME_TO_END);
    } catch (LabException e) {
      kill();
    }
  }
}
