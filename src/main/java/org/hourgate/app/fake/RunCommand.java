package org.hourgate.app.fake;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.management.fake.FakeOpenVpnBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hourgate-fake-openvpn run}. */
@Command(
    name = "run",
    description = {
      "Be an OpenVPN server, told what to do by a script.",
      "",
      "The script is read from --script or from standard input, a line at a time; words are quoted"
          + " as OpenVPN's own. 'help' lists what can be said. Each command of the controller is"
          + " printed behind '<'. The program ends with the script, or at 'quit'.",
      "",
      "Exit code 0: the script was carried out. 1: what it waited for did not come. 2: a line"
          + " can't be carried out.",
    })
final class RunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private SocketOption socket;

  @Option(names = "--script", paramLabel = "FILE", description = "Read the script from here.")
  private @Nullable Path script;

  @Option(names = "--hold", description = "Begin in hold, as with management-hold.")
  private boolean hold;

  @Option(
      names = "--virtual-time",
      description = "Let time pass only where the script says 'advance'.")
  private boolean virtualTime;

  @Option(names = "--duplicate-cn", description = "Let several clients have one name.")
  private boolean duplicateCommonNames;

  @Option(
      names = "--external-tokens",
      description = "Give clients tokens, as with auth-gen-token … external-auth.")
  private boolean externalTokens;

  @Option(
      names = "--reneg-sec",
      paramLabel = "DURATION",
      description = "Let every session renegotiate that often.")
  private @Nullable Duration renegotiate;

  @Option(
      names = "--hand-window",
      paramLabel = "DURATION",
      defaultValue = "60s",
      description = "How long a client waits for its answer (default ${DEFAULT-VALUE}).")
  private Duration handWindow;

  @Option(
      names = "--patience",
      paramLabel = "DURATION",
      defaultValue = "60s",
      description =
          "How long the script waits for the controller at a time (default ${DEFAULT-VALUE}).")
  private Duration patience;

  @Override
  public Integer call() throws IOException {
    FakeOpenVpnBuilder builder =
        FakeOpenVpn.builder().listen(socket.address).handWindow(handWindow);
    socket.password().ifPresent(builder::password);
    if (hold) {
      builder.hold();
    }
    if (virtualTime) {
      builder.virtualTime();
    }
    if (duplicateCommonNames) {
      builder.duplicateCommonNames();
    }
    if (externalTokens) {
      builder.externalTokens();
    }
    if (renegotiate != null) {
      builder.renegotiateEvery(renegotiate);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (BufferedReader lines = lines();
        FakeOpenVpn openVpn = builder.start()) {
      socket.removeAtExit();
      out.println("listening at " + openVpn.address());
      out.flush();
      new ScriptRunner(openVpn, out, patience).run(lines);
    }
    return ExitCode.OK;
  }

  private BufferedReader lines() throws IOException {
    return script == null
        ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
        : Files.newBufferedReader(script);
  }
}
