package org.hourgate.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Namespace;

/**
 * A Debian with its systemd as process 1, in namespaces: what {@code scripts/debian-root.sh} made,
 * and whatever a test changes is gone with it. It shares a network namespace of the lab, or is one
 * machine more on the lab's wire, and then it can be booted again.
 */
final class DebianMachine implements AutoCloseable {

  private static final Path ROOT = Path.of(".tools/debian").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** 128 + SIGHUP: how a process namespace ends that was told to start again. */
  private static final int BOOTS_AGAIN = 129;

  private static final String HARDWARE_ADDRESS = "02:00:00:00:00:02";

  private static final String CGROUP = "hourgate-test-";
  private static final Pattern OWNED = Pattern.compile(CGROUP + "(\\d+)-\\d+");
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Optional<Namespace> network;
  private final Path work;
  private final Path cgroup;
  private final LabProcess disk;
  private LabProcess systemd;
  private long first;

  /** What a command printed, and how it ended. */
  record Result(int exitCode, String output) {}

  private DebianMachine(Optional<Namespace> network, Path work) throws IOException {
    if (!Files.exists(ROOT.resolve(".complete"))) {
      throw new IllegalStateException("no Debian to boot: run scripts/setup.sh --tests");
    }
    this.network = network;
    this.work = work;
    removeLeftovers();
    cgroup =
        cgroups().resolve(CGROUP + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
    Path script = script();
    try (var source =
        Objects.requireNonNull(DebianMachine.class.getResourceAsStream("boot-debian.sh"))) {
      Files.copy(source, script);
    }
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    // In memory, and held by a process whose end is the disk's.
    disk =
        LabProcess.start(
            "disk",
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs tmpfs \"$0\" && echo mounted && exec sleep infinity",
                Files.createDirectory(work.resolve("machine")).toString()));
    disk.output().await("mounted", PATIENCE);
    start();
  }

  private Path script() {
    return work.resolve("boot-debian.sh");
  }

  /** Boots one in a network of the lab, and waits until systemd has nothing more to do. */
  static DebianMachine boot(Namespace network, Path work) throws IOException {
    DebianMachine machine = new DebianMachine(Optional.of(network), work);
    machine.awaitBooted();
    return machine;
  }

  /** Boots one that has no cable yet. */
  static DebianMachine bootAlone(Path work) throws IOException {
    DebianMachine machine = new DebianMachine(Optional.empty(), work);
    machine.awaitBooted();
    return machine;
  }

  private void start() throws IOException {
    Files.createDirectory(cgroup);
    // `ip netns exec` would hide the cgroups.
    List<String> command =
        new ArrayList<>(List.of("nsenter", "--mount=/proc/" + disk.pid() + "/ns/mnt"));
    network.ifPresent(its -> command.add("--net=/run/netns/" + its.name()));
    command.addAll(
        List.of(
            script().toString(),
            ROOT.toString(),
            work.resolve("machine").toString(),
            cgroup.toString()));
    if (network.isEmpty()) {
      command.add("alone");
    }
    systemd = LabProcess.start("systemd", command);
    ProcessHandle outside = ProcessHandle.of(systemd.pid()).orElseThrow();
    await()
        .atMost(PATIENCE)
        .until(() -> !systemd.isAlive() || outside.children().findAny().isPresent());
    first =
        outside
            .children()
            .findAny()
            .orElseThrow(() -> new IllegalStateException(systemd.output().tail()))
            .pid();
    // Process 1 is a shell at first, with our root: systemctl would find our own systemd there.
    await()
        .atMost(PATIENCE)
        .until(() -> Files.readString(inside("comm")).strip().equals("systemd"));
    await().atMost(PATIENCE).until(() -> run("systemctl", "list-jobs").exitCode() == 0);
  }

  /** Waits until systemd has nothing more to do. */
  void awaitBooted() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                run("systemctl", "is-system-running").output().strip().matches("running|degraded"));
  }

  /**
   * Has it boot again from the same disk; without its cable, which whoever called plugs in again.
   */
  void reboot() throws IOException {
    run("systemctl", "reboot");
    if (systemd.awaitExit(PATIENCE) != BOOTS_AGAIN) {
      throw new IllegalStateException("did not reboot: " + systemd.output().tail());
    }
    await().atMost(PATIENCE).ignoreExceptions().until(() -> remove(cgroup));
    start();
  }

  /** Gives it a device eth0 on the wire of the lab, whose server's namespace has the bridge. */
  void plugInto(Namespace server) {
    DebPackage.run(
        List.of(
            "ip",
            "-n",
            server.name(),
            "link",
            "add",
            "seller",
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "address",
            HARDWARE_ADDRESS,
            "netns",
            Long.toString(first)));
    DebPackage.run(
        List.of("ip", "-n", server.name(), "link", "set", "seller", "up", "master", "wire"));
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
    return inside("root").resolve(path.substring(1));
  }

  private Path inside(String name) {
    return Path.of("/proc", Long.toString(first), name);
  }

  void write(String path, String content) throws IOException {
    Files.writeString(file(path), content);
  }

  /** Its files, but for what dpkg, systemd and the account tools write about anything at all. */
  List<String> files() throws IOException {
    // Logs and the like come and go while it looks.
    return ok("find", "/", "-ignore_readdir_race", "-xdev", "-not", "-path", "/proc/*")
        .lines()
        .filter(
            path -> !path.matches("/(var/(lib/(dpkg|systemd)|log|cache|tmp)/.*|etc/.*-|tmp/.*)"))
        .sorted()
        .toList();
  }

  @Override
  public void close() throws IOException {
    systemd.kill(); // And process 1 with it, and all others with that.
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(first).isEmpty());
    disk.kill();
    await().atMost(PATIENCE).ignoreExceptions().until(() -> remove(cgroup));
  }

  private static boolean remove(Path cgroup) throws IOException {
    try (Stream<Path> folders = Files.walk(cgroup)) {
      for (Path folder :
          folders.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(folder);
      }
    }
    return true;
  }

  /** Ends machines whose tests were killed, and takes away what they left. */
  private static void removeLeftovers() throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(cgroups(), CGROUP + "*")) {
      for (Path each : found) {
        Matcher owner = OWNED.matcher(each.getFileName().toString());
        if (owner.matches() && ProcessHandle.of(Long.parseLong(owner.group(1))).isEmpty()) {
          try {
            Files.writeString(each.resolve("cgroup.kill"), "1");
            await().atMost(PATIENCE).ignoreExceptions().until(() -> remove(each));
          } catch (NoSuchFileException e) {
            // Somebody else was faster, or this kernel is older than 5.14.
          }
        }
      }
    }
  }
}
