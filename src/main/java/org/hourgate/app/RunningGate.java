package org.hourgate.app;

import java.io.IOException;
import java.nio.file.Path;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.operator.AdminClient;
import org.hourgate.operator.AdminReply;
import org.hourgate.operator.AdminRequest;

/** The {@code hourgate serve} that runs on this machine, asked by other commands. */
final class RunningGate {

  private final Path socket;

  private RunningGate(Path socket) {
    this.socket = socket;
  }

  static RunningGate of(HourgateConfig config) {
    return new RunningGate(config.admin().socket());
  }

  /**
   * Asks.
   *
   * @throws CommandException if it does not run, or refuses
   */
  AdminReply ask(AdminRequest request) {
    AdminReply reply;
    try {
      reply = AdminClient.ask(socket, request);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.UNREACHABLE,
          "no hourgate answers at " + socket + " (is hourgate serve running?): " + e.getMessage());
    }
    if (reply.error() != null) {
      throw new CommandException(ExitCode.REFUSED, reply.error() + ": " + reply.detail());
    }
    return reply;
  }
}
