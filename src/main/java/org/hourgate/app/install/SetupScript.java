package org.hourgate.app.install;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;

/** {@code openvpn-conf/setup.sh}, unpacked for one run: everything outside our own folders. */
final class SetupScript {

  private static final List<String> FILES =
      List.of(
          "setup.sh",
          "walls.sh",
          "gate.nft",
          "sysctl.conf",
          "tmpfiles.conf",
          "hourgate.service",
          "hourgate-walls.service",
          "hourgate-walls-follow.service",
          "openvpn-server.dropin.conf");

  private SetupScript() {}

  /** Runs it to its end, and hands on what it says. */
  static void run(Layout layout, List<String> arguments, Consumer<String> lines)
      throws IOException {
    Path folder = Files.createTempDirectory("hourgate-setup-");
    try {
      for (String name : FILES) {
        Shipped.copy("openvpn-conf/" + name, folder);
      }
      List<String> command = new ArrayList<>(List.of("/bin/sh", folder.resolve("setup.sh") + ""));
      command.addAll(arguments);
      if (!layout.isThisMachine()) {
        command.addAll(List.of("--root", layout.root().toString()));
      }
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      List<String> said = new ArrayList<>();
      try (BufferedReader output = process.inputReader()) {
        output.lines().peek(said::add).forEach(lines);
      }
      if (process.waitFor() != 0) {
        throw new CommandException(
            ExitCode.CONFIGURATION, said.isEmpty() ? "setup.sh failed" : said.getLast());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      for (String name : FILES) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.delete(folder);
    }
  }
}
