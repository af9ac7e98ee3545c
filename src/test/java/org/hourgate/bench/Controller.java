package org.hourgate.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.management.client.ManagementAddress;
import org.jspecify.annotations.Nullable;

/** Who answers at a stand-in's socket, attached anew for each run. */
interface Controller {

  AutoCloseable attach(Path socket) throws Exception;

  /** Of whose processor time is counted; 0 for none. */
  long pid();

  /** Whether it has gone by itself. */
  default boolean isGone() {
    return false;
  }

  /** What it said last, if it did not do what is expected. */
  default String lastWords() {
    return "";
  }

  /** A gate that remembers nothing, each time a new one in the same process. */
  final class OfGate implements Controller {
    private static final AtomicInteger RUNS = new AtomicInteger();

    private final GateProcess gate;
    private final Path emptySpentLogins;

    OfGate(GateProcess gate, Path emptySpentLogins) {
      this.gate = gate;
      this.emptySpentLogins = emptySpentLogins;
    }

    @Override
    public AutoCloseable attach(Path socket) throws Exception {
      Path spent = emptySpentLogins.resolveSibling("spent-" + RUNS.incrementAndGet());
      Files.copy(emptySpentLogins, spent);
      return gate.attach(new ManagementAddress.Unix(socket), spent);
    }

    @Override
    public long pid() {
      return gate.pid();
    }
  }

  /** {@link InstantAnswerer} on a thread of this process. */
  final class Instantly implements Controller {
    @Override
    public AutoCloseable attach(Path socket) throws Exception {
      return InstantAnswerer.start(socket);
    }

    @Override
    public long pid() {
      return 0;
    }
  }

  /** Another program, told the socket in place of {@code {socket}}; each time a new process. */
  final class OfPeer implements Controller {
    private final String command;
    private @Nullable LabProcess process;

    OfPeer(String command) {
      this.command = command;
    }

    @Override
    public AutoCloseable attach(Path socket) {
      LabProcess started =
          LabProcess.start(
              "peer",
              List.of("/bin/sh", "-c", "exec " + command.replace("{socket}", socket.toString())));
      process = started;
      return started;
    }

    @Override
    public long pid() {
      return process == null ? 0 : process.pid();
    }

    @Override
    public boolean isGone() {
      return process != null && !process.isAlive() && process.output().hasEnded();
    }

    @Override
    public String lastWords() {
      return process == null ? "" : process.output().tail();
    }
  }
}
