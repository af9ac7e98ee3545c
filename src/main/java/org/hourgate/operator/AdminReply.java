package org.hourgate.operator;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.hourgate.gate.SessionView;
import org.jspecify.annotations.Nullable;

/**
 * The line that comes back: {@code error} and {@code detail}, or what was asked for.
 *
 * @param error a code if the request was refused: {@code bad_request}, {@code internal}
 * @param detail why, in words
 * @param sessions the answer to {@code sessions}
 * @param cut the answer to {@code kill}: sessions that were found
 * @param confirmed how many of them OpenVPN reported as ended
 */
public record AdminReply(
    @Nullable String error,
    @Nullable String detail,
    @Nullable List<SessionLine> sessions,
    @Nullable Integer cut,
    @Nullable Integer confirmed) {

  static AdminReply refused(String error, String detail) {
    return new AdminReply(error, detail, null, null, null);
  }

  static AdminReply sessions(List<SessionView> views) {
    List<SessionLine> lines = views.stream().map(SessionLine::of).toList();
    return new AdminReply(null, null, lines, null, null);
  }

  static AdminReply killed(int cut, int confirmed) {
    return new AdminReply(null, null, null, cut, confirmed);
  }

  /**
   * One session; times are unix seconds; {@code until} is absent while it is not known, {@code
   * asOf}, when the chain was last read for the wallet, until it was.
   */
  public record SessionLine(
      String instance,
      long cid,
      String wallet,
      String realAddress,
      String tunnelAddress,
      long since,
      @Nullable Long until,
      @Nullable Long asOf,
      long bytesIn,
      long bytesOut,
      String kind,
      String state) {

    private static SessionLine of(SessionView view) {
      return new SessionLine(
          view.instance(),
          view.client().value(),
          view.wallet(),
          view.realAddress(),
          view.tunnelAddress(),
          view.since().getEpochSecond(),
          view.until().map(Instant::getEpochSecond).orElse(null),
          view.asOf().map(Instant::getEpochSecond).orElse(null),
          view.bytesIn(),
          view.bytesOut(),
          view.kind().name().toLowerCase(Locale.ROOT),
          view.state().name().toLowerCase(Locale.ROOT));
    }
  }
}
