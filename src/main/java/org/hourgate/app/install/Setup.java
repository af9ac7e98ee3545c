package org.hourgate.app.install;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** A gateway that is going to be set up. */
sealed interface Setup permits FreshServer, ExistingServer {

  /** What will be written, and must not be there yet. */
  List<Path> files();

  /**
   * Has everything that will read the answers look at them; changes nothing.
   *
   * @throws RuntimeException that the command line knows how to tell
   */
  void validate() throws IOException;

  /** Says what will be done. */
  void describe(PrintWriter out);

  /** Does it, and says so. */
  void write(Journal journal, PrintWriter out) throws IOException;

  /** What a person has to do now. */
  String nextSteps();
}
