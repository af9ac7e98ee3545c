package org.hourgate.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.management.client.ManagementAddress;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine of its own in which a gate runs, with the options of {@code bin/hourgate}, so
 * that its garbage and its processor time are its own. The same one serves many fakes one after
 * another, each time with a fresh gate.
 */
final class GateProcess implements AutoCloseable {

  private static final String SERVING = "serving";

  private final Process process;
  private final PrintStream orders;
  private final BufferedReader answers;

  private GateProcess(Process process) {
    this.process = process;
    orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts the process; its log goes to the file.
   *
   * @param ledger {@code stub}, {@code bypass}, or {@code RPC CONTRACT}
   */
  static GateProcess start(Path log, Path key, String... ledger) throws IOException {
    return start(log, key, JavaOptions.SHIPPED, ledger);
  }

  /** The same with options of choice for its virtual machine. */
  static GateProcess start(Path log, Path key, List<String> options, String... ledger)
      throws IOException {
    List<String> command = new ArrayList<>(java(options.toArray(String[]::new)));
    command.add(GateProcess.class.getName());
    command.add(key.toString());
    command.addAll(List.of(ledger));
    return new GateProcess(
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  /** The beginning of a command that runs a class of ours. */
  static List<String> java(String... options) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    return command;
  }

  long pid() {
    return process.pid();
  }

  /** Makes a fresh gate and attaches it; returns when it serves. */
  AutoCloseable attach(ManagementAddress.Unix address, Path spentLogins) throws IOException {
    order(address.path() + " " + spentLogins, SERVING);
    return () -> order("", "left");
  }

  /** The same for an OpenVPN that asks by scripts. */
  AutoCloseable attach(ManagementAddress.Unix address, Path spentLogins, Path scriptFolder)
      throws IOException {
    order(address.path() + " " + spentLogins + " " + scriptFolder, SERVING);
    return () -> order("", "left");
  }

  private void order(String text, String expected) throws IOException {
    orders.println(text);
    String answer = answers.readLine();
    if (!expected.equals(answer)) {
      throw new IOException("the gate's process said " + answer);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }

  // ---------------------------------------------------------------- in the other process

  /** {@code GateProcess KEY stub}, {@code KEY bypass} or {@code KEY RPC CONTRACT}. */
  public static void main(String[] arguments) throws Exception {
    Path key = Path.of(arguments[0]);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    @Nullable AutoCloseable rig = null;
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      if (rig != null) {
        rig.close();
        rig = null;
        System.gc();
      }
      if (order.isEmpty()) {
        System.out.println("left");
      } else {
        String[] words = order.split(" ", -1);
        Optional<Path> folder =
            words.length > 2 ? Optional.of(Path.of(words[2])) : Optional.empty();
        Path spent = Path.of(words[1]);
        rig =
            switch (arguments[1]) {
              case "bypass" -> Bypass.on(Path.of(words[0]));
              case "stub" -> GateRig.onStub(key, words[0], spent, folder);
              default ->
                  GateRig.onChain(
                      key, words[0], spent, folder, URI.create(arguments[1]), arguments[2]);
            };
        System.out.println(SERVING);
      }
    }
    System.exit(0);
  }
}
