package org.hourgate.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Namespace;

/**
 * A Debian with its systemd as process 1, in namespaces: what {@code scripts/debian-root.sh} made,
 * and whatever a test changes is gone with it. It shares a network namespace of the lab.
 */
final class DebianMachine implements AutoCloseable {

  private static final Path ROOT = Path.of(".tools/debian").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final LabProcess systemd;
  private final Path cgroup;
  private final long first;

  /** What a command printed, and how it ended. */
  record Result(int exitCode, String output) {}

  private DebianMachine(LabProcess systemd, Path cgroup, long first) {
    this.systemd = systemd;
    this.cgroup = cgroup;
    this.first = first;
  }

  /** Boots one, and waits until systemd has nothing more to do. */
  static DebianMachine boot(Namespace network, Path work) throws IOException {
    if (!Files.exists(ROOT.resolve(".complete"))) {
      throw new IllegalStateException("no Debian to boot: run scripts/setup.sh --tests");
    }
    Path script = work.resolve("boot-debian.sh");
    try (var source =
        Objects.requireNonNull(DebianMachine.class.getResourceAsStream("boot-debian.sh"))) {
      Files.copy(source, script);
    }
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    Path cgroup = cgroups().resolve("hourgate-test-" + ProcessHandle.current().pid());
    Path folder = Files.createDirectory(work.resolve("machine"));
    LabProcess systemd =
        LabProcess.start(
            "systemd",
            List.of(
                "nsenter", // `ip netns exec` would hide the cgroups.
                "--net=/run/netns/" + network.name(),
                script.toString(),
                ROOT.toString(),
                folder.toString(),
                cgroup.toString()));
    ProcessHandle outside = ProcessHandle.of(systemd.pid()).orElseThrow();
    await()
        .atMost(PATIENCE)
        .until(() -> !systemd.isAlive() || outside.children().findAny().isPresent());
    long first =
        outside
            .children()
            .findAny()
            .orElseThrow(() -> new IllegalStateException(systemd.output().tail()))
            .pid();
    DebianMachine machine = new DebianMachine(systemd, cgroup, first);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                machine
                    .run("systemctl", "is-system-running")
                    .output()
                    .strip()
                    .matches("running|degraded"));
    return machine;
  }

  /** Version 2, alone or beside version 1. */
  private static Path cgroups() {
    Path all = Path.of("/sys/fs/cgroup");
    return Files.exists(all.resolve("cgroup.controllers")) ? all : all.resolve("unified");
  }

  /** Runs a command inside. */
  Result run(String... command) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target",
                Long.toString(first),
                "--all",
                "env",
                "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C.UTF-8"));
    line.addAll(List.of(command));
    Path output = Files.createTempFile("hourgate-lab-inside", ".out");
    try {
      Process process =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("no end of " + String.join(" ", command));
      }
      return new Result(process.exitValue(), Files.readString(output));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      Files.delete(output);
    }
  }

  /** Runs a command that has to succeed, and returns what it printed. */
  String ok(String... command) throws IOException {
    Result result = run(command);
    if (result.exitCode() != 0) {
      throw new AssertionError(
          String.join(" ", command) + ": " + result.exitCode() + "\n" + result.output());
    }
    return result.output().strip();
  }

  /** What systemd knows of a unit. */
  String property(String unit, String name) throws IOException {
    return ok("systemctl", "show", "--value", "--property", name, unit);
  }

  /** Where a file of it is for us. */
  Path file(String path) {
    return Path.of("/proc", Long.toString(first), "root", path.substring(1));
  }

  void write(String path, String content) throws IOException {
    Files.writeString(file(path), content);
  }

  @Override
  public void close() throws IOException {
    systemd.kill(); // And process 1 with it, and all others with that.
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(first).isEmpty());
    await().atMost(PATIENCE).ignoreExceptions().until(this::removeCgroups);
  }

  private boolean removeCgroups() throws IOException {
    try (Stream<Path> folders = Files.walk(cgroup)) {
      for (Path folder :
          folders.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(folder);
      }
    }
    return true;
  }
}
