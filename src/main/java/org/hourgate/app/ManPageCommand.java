package org.hourgate.app;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Spec;

/**
 * {@code hourgate generate-man-page}: the manual of all commands for man(1), from the same texts as
 * {@code --help}. picocli's own generator writes AsciiDoc, for a converter that is larger than all
 * of Hourgate.
 */
@Command(
    name = "generate-man-page",
    hidden = true,
    description = "Print the manual page hourgate(1).")
final class ManPageCommand implements Runnable {

  private static final String BEGINNING =
      """
      .TH HOURGATE 1 "" "hourgate VERSION" "Hourgate"
      .SH NAME
      hourgate \\- sells hours of an OpenVPN server
      .SH SYNOPSIS
      .B hourgate
      .I COMMAND
      .RI [ OPTIONS ]
      .SH DESCRIPTION
      Runs beside an OpenVPN server: customers buy time from an Ethereum contract and connect with a stock OpenVPN client,
      wallet address as user name, a signature of that wallet as password. The service is
      .BR "hourgate serve" ;
      the other commands are for its operators, for the seller, and for customers without a browser.
      .SH COMMANDS
      """;
  private static final String END =
      """
      .SH EXIT STATUS
      .TP
      .B 0
      Done.
      .TP
      .B 1
      Nothing to do, as with a kill of nobody.
      .TP
      .B 2
      Wrong usage.
      .TP
      .B 3
      The configuration is wrong, or OpenVPN's settings are unsafe.
      .TP
      .B 4
      OpenVPN, the gate or the chain can't be reached.
      .TP
      .B 5
      Refused, or not confirmed.
      .SH ENVIRONMENT
      .TP
      .B HOURGATE_SECTION_KEY
      Goes before the configuration file: HOURGATE_CHAIN_RPC is chain.rpc.
      .TP
      .B JAVA_OPTS
      More options for the virtual machine.
      .TP
      .B NOTIFY_SOCKET, WATCHDOG_USEC
      Set by systemd: the service tells when it is ready, how it is, and that it works.
      .SH FILES
      .TP
      .I /etc/hourgate/hourgate.yaml
      The configuration.
      .TP
      .I /var/lib/hourgate
      Bans, spent logins, revoked devices, the books of served time.
      .TP
      .I /run/hourgate
      Sockets for operators.
      .SH SIGNALS
      .TP
      .B SIGTERM, SIGINT
      End the service within two seconds; sessions go on.
      .TP
      .B SIGHUP
      Reads the configuration again.
      .SH SEE ALSO
      .BR openvpn (8),
      .BR systemctl (1);
      .I /usr/share/doc/hourgate
      """;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().getOut().print(page(spec.root()));
    spec.commandLine().getOut().flush();
  }

  static String page(CommandSpec root) {
    return BEGINNING.replace("VERSION", text(BuildInfo.version()))
        + subcommands(root).map(ManPageCommand::section).collect(Collectors.joining())
        + END;
  }

  /** A command that only groups others has no section of its own. */
  private static Stream<CommandSpec> subcommands(CommandSpec command) {
    return command.subcommands().values().stream()
        .distinct()
        .map(CommandLine::getCommandSpec)
        .filter(sub -> !sub.usageMessage().hidden())
        .flatMap(sub -> Stream.concat(Stream.of(sub), subcommands(sub)));
  }

  private static String section(CommandSpec command) {
    Help help = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF));
    StringBuilder roff =
        new StringBuilder(".SS \"%s\"\n".formatted(text(command.qualifiedName(" "))));
    roff.append(".nf\n").append(text(help.synopsis(0).strip())).append("\n.fi\n.PP\n");
    paragraph(roff, command.usageMessage().description());
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      if (!parameter.hidden()) {
        entry(roff, "\\fI%s\\fR".formatted(text(parameter.paramLabel())), parameter);
      }
    }
    for (OptionSpec option : command.options()) {
      if (!option.hidden() && !option.inherited() && !option.usageHelp() && !option.versionHelp()) {
        String names =
            Arrays.stream(option.names())
                .map(name -> "\\fB%s\\fR".formatted(text(name)))
                .collect(Collectors.joining(", "));
        String value =
            option.arity().max() == 0 ? "" : "=\\fI%s\\fR".formatted(text(option.paramLabel()));
        entry(roff, names + value, option);
      }
    }
    paragraph(roff, command.usageMessage().footer());
    return roff.toString();
  }

  private static void entry(StringBuilder roff, String name, ArgSpec argument) {
    roff.append(".TP\n").append(name).append('\n');
    for (String line : argument.description()) {
      roff.append(text(plain(line.formatted()))).append('\n');
    }
  }

  private static void paragraph(StringBuilder roff, String[] lines) {
    for (String line : lines) {
      roff.append(text(plain(line.formatted()))).append("\n.PP\n");
    }
  }

  /** Without picocli's own markup. */
  private static String plain(String line) {
    return Help.Ansi.OFF.string(line);
  }

  /** Keeps characters from being taken for roff's: see groff_char(7). */
  private static String text(String plain) {
    return plain
        .replace("\\", "\\(rs")
        .replace("-", "\\-")
        .replace("'", "\\(aq")
        .replace("`", "\\(ga")
        .replace("^", "\\(ha")
        .replace("~", "\\(ti")
        .replaceAll("(?m)^\\.", "\\\\&.");
  }
}
