package org.hourgate.app.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.management.client.ManagementAddress;

/**
 * OpenVPN processes as Linux shows them: their command lines and the files that are named there,
 * which may have been changed since they were read. Blocks for a moment.
 *
 * @param configuration empty if it can't be read from here
 */
public record RunningOpenVpn(long pid, Optional<OpenVpnConfiguration> configuration) {

  private static final Path PROCESSES = Path.of("/proc");

  /** Debian's units and the files they start OpenVPN with. */
  private static final Pattern UNIT =
      Pattern.compile("/openvpn(-server)?@([^/]+)\\.service$", Pattern.MULTILINE);

  /**
   * Says why nobody should be let in: no reasons if nothing is wrong, empty if the settings can't
   * be read from here.
   *
   * @param scriptFolder where its scripts meet us; empty if it asks on its management interface
   */
  public static Optional<List<String>> unsafeSettings(
      long pid, int sessionsPerWallet, Optional<Path> scriptFolder) {
    return of(pid)
        .flatMap(RunningOpenVpn::configuration)
        .filter(OpenVpnConfiguration::isComplete)
        .map(
            configuration ->
                new OpenVpnSettings(configuration.directives(), sessionsPerWallet, scriptFolder)
                    .unsafe());
  }

  /**
   * Returns how many clients it has addresses and room for; empty if that can't be read from here.
   */
  public static Optional<Integer> capacity(long pid) {
    return of(pid)
        .flatMap(RunningOpenVpn::configuration)
        .flatMap(configuration -> new OpenVpnSettings(configuration.directives(), 1).capacity());
  }

  /** Looks at one process; empty if it is no OpenVPN that can be seen from here. */
  static Optional<RunningOpenVpn> of(long pid) {
    Path process = PROCESSES.resolve(Long.toString(pid));
    try {
      List<String> words =
          Arrays.asList(
              Files.readString(process.resolve("cmdline"), StandardCharsets.UTF_8).split("\0", -1));
      if (!Path.of(words.getFirst()).endsWith("openvpn")) {
        return Optional.empty(); // a number of another pid namespace
      }
      return Optional.of(
          new RunningOpenVpn(pid, configuration(process, words.subList(0, words.size() - 1))));
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<OpenVpnConfiguration> configuration(Path process, List<String> words)
      throws IOException {
    Optional<Path> folder = folder(process);
    if (folder.isPresent()) {
      OpenVpnConfiguration read = OpenVpnConfigReader.commandLine(words, folder.get());
      if (!read.isUnread()) {
        return Optional.of(read);
      }
    }
    return unitFile(Files.readString(process.resolve("cgroup")))
        .filter(Files::isReadable)
        .map(OpenVpnConfigReader::file);
  }

  /** The process's folder; only root and its own user may see it. */
  private static Optional<Path> folder(Path process) {
    try {
      return Optional.of(Files.readSymbolicLink(process.resolve("cwd")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Where the unit that a process belongs to has its configuration, by {@code /proc/N/cgroup}. */
  static Optional<Path> unitFile(String cgroup) {
    Matcher unit = UNIT.matcher(cgroup);
    if (!unit.find()) {
      return Optional.empty();
    }
    String name = unit.group(2).replace("\\x2d", "-");
    return Optional.of(
        Path.of(unit.group(1) == null ? "/etc/openvpn" : "/etc/openvpn/server", name + ".conf"));
  }

  /** Returns all that can be seen from here. */
  static List<RunningOpenVpn> all() {
    List<RunningOpenVpn> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        of(Long.parseLong(process.getFileName().toString())).ifPresent(found::add);
      }
    } catch (IOException e) {
      return List.of(); // no /proc, nothing to be seen
    }
    return found;
  }

  /** Whether its {@code management} line is this address. */
  boolean listensAt(ManagementAddress address) {
    return configuration
        .map(read -> new OpenVpnSettings(read.directives(), 1).management(read.folder()))
        .filter(own -> own.equals(Optional.of(address)))
        .isPresent();
  }

  /** Whether it has the network that we have; not known if we may not look. */
  Optional<Boolean> sharesOurNetwork() {
    try {
      return Optional.of(
          Files.readSymbolicLink(PROCESSES.resolve(pid + "/ns/net"))
              .equals(Files.readSymbolicLink(PROCESSES.resolve("self/ns/net"))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
