package org.hourgate.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.HourgateContract;

/**
 * How soon a gate is there and how much memory it keeps: {@code bin/hourgate serve} from the jar as
 * it is installed, with and without a cache of loaded and linked classes that a former run left
 * (JEP 483, 515).
 */
final class FootprintBench {

  private static final int SESSIONS = 10_000;

  /** At its end, the first time. */
  private static final Duration TIME_TO_WRITE_CACHE = Duration.ofMinutes(2);

  private static final Duration SETTLING = Duration.ofSeconds(8);

  private final Report report;
  private final Path folder;
  private final Duration time;
  private int runs;

  FootprintBench(Report report, Path folder, Duration time) {
    this.report = report;
    this.folder = folder;
    this.time = time;
  }

  private record Start(double ready, double firstVerdict, double cpu) {}

  void run() throws IOException {
    Path installed = install(Files.createDirectory(folder.resolve("installed")));
    Path cache = folder.resolve("hourgate.aot");
    try (Anvil anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
        HourgateContract contract =
            HourgateContract.deploy(
                anvil.rpc(), Anvil.CHAIN_ID, Anvil.key(0), Anvil.key(0).address())) {
      report.heading(
          "start", "seconds to ready", "seconds to the first verdict", "CPU seconds to ready");
      start(installed, anvil, contract, "-XX:AOTCacheOutput=" + cache); // Leaves the cache.
      List<Start> without = new ArrayList<>();
      List<Start> with = new ArrayList<>();
      Rounds rounds = new Rounds(time.dividedBy(2));
      while (rounds.more()) {
        without.add(start(installed, anvil, contract, ""));
        with.add(start(installed, anvil, contract, "-XX:AOTCache=" + cache));
      }
      row("from the jar", without);
      row("with a cache of %d MiB".formatted(Files.size(cache) >> 20), with);
      report.heading(
          "resident memory, MiB",
          "started",
          Figures.number(SESSIONS, 0) + " sessions",
          "of these, files",
          "in use of the heap");
      memory("from the jar", installed, anvil, contract, "");
      memory("with the cache", installed, anvil, contract, "-XX:AOTCache=" + cache);
    }
  }

  /** What the package installs, elsewhere. */
  private static Path install(Path target) throws IOException {
    Path built = Path.of("target");
    for (String file : List.of("hourgate", "java.options")) {
      copy(Path.of("bin", file), target.resolve("bin").resolve(file));
    }
    copy(Path.of("scripts", "jdk.sh"), target.resolve("scripts/jdk.sh"));
    copy(built.resolve("hourgate.jar"), target.resolve("hourgate.jar"));
    try (Stream<Path> libraries = Files.list(built.resolve("lib"))) {
      for (Path library : libraries.toList()) {
        copy(library, target.resolve("lib").resolve(library.getFileName()));
      }
    }
    return target.resolve("bin/hourgate");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static List<String> command(Path program, ServiceProcess service) {
    return List.of(program.toString(), "serve", "--config", service.configuration().toString());
  }

  private ServiceProcess describe(FakeCrowd crowd, Anvil anvil, HourgateContract contract)
      throws IOException {
    Path here = Files.createDirectory(folder.resolve("footprint-" + ++runs));
    return ServiceProcess.in(here, crowd.sockets(), anvil.rpc(), contract.address());
  }

  private Start start(Path program, Anvil anvil, HourgateContract contract, String option)
      throws IOException {
    try (FakeCrowd crowd = FakeCrowd.of(1);
        ServiceProcess service = describe(crowd, anvil, contract)) {
      List<Customer> customers = customers(service, 1);
      PaidTime.give(anvil, contract, Customer.wallets(customers), later());
      long begun = System.nanoTime();
      service.start(command(program, service), Map.of("JAVA_OPTS", option));
      double ready = (System.nanoTime() - begun) / 1e9;
      double cpu = CpuTime.of(service.process().pid()).total() / 1e6;
      crowd.connect(customers);
      double firstVerdict = (System.nanoTime() - begun) / 1e9;
      report.progress(
          "%s: ready in %s s"
              .formatted(option.isEmpty() ? "jar" : option, Figures.number(ready, 2)));
      service.process().signal("TERM");
      service.process().awaitExit(TIME_TO_WRITE_CACHE);
      return new Start(ready, firstVerdict, cpu);
    }
  }

  private void memory(
      String name, Path program, Anvil anvil, HourgateContract contract, String option)
      throws IOException {
    try (FakeCrowd crowd = FakeCrowd.of(4);
        ServiceProcess service = describe(crowd, anvil, contract)) {
      List<Customer> customers = customers(service, SESSIONS);
      PaidTime.give(anvil, contract, Customer.wallets(customers), later());
      service.start(command(program, service), Map.of("JAVA_OPTS", option));
      LockSupport.parkNanos(SETTLING.toNanos());
      long empty = CpuTime.residentMib(service.process().pid());
      crowd.connect(customers);
      LockSupport.parkNanos(SETTLING.toNanos());
      long full = CpuTime.residentMib(service.process().pid());
      long files = CpuTime.residentOfFilesMib(service.process().pid());
      report.row(
          List.of(
              name,
              Long.toString(empty),
              Long.toString(full),
              Long.toString(files),
              heap(service)));
    }
  }

  /** From the metrics. */
  private static String heap(ServiceProcess service) throws IOException {
    try (InputStream page = service.admin().resolve("/metrics").toURL().openStream()) {
      double bytes =
          new String(page.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.startsWith("jvm_memory_used_bytes") && line.contains("\"heap\""))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
              .sum();
      return Figures.number(bytes / (1 << 20), 0);
    }
  }

  private static Instant later() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofHours(1));
  }

  private static List<Customer> customers(ServiceProcess service, int count) {
    return Customer.range(service.authority(), 0, count, Instant.now().minusSeconds(1));
  }

  private void row(String name, List<Start> starts) {
    report.row(
        List.of(
            name,
            Figures.of(starts.stream().map(Start::ready).toList()).spread(2),
            Figures.of(starts.stream().map(Start::firstVerdict).toList()).spread(2),
            Figures.of(starts.stream().map(Start::cpu).toList()).spread(2)));
  }
}
