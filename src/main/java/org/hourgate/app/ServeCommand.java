package org.hourgate.app;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.infrastructure.systemd.ServiceManager;
import org.hourgate.infrastructure.time.ThreadSerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code hourgate serve}: runs until SIGTERM or SIGINT. */
@Command(
    name = "serve",
    description = {
      "Run the gate.",
      "Prints one line \"ready\" when every OpenVPN is attached and the chain is fit. Waits for"
          + " either as long as it takes; clients are told to come back meanwhile. SIGTERM ends it"
          + " and leaves live sessions alone. SIGHUP reads the configuration again, as 'hourgate"
          + " reload' does."
    })
final class ServeCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
  private static final Duration READINESS_CHECK = Duration.ofMillis(50);

  @Mixin private ConfigOption config;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    CompletableFuture<HourgateServer> started = new CompletableFuture<>();
    Hangup.on(() -> started.join().reload()); // One that comes too early waits for its time.
    TimeSource time = TimeSource.system();
    ServiceManager manager =
        ServiceManager.from(
            System.getenv(),
            ProcessHandle.current().pid(),
            new ThreadSerialExecutor(
                "service-manager", e -> LOG.error("systemd was not told how it is", e)),
            time);
    HourgateServer server =
        new HourgateServer(
            config::load, time, new Metrics(BuildInfo.version(), BuildInfo.commit()), manager);
    try {
      server.start();
    } catch (IOException e) {
      server.close();
      throw new CommandException(ExitCode.UNREACHABLE, String.valueOf(e.getMessage()));
    }
    started.complete(server);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(server, manager)));
    manager.watch(server.loops(), server::condition);
    awaitReady(server);
    manager.ready();
    spec.commandLine().getOut().println("ready");
    spec.commandLine().getOut().flush();
    Thread.currentThread().join(); // The shutdown hook ends the process.
    return ExitCode.OK;
  }

  /** A signal makes the virtual machine exit with 128 + n; an orderly end is a 0. */
  private static void end(HourgateServer server, ServiceManager manager) {
    manager.ending();
    LOG.info("ending; sessions go on");
    server.close();
    Logs.end();
    Runtime.getRuntime().halt(ExitCode.OK);
  }

  private static void awaitReady(HourgateServer server) throws InterruptedException {
    List<String> told = List.of();
    while (true) {
      List<String> reasons = server.reasonsNotReady();
      if (reasons.isEmpty()) {
        return;
      }
      if (!reasons.equals(told)) {
        LOG.info("not ready: {}", String.join("; ", reasons));
        told = reasons;
      }
      Thread.sleep(READINESS_CHECK);
    }
  }
}
