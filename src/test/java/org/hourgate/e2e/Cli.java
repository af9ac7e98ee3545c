package org.hourgate.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The program as a shell starts it: standard output, standard error and exit code, each for itself.
 */
final class Cli implements AutoCloseable {

  private final String command;
  private final Process process;
  private final Path out;
  private final Path err;

  private Cli(String command, Process process, Path out, Path err) {
    this.command = command;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** What a command that has ended leaves. */
  record Result(int exitCode, String out, String err) {}

  static Cli start(String... arguments) throws IOException {
    return start(Map.of(), arguments);
  }

  static Cli start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> line = line(arguments);
    Path out = Files.createTempFile("hourgate-out", "");
    Path err = Files.createTempFile("hourgate-err", "");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new Cli("hourgate " + String.join(" ", arguments), builder.start(), out, err);
  }

  /** What a shell would be told. */
  static List<String> line(String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal=INT,HUP", // Which nohup, or a shell's &, has ignored.
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC", // As bin/hourgate.
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dstdout.encoding=UTF-8",
                "-Dstderr.encoding=UTF-8",
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                "org.hourgate.app.Main"));
    line.addAll(List.of(arguments));
    return line;
  }

  /** Starts a command and waits for its end. */
  static Result run(String... arguments) throws IOException, InterruptedException {
    try (Cli cli = start(arguments)) {
      return cli.awaitEnd();
    }
  }

  String out() throws IOException {
    return soFar(out);
  }

  String err() throws IOException {
    return soFar(err);
  }

  /** What is in a file that somebody still writes, and that may end within a character. */
  static String soFar(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  long pid() {
    return process.pid();
  }

  Result awaitEnd() throws IOException, InterruptedException {
    return awaitEnd(Lab.LONG);
  }

  Result awaitEnd(Duration timeout) throws IOException, InterruptedException {
    if (!process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS)) {
      signal("QUIT"); // The virtual machine prints what its threads do.
      process.waitFor(1, TimeUnit.SECONDS);
      throw new AssertionError(command + " did not end; it said:\n" + out() + err());
    }
    return new Result(process.exitValue(), out(), err());
  }

  /** Ends it, if it has not ended, and waits until its ports and files are free again. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    Files.delete(out);
    Files.delete(err);
  }
}
