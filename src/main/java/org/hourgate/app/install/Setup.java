package org.hourgate.app.install;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A gateway that is going to be set up. */
sealed interface Setup permits FreshServer, ExistingServer {

  /** What is the same beside every OpenVPN. */
  GatewayFiles gateway();

  /** What is written besides. */
  List<Path> more();

  /** What will be written, and must not be there yet. */
  default List<Path> files() {
    return Stream.concat(gateway().all().stream(), more().stream()).toList();
  }

  /**
   * Has everything that will read the answers look at them; changes nothing.
   *
   * @throws RuntimeException that the command line knows how to tell
   */
  default void validate() throws IOException {
    gateway().validate();
  }

  /** Says what will be done. */
  void describe(PrintWriter out);

  /** Does it, and says so. */
  void write(Journal journal, PrintWriter out) throws IOException;

  /** What a person types to have OpenVPN go by it. */
  String startOpenVpn();

  /** What a person has to do now. */
  default String nextSteps() {
    return gateway().nextSteps(startOpenVpn());
  }
}
