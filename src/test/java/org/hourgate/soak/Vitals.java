package org.hourgate.soak;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a gate's process holds at one moment, right after a full garbage collection. */
final class Vitals {

  static final String RESIDENT = "resident memory, MB";
  static final String HEAP = "heap after a collection, MB";
  static final String BUFFERS = "memory besides the heap for buffers, MB";
  static final String CODE = "classes and compiled code, MB";
  static final String DESCRIPTORS = "descriptors";
  static final String THREADS = "threads";

  private static final double MEGABYTE = 1 << 20;
  private static final double KIB = 1 << 10;

  // -                     Other (reserved=1234KB, committed=1234KB)
  private static final Pattern OTHER =
      Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");

  private final Path process;
  private final long pid;
  private final URI metrics;
  private final HttpClient http;

  Vitals(long pid, URI admin, HttpClient http) {
    this.pid = pid;
    this.http = http;
    process = Path.of("/proc", Long.toString(pid));
    metrics = admin.resolve("/metrics");
  }

  Map<String, Double> take() throws IOException, InterruptedException {
    var _ = jcmd("GC.run");
    List<String> page =
        http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
            .body()
            .lines()
            .toList();
    Map<String, Double> taken = new TreeMap<>();
    taken.put(HEAP, sum(page, "jvm_memory_used_bytes{area=\"heap\"") / MEGABYTE);
    taken.put(CODE, sum(page, "jvm_memory_used_bytes{area=\"nonheap\"") / MEGABYTE);
    taken.put(BUFFERS, buffers() * KIB / MEGABYTE);
    taken.put(RESIDENT, status("VmRSS:") * KIB / MEGABYTE);
    taken.put(THREADS, status("Threads:"));
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      taken.put(DESCRIPTORS, (double) open.count());
    }
    return taken;
  }

  /** What Netty allocates by itself is in no metric; the virtual machine counts it as "Other". */
  private double buffers() throws IOException, InterruptedException {
    Matcher other = OTHER.matcher(jcmd("VM.native_memory", "summary"));
    if (!other.find()) {
      throw new IOException("the gate must run with -XX:NativeMemoryTracking=summary");
    }
    return Double.parseDouble(other.group(1));
  }

  private String jcmd(String... order) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    command.add(Long.toString(pid));
    command.addAll(List.of(order));
    Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IOException(command + " said " + said);
    }
    return said;
  }

  private static double sum(List<String> page, String beginning) throws IOException {
    List<String> lines = page.stream().filter(line -> line.startsWith(beginning)).toList();
    if (lines.isEmpty()) {
      throw new IOException("the metrics have no " + beginning);
    }
    return lines.stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private double status(String key) throws IOException {
    return Files.readAllLines(process.resolve("status")).stream()
        .filter(line -> line.startsWith(key))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow(() -> new IOException("no " + key));
  }
}
