package org.hourgate.app.check;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The settings of an OpenVPN process as Linux shows them: its command line and the file that is
 * named there, which may have been changed since it was read.
 */
public final class RunningOpenVpn {

  /** OpenVPN {@code init.c}: what holds without {@code max-clients}. */
  private static final int DEFAULT_MAX_CLIENTS = 1024;

  private static final int MAX_POOL = 65_536;

  private RunningOpenVpn() {}

  /**
   * Says why nobody should be let in: no reasons if nothing is wrong, empty if the settings can't
   * be read from here. Blocks for a moment.
   */
  public static Optional<List<String>> unsafeSettings(long pid, int sessionsPerWallet) {
    return settings(pid)
        .map(
            directives ->
                OpenVpnConfigLint.findingsOf(directives, sessionsPerWallet).stream()
                    .filter(OpenVpnConfigLint.LintFinding::unsafe)
                    .map(OpenVpnConfigLint.LintFinding::toString)
                    .toList());
  }

  /**
   * Returns how many clients it has addresses and room for; empty if that can't be read from here.
   * Blocks for a moment.
   */
  public static Optional<Integer> capacity(long pid) {
    return settings(pid).flatMap(RunningOpenVpn::capacity);
  }

  /**
   * The smaller of {@code max-clients} and what {@code server} has left behind its own address
   * (OpenVPN {@code helper.c helper_client_server}, {@code topology subnet}).
   */
  static Optional<Integer> capacity(List<OpenVpnDirective> settings) {
    boolean subnet =
        settings.stream()
            .anyMatch(
                setting ->
                    setting.name().equals("topology")
                        && setting.arguments().equals(List.of("subnet")));
    Optional<Integer> pool =
        settings.stream()
            .filter(setting -> subnet)
            .filter(setting -> setting.name().equals("server") && setting.arguments().size() >= 2)
            .findFirst()
            .flatMap(setting -> addresses(setting.arguments().get(1)))
            .map(addresses -> Math.max(0, addresses - 3)); // network, broadcast, the server itself
    int maxClients =
        settings.stream()
            .filter(setting -> setting.name().equals("max-clients"))
            .filter(setting -> setting.arguments().stream().anyMatch(a -> a.matches("[0-9]{1,9}")))
            .map(setting -> Integer.parseInt(setting.arguments().getFirst()))
            .findFirst()
            .orElse(DEFAULT_MAX_CLIENTS);
    return pool.map(addresses -> Math.min(addresses, maxClients));
  }

  private static Optional<Integer> addresses(String netmask) {
    try {
      byte[] mask = InetAddress.ofLiteral(netmask).getAddress();
      int bits = ByteBuffer.wrap(mask).getInt();
      return mask.length == Integer.BYTES && bits != 0
          ? Optional.of(Math.min(MAX_POOL, Math.max(1, -bits)))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns its settings; empty if they can't be read from here. Blocks. */
  static Optional<List<OpenVpnDirective>> settings(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try {
      List<String> commandLine =
          Arrays.asList(
              Files.readString(process.resolve("cmdline"), StandardCharsets.UTF_8).split("\0", -1));
      if (!Path.of(commandLine.getFirst()).endsWith("openvpn")) {
        return Optional.empty(); // a number of another pid namespace
      }
      return Optional.of(
          settings(
              commandLine.subList(0, commandLine.size() - 1),
              Files.readSymbolicLink(process.resolve("cwd"))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads the words of a command line.
   *
   * @param folder where relative files begin, unless {@code --cd} came before
   */
  static List<OpenVpnDirective> settings(List<String> commandLine, Path folder) throws IOException {
    List<String> words = commandLine.subList(1, commandLine.size());
    if (words.size() == 1 && !words.getFirst().startsWith("--")) {
      words = List.of("--config", words.getFirst());
    }
    List<OpenVpnDirective> settings = new ArrayList<>();
    Path current = folder;
    for (List<String> option : options(words)) {
      OpenVpnDirective directive = OpenVpnDirective.of(0, option);
      settings.add(directive);
      if (!directive.arguments().isEmpty()) {
        Path argument = current.resolve(directive.arguments().getFirst());
        if (directive.name().equals("cd")) {
          current = argument;
        } else if (directive.name().equals("config")) {
          settings.addAll(OpenVpnDirective.parse(Files.readAllLines(argument)));
        }
      }
    }
    return settings;
  }

  private static List<List<String>> options(List<String> words) {
    List<List<String>> options = new ArrayList<>();
    for (String word : words) {
      if (word.startsWith("--")) {
        options.add(new ArrayList<>());
      }
      if (!options.isEmpty()) {
        options.getLast().add(word);
      }
    }
    return options;
  }
}
