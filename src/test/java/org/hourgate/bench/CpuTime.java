package org.hourgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The processor time of a process's threads so far, by thread name, in microseconds: the first
 * number of {@code /proc/PID/task/TID/schedstat}, which is {@code utime + stime} in nanoseconds
 * instead of hundredths. Other work on the machine makes a rate smaller, but this hardly larger.
 */
record CpuTime(Map<String, Double> byThread) {

  static CpuTime of(long pid) {
    Map<String, Double> micros = new HashMap<>();
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads) {
        try {
          double nanos =
              Double.parseDouble(Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
          String name =
              Files.readString(thread.resolve("comm"), StandardCharsets.ISO_8859_1).strip();
          micros.merge(name, nanos / 1e3, Double::sum);
        } catch (NoSuchFileException e) {
          // The thread has ended meanwhile.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CpuTime(micros);
  }

  /** Of the children that have ended and were waited for: utime and stime, in hundredths. */
  static double ofChildren(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * 1e4;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The memory of a process that is in the machine's, in MiB ({@code VmRSS}). */
  static long residentMib(long pid) {
    return statusMib(pid, "VmRSS:");
  }

  /** The part of it that is pages of files as they are on disk, which Linux can drop. */
  static long residentOfFilesMib(long pid) {
    return statusMib(pid, "RssFile:");
  }

  private static long statusMib(long pid, String key) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same in MiB, but of what several processes share a share ({@code Pss}). */
  static double proportionalMib(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup")).stream()
              .filter(line -> line.startsWith("Pss:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow()
          / 1024.0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What new processes may have of the machine's memory without swapping. */
  static long availableMib() throws IOException {
    return Files.readAllLines(Path.of("/proc/meminfo")).stream()
        .filter(line -> line.startsWith("MemAvailable:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  CpuTime since(CpuTime before) {
    Map<String, Double> difference = new HashMap<>();
    byThread.forEach(
        (name, micros) -> difference.put(name, micros - before.byThread.getOrDefault(name, 0.0)));
    return new CpuTime(difference);
  }

  double total() {
    return byThread.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** The threads that took most, numbers in their names left out, in seconds. */
  String most(int count) {
    Map<String, Double> byKind = new HashMap<>();
    byThread.forEach(
        (name, micros) -> byKind.merge(name.replaceAll("\\d+$", ""), micros, Double::sum));
    return byKind.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(count)
        .map(entry -> "%s %.1f s".formatted(entry.getKey(), entry.getValue() / 1e6))
        .collect(Collectors.joining(", "));
  }

  /** The time of all threads whose names begin so. */
  double of(String prefix) {
    return byThread.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }
}
