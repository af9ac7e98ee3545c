package org.hourgate.app.lab;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A wire with an OpenVPN server's namespace at one end and namespaces of clients at the other, and
 * a private folder for files. All interfaces live inside the namespaces, so the machine's own
 * network is left alone and several labs can run at once.
 *
 * <p>Everything started in a namespace ends with {@link #close}, which also runs when the virtual
 * machine is told to end (SIGINT, SIGTERM). What a killed one left behind is removed by the next
 * {@link #create}. Safe for any thread.
 */
public final class LabNetwork implements AutoCloseable {

  private static final String PREFIX = "hourgate-lab-";
  private static final Pattern OWNED = Pattern.compile(PREFIX + "(\\d+)-.*");
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final String SERVER_HARDWARE_ADDRESS = "02:00:00:00:00:01";
  private static final int ATTEMPTS_TO_REMOVE = 20;
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String prefix =
      PREFIX + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-";
  private final Path directory =
      Path.of(System.getProperty("java.io.tmpdir"))
          .resolve(
              PREFIX
                  + ProcessHandle.current().pid()
                  + "-"
                  + Long.toHexString(ThreadLocalRandom.current().nextLong()));
  private final Thread shutdownHook = new Thread(this::removeAll, prefix + "cleaner");

  @GuardedBy("this")
  private final List<Namespace> namespaces = new ArrayList<>();

  @GuardedBy("this")
  private int addressesGiven;

  @GuardedBy("this")
  private boolean closed;

  private LabNetwork() {}

  /** Makes the wire and the server's namespace. */
  public static LabNetwork create() {
    Programs.ip();
    removeLeftovers();
    LabNetwork network = new LabNetwork();
    // First of all: from here on whatever exists is taken away when the virtual machine is told to
    // end, however soon that is.
    Runtime.getRuntime().addShutdownHook(network.shutdownHook);
    try {
      network.begin();
    } catch (LabException e) {
      network.close();
      throw e;
    }
    return network;
  }

  private synchronized void begin() {
    requireOpen();
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new LabException("cannot make a folder for the lab", e);
    }
    addServer();
  }

  @GuardedBy("this")
  private void requireOpen() {
    if (closed) {
      throw new LabException("the lab is closed");
    }
  }

  @GuardedBy("this")
  private void addServer() {
    Namespace server = new Namespace(prefix + "server", List.of(nextAddress()));
    ip(List.of(), List.of("netns add " + server.name()));
    namespaces.add(server);
    ip(
        List.of("-n", server.name()),
        List.of(
            "link set lo up",
            // Left to itself a bridge takes the lowest address of its ports, which changes as
            // clients are added, and those who knew the former one lose packets for seconds.
            "link add wire address " + SERVER_HARDWARE_ADDRESS + " type bridge",
            "addr add " + server.address() + "/16 dev wire",
            "link set wire up"));
  }

  /** Returns the folder for files of this lab; only this user can enter it. */
  public Path directory() {
    return directory;
  }

  /** Returns the namespace in which servers run. */
  public synchronized Namespace server() {
    return namespaces.getFirst();
  }

  /** Adds a namespace for one client. */
  public Namespace addClient() {
    return addClients(1).getFirst();
  }

  /** Adds namespaces for one client each. */
  public synchronized List<Namespace> addClients(int count) {
    List<Namespace> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      added.add(new Namespace(prefix + (namespaces.size() + i), List.of(nextAddress())));
    }
    join(added);
    return added;
  }

  /** Adds one namespace with many addresses, for clients without a device of their own. */
  public synchronized Namespace addCrowd(int addresses) {
    List<String> given = new ArrayList<>();
    for (int i = 0; i < addresses; i++) {
      given.add(nextAddress());
    }
    Namespace crowd = new Namespace(prefix + namespaces.size(), given);
    join(List.of(crowd));
    return crowd;
  }

  @GuardedBy("this")
  private void join(List<Namespace> added) {
    requireOpen();
    // A namespace counts as ours before it exists, so that a failure half-way is cleaned up as
    // well.
    int first = namespaces.size();
    namespaces.addAll(added);
    ip(List.of(), added.stream().map(namespace -> "netns add " + namespace.name()).toList());
    List<String> wires = new ArrayList<>();
    for (int i = 0; i < added.size(); i++) {
      String plug = "plug" + (first + i);
      wires.add("link add " + plug + " type veth peer name wire netns " + added.get(i).name());
      wires.add("link set " + plug + " master wire up");
    }
    ip(List.of("-n", namespaces.getFirst().name()), wires);
    for (Namespace namespace : added) {
      List<String> lines = new ArrayList<>(List.of("link set lo up", "link set wire up"));
      namespace.addresses().forEach(each -> lines.add("addr add " + each + "/16 dev wire"));
      ip(List.of("-n", namespace.name()), lines);
    }
  }

  @GuardedBy("this")
  private String nextAddress() {
    int number = addressesGiven++;
    return "10.99." + number / 250 + "." + (number % 250 + 1);
  }

  private static void ip(List<String> options, List<String> batch) {
    List<String> command = new ArrayList<>(List.of(Programs.ip().toString()));
    command.addAll(options);
    command.addAll(List.of("-batch", "-"));
    Programs.run(String.join("\n", batch) + "\n", command);
  }

  /** Ends everything that runs in the namespaces and removes them, and the folder. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // The virtual machine is ending: the hook does the work, and doing it twice does no harm.
    }
    removeAll();
  }

  private synchronized void removeAll() {
    if (!closed) {
      closed = true;
      removeNamespaces(namespaces.stream().map(Namespace::name).toList());
      removeDirectory(directory);
    }
  }

  private static void removeLeftovers() {
    removeNamespaces(leftovers(NAMESPACES).map(path -> path.getFileName().toString()).toList());
    leftovers(Path.of(System.getProperty("java.io.tmpdir"))).forEach(LabNetwork::removeDirectory);
  }

  private static Stream<Path> leftovers(Path parent) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(parent)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, PREFIX + "*")) {
        entries.forEach(found::add);
      } catch (IOException e) {
        throw new LabException("cannot look for leftovers in " + parent, e);
      }
    }
    return found.stream()
        .filter(
            path -> {
              Matcher owner = OWNED.matcher(path.getFileName().toString());
              return owner.matches() && ProcessHandle.of(Long.parseLong(owner.group(1))).isEmpty();
            });
  }

  private static void removeNamespaces(List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    String ip = Programs.ip().toString();
    for (String name : names) {
      // Another lab may remove the same leftover at the same time: failures are no matter.
      Programs.tryRun("", List.of(ip, "netns", "pids", name))
          .output()
          .lines()
          .filter(line -> line.matches("\\d+"))
          .map(pid -> ProcessHandle.of(Long.parseLong(pid)))
          .forEach(process -> process.ifPresent(ProcessHandle::destroyForcibly));
    }
    List<String> lines = names.stream().map(name -> "netns del " + name).toList();
    Programs.tryRun(String.join("\n", lines) + "\n", List.of(ip, "-force", "-batch", "-"));
  }

  /**
   * Again and again: somebody may put a file there while it is emptied, and not once it is gone.
   */
  private static void removeDirectory(Path directory) {
    for (int i = 0; i < ATTEMPTS_TO_REMOVE && Files.exists(directory); i++) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      } catch (IOException | UncheckedIOException e) {
        // A file of a process that is just ending, or another lab is taking the same folder away.
        // What stays is for the next lab.
      }
    }
  }
}
