package org.hourgate.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.Reply;
import org.hourgate.testing.Capture;

/**
 * Whatever the rows of a reply hold, of which clients choose parts: it is read, and a session is
 * learned only from a row that says so in all its columns.
 */
public final class ReplyFuzz implements FuzzTarget {

  @Override
  public void run(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    List<String> lines = text.lines().toList();
    Reply reply = new Reply.Lines(lines);
    StatusTable table = StatusTable.of(reply);
    LogCache log = LogCache.of(reply);
    for (StatusTable.Row row : table.rows()) {
      String cid = "\t" + row.client() + "\t";
      boolean said =
          lines.stream()
              .anyMatch(
                  line ->
                      line.startsWith("CLIENT_LIST\t" + row.commonName() + "\t")
                          && number(line, 10) == row.client().value());
      if (!said) {
        throw new IllegalStateException("nobody said" + cid);
      }
      if (log.awaitsVerdict(row) && !text.contains("deferred for username")) {
        throw new IllegalStateException("nobody waits");
      }
      log.lastKeys(row)
          .ifPresent(
              keys -> {
                if (keys.first().value() > keys.last().value() || !text.contains("client-auth")) {
                  throw new IllegalStateException("nobody wrote a verdict");
                }
              });
    }
    DaemonVersion.of(reply)
        .ifPresent(
            version -> {
              if (version.major() < 0 || version.toString().isEmpty()) {
                throw new IllegalStateException("no version");
              }
            });
    ClientLogin login =
        ClientLogin.of(
            new ClientEnvironment(
                Map.of("username", text, "IV_PROTO", text, "IV_GUI_VER", text), false),
            true);
    if (!login.program().matches("[A-Za-z0-9._ -]{0,64}")) {
      throw new IllegalStateException("shown to people as it came: " + login.program());
    }
  }

  private static long number(String line, int column) {
    String[] columns = line.split("\t", -1);
    try {
      return columns.length > column ? Long.parseLong(columns[column]) : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  @Override
  public List<String> words() {
    return List.of(
        "CLIENT_LIST\t",
        "HEADER\t",
        "END",
        "\t",
        "\t0\t",
        "\t10.8.0.2\t",
        "\tfd00::2\t",
        "UNDEF",
        "OpenVPN Version: OpenVPN ",
        "Management Version: 5",
        ",D,MANAGEMENT: CMD 'client-auth 0 1'",
        ",D,MANAGEMENT: CMD 'client-deny 0 1'",
        " deferred for username 'a' ",
        ",I,SIGUSR1[soft,",
        " process restarting");
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (Capture capture : Capture.all()) {
      StringBuilder lines = new StringBuilder();
      capture.connections().stream()
          .flatMap(List::stream)
          .filter(line -> line.direction() == Capture.Direction.FROM_OPENVPN)
          .map(Capture.Line::raw)
          .filter(line -> !line.startsWith(">"))
          .forEach(lines::append);
      if (!lines.isEmpty()) {
        seeds.add(
            lines
                .substring(0, Math.min(3_000, lines.length()))
                .getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    seeds.add(
        "1,I,a/b TLS: Username/Password authentication deferred for username 'a' [CN SET]"
            .getBytes(StandardCharsets.ISO_8859_1));
    seeds.add(
        """
        9,D,MANAGEMENT: CMD 'client-auth-nt 0 1'
        9,I,SIGUSR1[soft,x] received, process restarting
        CLIENT_LIST\ta\tb\t10.8.0.2\t\t1\t2\tx\t3\ta\t0\t0\tAES
        """
            .getBytes(StandardCharsets.ISO_8859_1));
    return seeds;
  }
}
