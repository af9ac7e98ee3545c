package org.hourgate.operator;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.gate.Ban;
import org.hourgate.gate.BanResult;
import org.hourgate.gate.InstanceStatus;
import org.hourgate.gate.KillResult;
import org.hourgate.gate.SessionView;
import org.hourgate.gate.UnbanResult;
import org.jspecify.annotations.Nullable;

/**
 * The line that comes back: {@code error} and {@code detail}, or what was asked for.
 *
 * @param error a code if the request was refused: {@code bad_request}, {@code internal}
 * @param detail why, in words
 * @param sessions the answer to {@code sessions}
 * @param cut the answer to {@code kill} and {@code ban}: how many sessions were found
 * @param confirmed how many of them OpenVPN reported as ended
 * @param ended these sessions
 * @param ban the ban that was made or lifted
 * @param kept whether that was written down
 * @param bans the answer to {@code bans}
 * @param reload the answer to {@code reload}
 * @param now a line of {@code watch}
 */
public record AdminReply(
    @Nullable String error,
    @Nullable String detail,
    @Nullable List<SessionLine> sessions,
    @Nullable Integer cut,
    @Nullable Integer confirmed,
    @Nullable List<EndedLine> ended,
    @Nullable BanLine ban,
    @Nullable Boolean kept,
    @Nullable List<BanLine> bans,
    @Nullable ReloadOutcome reload,
    @Nullable Snapshot now) {

  static AdminReply refused(String error, String detail) {
    return new AdminReply(error, detail, null, null, null, null, null, null, null, null, null);
  }

  static AdminReply sessions(List<SessionView> views) {
    return new AdminReply(null, null, lines(views), null, null, null, null, null, null, null, null);
  }

  static AdminReply killed(KillResult result) {
    return new AdminReply(
        null,
        null,
        null,
        result.cut(),
        result.confirmed(),
        ended(result),
        null,
        null,
        null,
        null,
        null);
  }

  static AdminReply banned(Ban ban, BanResult result) {
    return new AdminReply(
        null,
        null,
        null,
        result.ended().cut(),
        result.ended().confirmed(),
        ended(result.ended()),
        BanLine.of(ban),
        result.kept(),
        null,
        null,
        null);
  }

  static AdminReply unbanned(UnbanResult result) {
    return new AdminReply(
        null,
        null,
        null,
        null,
        null,
        null,
        result.lifted().map(BanLine::of).orElse(null),
        result.kept(),
        null,
        null,
        null);
  }

  static AdminReply bans(List<Ban> bans) {
    List<BanLine> lines = bans.stream().map(BanLine::of).toList();
    return new AdminReply(null, null, null, null, null, null, null, null, lines, null, null);
  }

  static AdminReply reloaded(ReloadOutcome outcome) {
    return new AdminReply(null, null, null, null, null, null, null, null, null, outcome, null);
  }

  static AdminReply now(Snapshot snapshot) {
    return new AdminReply(null, null, null, null, null, null, null, null, null, null, snapshot);
  }

  private static List<SessionLine> lines(List<SessionView> views) {
    return views.stream().map(SessionLine::of).toList();
  }

  private static List<EndedLine> ended(KillResult result) {
    return result.sessions().stream().map(EndedLine::of).toList();
  }

  /**
   * One session; times are unix seconds; {@code until} is absent while it is not known, {@code
   * asOf}, when the chain was last read for the wallet, until it was; {@code tunnelAddress6} where
   * there is no second address.
   */
  public record SessionLine(
      String instance,
      long cid,
      String wallet,
      String realAddress,
      String tunnelAddress,
      @Nullable String tunnelAddress6,
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
          view.secondTunnelAddress().orElse(null),
          view.since().getEpochSecond(),
          view.until().map(Instant::getEpochSecond).orElse(null),
          view.asOf().map(Instant::getEpochSecond).orElse(null),
          view.bytesIn(),
          view.bytesOut(),
          view.kind().name().toLowerCase(Locale.ROOT),
          view.state().name().toLowerCase(Locale.ROOT));
    }

    /** All addresses that it has in the tunnel; empty until it has one. */
    public String tunnelAddresses() {
      return tunnelAddress6 == null ? tunnelAddress : tunnelAddress + ", " + tunnelAddress6;
    }

    /** How {@code kill} takes it: {@code udp/12}. */
    public String id() {
      return instance + "/" + cid;
    }
  }

  /** One session that was cut; {@code confirmedAt} is absent if OpenVPN did not report its end. */
  public record EndedLine(String instance, long cid, String wallet, @Nullable Long confirmedAt) {

    private static EndedLine of(KillResult.Ended ended) {
      return new EndedLine(
          ended.instance(),
          ended.client().value(),
          ended.wallet(),
          ended.confirmed().map(Instant::getEpochSecond).orElse(null));
    }
  }

  /** One ban; times are unix seconds; {@code until} is absent if it has no end. */
  public record BanLine(String wallet, long since, @Nullable Long until, String reason, String by) {

    private static BanLine of(Ban ban) {
      return new BanLine(
          ban.wallet().checksummed(),
          ban.since().getEpochSecond(),
          ban.until().map(Instant::getEpochSecond).orElse(null),
          ban.reason(),
          ban.by());
    }
  }

  /**
   * All there is to see at one moment.
   *
   * @param time the gate's clock, in unix seconds
   * @param verdicts since the start: {@code accept}, and each reason for a refusal
   * @param bans how many wallets are banned
   */
  public record Snapshot(
      long time,
      List<SessionLine> sessions,
      List<InstanceLine> instances,
      ChainLine chain,
      Map<String, Long> verdicts,
      int bans) {

    static Snapshot of(AdminParts parts, List<SessionView> sessions) {
      return new Snapshot(
          parts.time().wallTime().getEpochSecond(),
          lines(sessions),
          parts.instances().get().stream().map(InstanceLine::of).toList(),
          ChainLine.of(parts.chain().get()),
          parts.gate().verdicts(),
          parts.gate().bans().size());
    }
  }

  /** Whether one OpenVPN is served, and why not. */
  public record InstanceLine(String name, boolean serving, List<String> reasons) {
    private static InstanceLine of(InstanceStatus status) {
      return new InstanceLine(status.instance(), status.serving(), status.reasons());
    }
  }

  /** Whether the chain can be read; {@code head} is the newest block's time, absent before one. */
  public record ChainLine(boolean fit, List<String> reasons, @Nullable Long head) {
    private static ChainLine of(ChainStatus status) {
      long head = status.headTime().getEpochSecond();
      return new ChainLine(status.fit(), status.reasons(), head == 0 ? null : head);
    }
  }
}
