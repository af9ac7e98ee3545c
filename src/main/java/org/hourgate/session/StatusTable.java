package org.hourgate.session;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.management.ClientId;
import org.hourgate.management.Reply;

/**
 * The {@code CLIENT_LIST} rows of {@code status 3} (OpenVPN {@code multi.c multi_print_status}).
 * Rows of another shape are left out: nothing is concluded from what can't be read.
 */
public record StatusTable(List<Row> rows) {

  private static final int COLUMNS = 13;

  public StatusTable {
    rows = List.copyOf(rows);
  }

  /**
   * One client instance.
   *
   * @param username the name the client claims, {@code UNDEF} if none; the common name is equal to
   *     it with {@code username-as-common-name}
   * @param tunnelAddress empty while the client was not admitted
   * @param tunnelAddress6 its IPv6 address, where {@code tunnelAddress} is another; else empty
   * @param connectedSince when the instance was created, whole seconds
   */
  public record Row(
      ClientId client,
      String commonName,
      String username,
      String realAddress,
      String tunnelAddress,
      String tunnelAddress6,
      long bytesIn,
      long bytesOut,
      Instant connectedSince) {

    /** Returns whether OpenVPN asked for a verdict on it, by now or before. */
    public boolean hasShownCredential() {
      return !username.equals("UNDEF");
    }

    /** Returns whether the client was admitted: a waiting one has no virtual address. */
    public boolean isLive() {
      return !tunnelAddress.isEmpty();
    }
  }

  /** Reads the reply to {@code status 3}; an ERROR, as during hold, means nobody is there. */
  public static StatusTable of(Reply reply) {
    return switch (reply) {
      case Reply.Lines lines -> of(lines.lines());
      case Reply.Success _, Reply.Failure _ -> new StatusTable(List.of());
    };
  }

  private static StatusTable of(List<String> lines) {
    List<Row> rows = new ArrayList<>();
    for (String line : lines) {
      String[] columns = line.split("\t", -1);
      if (columns.length == COLUMNS && columns[0].equals("CLIENT_LIST")) {
        row(columns).ifPresent(rows::add);
      }
    }
    return new StatusTable(rows);
  }

  private static Optional<Row> row(String[] columns) {
    try {
      return Optional.of(
          new Row(
              new ClientId(Long.parseLong(columns[10])),
              columns[1],
              columns[9],
              columns[2],
              columns[3].isEmpty() ? columns[4] : columns[3],
              columns[3].isEmpty() ? "" : columns[4],
              Long.parseLong(columns[5]),
              Long.parseLong(columns[6]),
              Instant.ofEpochSecond(Long.parseLong(columns[8]))));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty(); // Not a row of the shape we know.
    }
  }
}
