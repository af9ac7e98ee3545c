package org.hourgate.app.install;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hourgate init}: from nothing, or from an OpenVPN server, to a gateway. */
@Command(
    name = "init",
    description = {
      "Set up a gateway: configuration, keys, certificates, OpenVPN's server.conf, customers'"
          + " profile, firewall, systemd.",
      "Asks for what is not given; with --yes it asks nothing. Overwrites nothing, and says what to"
          + " type next. --existing fits Hourgate beside an OpenVPN server that is there; --undo"
          + " takes everything back. More: docs/deploy.md."
    })
public final class InitCommand implements Callable<Integer> {

  private static final String INSTANCE = "gate";

  @Spec private CommandSpec spec;

  @Mixin private AnswerOptions answers;

  @Mixin private ServerOptions server;

  @Option(
      names = "--existing",
      paramLabel = "FILE",
      description =
          "Use the OpenVPN server with this configuration: keeps its certificates, shows the lines"
              + " to add, and adds them if you say yes.")
  private @Nullable Path existing;

  @Option(names = "--undo", description = "Take back what a former init did.")
  private boolean undo;

  @Option(
      names = "--upgrade",
      description =
          "Put the program of this checkout in place of the one that a former init has installed.")
  private boolean upgrade;

  @Option(
      names = {"-y", "--yes"},
      description = "Ask nothing.")
  private boolean yes;

  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  private boolean dryRun;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = "Put all of it below this folder, to try it; nothing of this machine changes.")
  private Path root;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (dryRun && (undo || upgrade)) {
      throw new ParameterException(
          spec.commandLine(), (undo ? "--undo" : "--upgrade") + " has no --dry-run");
    }
    try {
      root = root.toAbsolutePath().normalize();
      if (undo) {
        return undo(out);
      }
      return upgrade ? upgrade(out) : install(out);
    } catch (IOException | UncheckedIOException e) {
      throw failed(e);
    }
  }

  private CommandException failed(Exception e) {
    return new CommandException(
        ExitCode.CONFIGURATION,
        "%s: %s; %s"
            .formatted(
                e.getClass().getSimpleName(),
                e.getMessage(),
                undo || upgrade
                    ? "run it as root, and once more when that is mended"
                    : "run it as root, and `hourgate init --undo` takes back what was done"));
  }

  private int undo(PrintWriter out) throws IOException {
    Layout layout = new Layout(root, INSTANCE);
    Journal journal = new Journal(layout.journal());
    if (!yes && !confirm("Take back what hourgate init did? Keys and certificates go with it.")) {
      out.println("Nothing was changed.");
      return ExitCode.NOTHING_TO_DO;
    }
    journal.requireThere();
    // What can fail comes first: as long as program and journal are there it can be done again.
    SetupScript.run(layout, List.of("--undo"), line -> out.println("  " + line));
    List<Path> left = journal.undo(file -> ExistingServer.restore(file, out));
    Program.withoutParts(layout, journal.written())
        .forEach(path -> out.println("  removed " + path));
    left.forEach(path -> out.println("  left alone, it was changed since: " + path));
    layout.removeEmptyFolder();
    out.println(
        "What you have switched on yourself is left: systemctl disable --now %sopenvpn-server@%s"
            .formatted(layout.hasPackage() ? "hourgate " : "", INSTANCE));
    return ExitCode.OK;
  }

  /** Keys and answers stay; the walls are brought up to date, too. */
  private int upgrade(PrintWriter out) throws IOException {
    Layout layout = new Layout(root, INSTANCE);
    Program program =
        Program.here()
            .filter(here -> !here.isOf(layout) && !layout.hasPackage())
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.USAGE,
                        "--upgrade is for bin/hourgate of a newer checkout; a package is upgraded"
                            + " by apt"));
    Journal journal = new Journal(layout.journal());
    journal.resume();
    program.install(layout, journal);
    SetupScript.run(layout, List.of("--program", Program.START), line -> out.println("  " + line));
    out.println("Upgraded " + Program.start(layout) + ". Now: systemctl restart hourgate");
    return ExitCode.OK;
  }

  private int install(PrintWriter out) throws IOException {
    Optional<Questions> questions = yes ? Optional.empty() : Questions.here();
    Layout layout = new Layout(root, INSTANCE);
    Answers answered = answers.read(questions);
    Setup setup =
        existing == null
            ? server.server(layout, answered, questions)
            : new ExistingServer(existing.toAbsolutePath().normalize(), root, answered);
    Journal journal = new Journal(layout.journal());
    journal.requireNone(setup.files());
    setup.validate();
    setup.describe(out);
    if (dryRun) {
      out.println("Nothing was changed.");
      return ExitCode.OK;
    }
    if (!yes && !confirm("Do it?")) {
      out.println("Nothing was changed.");
      return ExitCode.NOTHING_TO_DO;
    }
    out.println("Done:");
    setup.write(journal, out);
    out.println();
    out.println(setup.nextSteps());
    return ExitCode.OK;
  }

  private boolean confirm(String question) {
    Questions questions =
        Questions.here()
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.USAGE,
                        "there is no terminal to ask on, so nothing was changed: add --yes, or"
                            + " --dry-run to look only"));
    return questions.confirm(question);
  }
}
