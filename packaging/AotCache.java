import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes {@code hourgate.aot}: what the virtual machine has to find out at each start (classes
 * loaded, checked and linked), found out once. The same jars give the same bytes.
 *
 * <p>{@code java AotCache.java FOLDER}, where FOLDER has runtime, hourgate.jar, lib, java.options.
 */
final class AotCache {

  /**
   * The archive remembers where the jar was. As long as the names behind the folder are the same,
   * the folder may be another one at run time: this one is the same for everybody who builds.
   */
  private static final String JAR = "/proc/self/cwd/hourgate.jar";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Whether these are loaded depends on which thread is first, or on a sample. */
  private static final Pattern BY_CHANCE =
      Pattern.compile(
          "java/util/concurrent/.*"
              + "|.*io/netty/bootstrap/AbstractBootstrap\\$Pending.*"
              + "|.*io/netty/util/ResourceLeakDetector\\$.*"
              + "|io/netty/util/collection/.*");

  /** What two of three loaded counts: whatever else is by chance is rare. */
  private static final int TRAININGS = 3;

  /** The archive's header has checksums of four bytes each that nobody reads: its own, and that of the region of objects. */
  private static final int HEADER = 4096;

  private static final int MOST_CHECKSUMS = 2;

  private static final int MOST_DUMPS = 8;

  private static final int MOST_TRIES = 5;

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]).toAbsolutePath();
    Path work = Files.createTempDirectory("hourgate-aot");
    try {
      Path classes = Files.write(work.resolve("classes"), usual(trainings(home, work)));
      Path archive = Files.write(home.resolve("hourgate.aot"), twice(home, work, classes));
      // One that was made wrong crashes where a class of it is used: a gate has to run with it.
      run(home, work, "-XX:AOTMode=on", "-XX:AOTCache=" + archive);
    } finally {
      try (Stream<Path> files = Files.walk(work)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static ProcessBuilder java(Path home, Path work, String... arguments) {
    // What is found out once depends on it here and there; the machine that builds is anybody's.
    List<String> line =
        new ArrayList<>(List.of("runtime/bin/java", "@java.options", "-XX:ActiveProcessorCount=4"));
    line.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("log").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("HOURGATE_") || name.contains("JAVA"));
    return builder;
  }

  private static List<List<String>> trainings(Path home, Path work) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> running = new ArrayList<>();
      for (int i = 0; i < TRAININGS; i++) {
        Path folder = Files.createDirectory(work.resolve("training" + i));
        Path list = folder.resolve("loaded");
        running.add(
            threads.submit(
                () -> {
                  run(home, folder, "-XX:DumpLoadedClassList=" + list);
                  return Files.readAllLines(list);
                }));
      }
      List<List<String>> loaded = new ArrayList<>();
      for (Future<List<String>> one : running) {
        loaded.add(one.get());
      }
      return loaded;
    }
  }

  /** Runs a gate; again where somebody was faster to listen at a port that was free. */
  private static void run(Path home, Path work, String... options) throws Exception {
    for (int left = MOST_TRIES; ; left--) {
      try {
        serve(home, work, options);
        return;
      } catch (IOException e) {
        if (left == 1 || !Files.readString(work.resolve("log")).contains("Address already in use")) {
          throw e;
        }
      }
    }
  }

  /** Runs a gate whose OpenVPN and chain are away, and visits its page. */
  private static void serve(Path home, Path work, String... options) throws Exception {
    int shop = freePort();
    int admin = freePort();
    Files.writeString(
        work.resolve("hourgate.yaml"),
        """
        gateway: { public-url: "http://127.0.0.1:%1$d", state-dir: state, key: "file:gateway.key" }
        openvpn: [{ name: udp, management: "unix:%3$s/none.sock" }]
        chain: { id: 1, rpc: "http://127.0.0.1:%4$d", contract: "0x5FbDB2315678afecb367f032d93F642f64180aa3" }
        shop: { listen: "127.0.0.1:%1$d", tls: off }
        admin: { listen: "127.0.0.1:%2$d", socket: admin.sock }
        """
            .formatted(shop, admin, work, freePort()));
    List<String> line = new ArrayList<>(List.of(options));
    line.addAll(
        List.of("-jar", JAR, "serve", "--config", work.resolve("hourgate.yaml").toString()));
    Process gate = java(home, work, line.toArray(String[]::new)).start();
    try (HttpClient browser = HttpClient.newHttpClient()) {
      visit(browser, gate, work, "http://127.0.0.1:" + admin + "/healthz");
      for (String path : List.of("/", "/api/gateway", "/api/offers")) {
        visit(browser, gate, work, "http://127.0.0.1:" + shop + path);
      }
      visit(browser, gate, work, "http://127.0.0.1:" + admin + "/metrics");
      Thread.sleep(2_000); // It tries its OpenVPN and its chain a second time.
    } finally {
      gate.destroy();
    }
    if (gate.waitFor() != 0) {
      throw new IOException(
          String.join(" ", line) + " failed:\n" + Files.readString(work.resolve("log")));
    }
  }

  private static void visit(HttpClient browser, Process gate, Path work, String address)
      throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (true) {
      try {
        browser.send(
            HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
        return;
      } catch (IOException e) {
        if (!gate.isAlive() || Instant.now().isAfter(end)) {
          throw new IOException(address + ":\n" + Files.readString(work.resolve("log")), e);
        }
        Thread.sleep(50);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Classes and lambdas that most runs load, in an order that does not depend on threads. */
  private static List<String> usual(List<List<String>> trainings) {
    TreeMap<String, Integer> runs = new TreeMap<>();
    for (List<String> loaded : trainings) {
      Set<String> lines = new HashSet<>();
      for (String line : loaded) {
        if (!line.startsWith("#") && !line.startsWith("@cp") && !BY_CHANCE.matcher(line).matches()) {
          lines.add(line.replaceFirst(" id: .*", ""));
        }
      }
      lines.forEach(line -> runs.merge(line, 1, Integer::sum));
    }
    runs.values().removeIf(count -> 2 * count < TRAININGS);
    return List.copyOf(runs.keySet());
  }

  private static Dump dump(Path home, Path work, Path classes, String name) throws Exception {
    Path archive = work.resolve(name);
    long began = now();
    Process dump =
        java(
                home,
                work,
                "-Xms512m", // A collection, which comes sooner or later, would move objects.
                "-Xmx512m",
                // As long as it may take: else the collection before the dump keeps those of the last half second.
                "-XX:SoftRefLRUPolicyMSPerMB=1000000",
                "-Xshare:dump",
                "-XX:+AOTClassLinking",
                "-XX:SharedClassListFile=" + classes,
                "-XX:SharedArchiveFile=" + archive,
                "-jar",
                JAR)
            .start();
    if (dump.waitFor() != 0) {
      throw new IOException("no archive:\n" + Files.readString(work.resolve("log")));
    }
    return new Dump(Files.readAllBytes(archive), began, now());
  }

  /** The clock that soft references go by: milliseconds since the machine's start. */
  private static long now() {
    return Duration.ofNanos(System.nanoTime()).toMillis();
  }

  private record Dump(byte[] archive, long began, long ended) {

    boolean isTime(long word) {
      return began <= word && word <= ended;
    }
  }

  /** An archive that came out twice: on a busy machine one is rarely laid out otherwise. */
  private static byte[] twice(Path home, Path work, Path classes) throws Exception {
    List<Dump> dumps = new ArrayList<>();
    for (int i = 0; i < MOST_DUMPS; i++) {
      Dump another = dump(home, work, classes, "archive" + i);
      for (Dump one : dumps) {
        Optional<byte[]> same = same(one, another);
        if (same.isPresent()) {
          return same.get();
        }
      }
      dumps.add(another);
    }
    throw new IOException("archives of the same classes differ in more than timestamps");
  }

  /**
   * Two archives of the same classes differ in checksums and in the time of last use that soft
   * references keep; both are made zero. Empty if anything else differs.
   */
  private static Optional<byte[]> same(Dump one, Dump other) {
    byte[] same = one.archive().clone();
    byte[] second = other.archive();
    if (same.length != second.length) {
      return Optional.empty();
    }
    ByteBuffer words = ByteBuffer.wrap(same).order(ByteOrder.nativeOrder());
    ByteBuffer others = ByteBuffer.wrap(second).order(ByteOrder.nativeOrder());
    int checksums = 0;
    int at = Arrays.mismatch(same, second);
    while (at >= 0) {
      if (at < HEADER) {
        at &= ~3;
        words.putInt(at, 0);
        at += Integer.BYTES;
        checksums++;
      } else {
        at &= ~7;
        if (!one.isTime(words.getLong(at)) || !other.isTime(others.getLong(at))) {
          return Optional.empty();
        }
        words.putLong(at, 0);
        at += Long.BYTES;
      }
      int next = Arrays.mismatch(same, at, same.length, second, at, second.length);
      at = next < 0 ? next : at + next;
    }
    return checksums <= MOST_CHECKSUMS ? Optional.of(same) : Optional.empty();
  }
}
