package org.hourgate.credential;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hourgate.credential.SpentLogins.Login;
import org.hourgate.infrastructure.files.CheckedLines;

/**
 * The content of the file of spent logins. Its first line tells from which time of issue on it is
 * complete; each other line is one login: expiry, wallet, nonce. Every line ends with its checksum.
 */
record SpentLoginRecords(Instant refuseIssuedBefore, Map<Login, Instant> spent) {
  private static final String MAGIC = "hourgate-spent-logins-1";

  SpentLoginRecords {
    spent = Map.copyOf(spent);
  }

  static SpentLoginRecords none(Instant refuseIssuedBefore) {
    return new SpentLoginRecords(refuseIssuedBefore, Map.of());
  }

  SpentLoginRecords without(Instant now) {
    Map<Login, Instant> alive = new HashMap<>(spent);
    alive.values().removeIf(expires -> !now.isBefore(expires));
    return new SpentLoginRecords(refuseIssuedBefore, alive);
  }

  SpentLoginRecords refusingBefore(Instant time) {
    return new SpentLoginRecords(time, spent);
  }

  String format() {
    StringBuilder content = new StringBuilder();
    content.append(CheckedLines.line(MAGIC + " " + refuseIssuedBefore.getEpochSecond()));
    spent.forEach((login, expires) -> content.append(formatLine(login, expires)));
    return content.toString();
  }

  static String formatLine(Login login, Instant expires) {
    return CheckedLines.line(
        expires.getEpochSecond() + " " + login.wallet().hex() + " " + login.nonce().hex());
  }

  /** Throws at the slightest doubt, a last line cut short included: that was a login too. */
  static SpentLoginRecords parse(String content) throws IOException {
    List<String> lines = CheckedLines.split(content);
    String[] head = CheckedLines.fields(lines.getFirst(), 2);
    if (!head[0].equals(MAGIC)) {
      throw new IOException("the first line is unknown");
    }
    Map<Login, Instant> spent = new HashMap<>();
    try {
      for (String line : lines.subList(1, lines.size())) {
        String[] fields = CheckedLines.fields(line, 3);
        spent.put(
            new Login(new WalletAddress(fields[1]), new Nonce(fields[2])),
            Instant.ofEpochSecond(Long.parseLong(fields[0])));
      }
      return new SpentLoginRecords(Instant.ofEpochSecond(Long.parseLong(head[1])), spent);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException("a line is damaged", e);
    }
  }
}
