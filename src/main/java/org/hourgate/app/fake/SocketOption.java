package org.hourgate.app.fake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    return passwordFile == null
        ? Optional.empty()
        : Optional.of(Files.readAllLines(passwordFile).getFirst());
  }
}
