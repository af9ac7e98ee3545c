package org.hourgate.session;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.management.Reply;

/** The version of an OpenVPN process, as its {@code version} command tells. */
public record DaemonVersion(int major, int minor, int patch) implements Comparable<DaemonVersion> {

  /** Before it a client could put off {@code client-kill} for ever (CVE-2024-28882). */
  public static final DaemonVersion FLOOR = new DaemonVersion(2, 6, 11);

  private static final Pattern LINE =
      Pattern.compile("OpenVPN Version: OpenVPN (\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?\\b.*");

  /** Reads the reply to {@code version}. */
  public static Optional<DaemonVersion> of(Reply reply) {
    if (reply instanceof Reply.Lines lines) {
      for (String line : lines.lines()) {
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches()) {
          String patch = matcher.group(3);
          return Optional.of(
              new DaemonVersion(
                  Integer.parseInt(matcher.group(1)),
                  Integer.parseInt(matcher.group(2)),
                  patch == null ? 0 : Integer.parseInt(patch)));
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public int compareTo(DaemonVersion other) {
    return Comparator.comparingInt(DaemonVersion::major)
        .thenComparingInt(DaemonVersion::minor)
        .thenComparingInt(DaemonVersion::patch)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
