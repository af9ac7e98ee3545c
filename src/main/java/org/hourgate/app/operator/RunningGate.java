package org.hourgate.app.operator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.operator.AdminClient;
import org.hourgate.operator.AdminReply;
import org.hourgate.operator.AdminRequest;
import org.jspecify.annotations.Nullable;

/** The {@code hourgate serve} that runs on this machine, asked by other commands. */
final class RunningGate {

  private final Path socket;

  private RunningGate(Path socket) {
    this.socket = socket;
  }

  static RunningGate of(HourgateConfig config) {
    return at(config.admin().socket());
  }

  static RunningGate at(Path socket) {
    return new RunningGate(socket);
  }

  /**
   * Asks.
   *
   * @throws CommandException if it does not run, or refuses
   */
  AdminReply ask(AdminRequest request) {
    try {
      return accepted(AdminClient.ask(socket, request.by(System.getenv("SUDO_USER"))));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /**
   * Hands over what there is to see, once a second, until it hangs up.
   *
   * @throws IOException if nobody answers
   * @throws CommandException if it refuses
   */
  void watch(Consumer<AdminReply.Snapshot> snapshots) throws IOException {
    AdminClient.follow(
        socket, AdminRequest.watch(), reply -> snapshots.accept(required(accepted(reply).now())));
  }

  CommandException unreachable(IOException e) {
    return new CommandException(
        ExitCode.UNREACHABLE,
        "no hourgate answers at " + socket + " (is hourgate serve running?): " + e.getMessage());
  }

  private static AdminReply accepted(AdminReply reply) {
    if (reply.error() != null) {
      throw new CommandException(ExitCode.REFUSED, reply.error() + ": " + reply.detail());
    }
    return reply;
  }

  /** What the answer must hold. */
  static <T> T required(@Nullable T part) {
    if (part == null) {
      throw new CommandException(ExitCode.REFUSED, "hourgate answered something else than asked");
    }
    return part;
  }
}
