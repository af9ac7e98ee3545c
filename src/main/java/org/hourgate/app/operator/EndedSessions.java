package org.hourgate.app.operator;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.cli.Texts;
import org.hourgate.operator.AdminReply;
import org.hourgate.operator.AdminReply.BanLine;
import org.hourgate.operator.AdminReply.EndedLine;
import picocli.CommandLine;

/** Tells what became of a kill or a ban, and with what to end. */
final class EndedSessions {

  private final PrintWriter out;
  private final PrintWriter err;

  EndedSessions(CommandLine commandLine) {
    out = commandLine.getOut();
    err = commandLine.getErr();
  }

  /**
   * Prints.
   *
   * @param target whom the command named
   * @return the exit code
   */
  int report(AdminReply reply, String target) {
    BanLine ban = reply.ban();
    List<EndedLine> ended = RunningGate.required(reply.ended());
    if (ban != null) {
      out.println("Banned " + ban.wallet() + " " + end(ban) + ".");
    }
    if (ended.isEmpty() && ban == null) {
      err.println("hourgate: nobody is online as " + target);
      return ExitCode.NOTHING_TO_DO;
    }
    long confirmed = ended.stream().filter(session -> session.confirmedAt() != null).count();
    if (confirmed == ended.size()) {
      out.println(ended.isEmpty() ? "No session was online." : "Ended " + count(ended) + ".");
    }
    ended.stream().map(EndedSessions::line).forEach(out::println);
    if (confirmed < ended.size()) {
      err.printf("hourgate: cut %s, OpenVPN confirmed the end of %d%n", count(ended), confirmed);
      return ExitCode.REFUSED;
    }
    if (Boolean.FALSE.equals(reply.kept())) {
      err.println(
          "hourgate: the ban holds, but could not be written down: a restart now would forget it."
              + " See the log");
      return ExitCode.REFUSED;
    }
    return ExitCode.OK;
  }

  static String end(BanLine ban) {
    return ban.until() == null
        ? "until it is unbanned"
        : "until " + Texts.time(Instant.ofEpochSecond(ban.until()));
  }

  private static String count(List<EndedLine> ended) {
    return Texts.count(ended.size(), "session");
  }

  private static String line(EndedLine session) {
    String end =
        session.confirmedAt() == null
            ? "cut, its end is not confirmed"
            : "ended at " + Texts.time(Instant.ofEpochSecond(session.confirmedAt()));
    return "  " + session.instance() + "/" + session.cid() + "  " + session.wallet() + "  " + end;
  }
}
