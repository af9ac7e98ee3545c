package org.hourgate.app.demo;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.lab.LabException;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.infrastructure.time.TimeSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hourgate demo}. Needs root, for namespaces and tunnel devices. */
@Command(
    name = "demo",
    description = {
      "Play the main job from start to end on this machine: a chain, a contract, an OpenVPN server,"
          + " customers who buy, connect, extend and are cut.",
      "Everything lives in network namespaces and a temporary folder of its own and is gone at the"
          + " end. Needs root. Takes about a minute."
    })
public final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--keep",
      description = "Leave everything running until Ctrl-C, and say what to type.")
  private boolean keep;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Narrator narrator = new Narrator(out, TimeSource.system());
    narrator.add("Hourgate: hours of an OpenVPN server, paid on a contract. All on this machine.");
    narrator.say("starting a chain, a contract, an OpenVPN server and a gate ...");
    try (LabGateway gateway = LabGateway.create()) {
      gateway.startGate();
      narrator.say(
          "chain %s, contract %s",
          gateway.anvil().rpc(), gateway.contract().address().checksummed());
      narrator.say(
          "OpenVPN pid %d in namespace %s, gate ready",
          gateway.server().pid(), gateway.network().server().name());
      if (keep) {
        narrator.add(Playground.prepare(gateway, Watch.start(gateway)));
        new CountDownLatch(1).await(); // Until Ctrl-C; the lab cleans up as the process ends.
      }
      new DemoStory(gateway, narrator).tell();
      narrator.chapter("Done");
    } catch (LabException e) {
      spec.commandLine().getErr().println("demo: " + e.getMessage());
      return ExitCode.UNREACHABLE;
    }
    narrator.say("everything that was started is gone again");
    return ExitCode.OK;
  }
}
