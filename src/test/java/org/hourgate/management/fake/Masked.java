package org.hourgate.management.fake;

import java.util.ArrayList;
import java.util.List;

/** Lines of a daemon made fit for comparison with those of another. */
final class Masked {

  private Masked() {}

  /** Without what differs from one process, one machine and one second to the next. */
  static List<String> of(List<String> lines) {
    List<String> masked = new ArrayList<>();
    for (String line : lines) {
      masked.add(
          line.replaceFirst("pid=\\d+", "pid=N")
              .replaceAll("(bytesin|bytesout|bytes_sent|bytes_received|time_duration)=\\d+", "$1=N")
              .replaceAll("(trusted_port)=\\d+", "$1=N")
              .replaceFirst(",(dev|config)=.*", ",$1=NAME")
              .replaceFirst("session_id=.*", "session_id=ID")
              .replaceFirst("SESS_ID_AT_\\S{80}$", "TOKEN")
              .replaceFirst("^(>BYTECOUNT_CLI:\\d+),\\d+,\\d+$", "$1,N,N")
              .replaceFirst("^\\d{10},", "TIME,")
              .replaceAll("\\d{10}", "TIME")
              .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "DATE")
              .replaceAll("(10|192)(\\.\\d+){3}", "ADDRESS")
              .replaceAll("ADDRESS:\\d+", "ADDRESS:PORT")
              .replaceFirst("([,\t])\\d+([,\t])\\d+([,\t]DATE)", "$1N$2N$3")
              .replaceFirst("(queue length.)\\d+", "$1N")
              .replaceFirst("OpenVPN \\d\\S+ .*", "OpenVPN VERSION"));
    }
    return masked;
  }
}
