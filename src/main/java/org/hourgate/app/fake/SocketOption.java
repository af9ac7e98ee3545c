package org.hourgate.app.fake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hourgate.management.client.ManagementAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the controller attaches, and what it has to show. */
final class SocketOption {

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "ADDRESS",
      description = "unix:/path or tcp:HOST:PORT, where the controller attaches.")
  ManagementAddress address;

  @Option(
      names = "--management-password-file",
      paramLabel = "FILE",
      description = "Ask the controller for the password in the first line of this file.")
  private @Nullable Path passwordFile;

  Optional<String> password() throws IOException {
    if (passwordFile == null) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(passwordFile);
    if (lines.isEmpty() || lines.getFirst().isEmpty()) {
      throw new IOException(passwordFile + " has no password in its first line");
    }
    return Optional.of(lines.getFirst());
  }

  /** A signal ends the program without a chance to close the socket. */
  void removeAtExit() {
    if (address instanceof ManagementAddress.Unix(Path path)) {
      path.toFile().deleteOnExit();
    }
  }
}
