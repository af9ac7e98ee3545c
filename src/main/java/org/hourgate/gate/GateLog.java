package org.hourgate.gate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.hourgate.management.KeyId;
import org.hourgate.session.ClientLogin;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate's life-cycle lines, one for each step, all in one place. Wallets and addresses are
 * shortened; passwords never appear. Touched by the gate's thread alone.
 */
final class GateLog {

  private static final Logger LOG = LoggerFactory.getLogger("hourgate.gate");
  private final Map<String, LongAdder> verdicts = new ConcurrentHashMap<>();
  private long decisions;

  long nextDecision() {
    return ++decisions;
  }

  /** How many verdicts there were of each kind. Safe for any thread. */
  Map<String, Long> verdicts() {
    Map<String, Long> counts = new TreeMap<>();
    verdicts.forEach((kind, count) -> counts.put(kind, count.sum()));
    return counts;
  }

  private void count(String kind) {
    verdicts.computeIfAbsent(kind, _ -> new LongAdder()).increment();
  }

  void accepted(long decision, Session session, Duration took) {
    count("accept");
    LOG.info(
        "verdict decision={} client={} wallet={} accept kind={} until={} took={}ms",
        decision,
        session.key(),
        session.wallet().shortened(),
        session.descent().map(Descent::kind).orElse(SessionView.Kind.UNKNOWN),
        session.paidUntil(),
        took.toMillis());
  }

  void denied(
      long decision,
      SessionKey key,
      KeyId keyId,
      ClientLogin login,
      ReasonCode reason,
      Duration took) {
    count(reason.code());
    LOG.info(
        "verdict decision={} client={} kid={} name={} deny reason={} took={}ms",
        decision,
        key,
        keyId,
        shortened(login.username()),
        reason.code(),
        took.toMillis());
  }

  /** A step of this decision threw what nobody expected. */
  void failed(long decision, SessionKey key, Throwable failure) {
    LOG.error("verdict decision={} client={} failed unexpectedly", decision, key, failure);
  }

  /** A step of a live session threw what nobody expected. */
  void failed(Session session, Throwable failure) {
    LOG.error("client={} a step failed unexpectedly", session.key(), failure);
  }

  void reauthFailed(SessionKey key, KeyId keyId, Throwable failure) {
    LOG.error("reauth client={} kid={} failed unexpectedly", key, keyId, failure);
  }

  void reauthAccepted(Session session, KeyId keyId) {
    LOG.info(
        "reauth client={} kid={} wallet={} accept",
        session.key(),
        keyId,
        session.wallet().shortened());
  }

  void reauthRefused(SessionKey key, KeyId keyId, ReasonCode reason) {
    LOG.info("reauth client={} kid={} deny reason={}", key, keyId, reason.code());
  }

  void established(Session session) {
    LOG.info(
        "established client={} wallet={} until={}",
        session.key(),
        session.wallet().shortened(),
        session.paidUntil());
  }

  void stranger(SessionKey key) {
    LOG.error(
        "established client={} without a verdict of ours: cut. Look for auth-gen-token without"
            + " external-auth in OpenVPN's configuration",
        key);
  }

  void refused(InstanceName instance, List<String> problems) {
    LOG.error("instance={} is not served: {}", instance, String.join("; ", problems));
  }

  void reconnected(Session session) {
    LOG.info(
        "reconnect client={} wallet={} because its time goes beyond its session-timeout",
        session.key(),
        session.wallet().shortened());
  }

  void learned(Session session) {
    LOG.info(
        "learned client={} wallet={} until={}",
        session.key(),
        session.wallet().shortened(),
        session.paidUntil());
  }

  void moved(Session session, String why) {
    LOG.info(
        "end moved client={} wallet={} until={} why={}",
        session.key(),
        session.wallet().shortened(),
        session.paidUntil(),
        why);
  }

  void cut(Session session, ReasonCode reason) {
    LOG.info(
        "cut client={} wallet={} reason={}",
        session.key(),
        session.wallet().shortened(),
        reason.code());
  }

  void ended(Session session, String why) {
    LOG.info(
        "ended client={} wallet={} reason={}",
        session.key(),
        session.wallet().shortened(),
        session.ending().map(e -> e.reason().code()).orElse(why));
  }

  void lostReauth(Session session, int keys) {
    LOG.warn(
        "client={} wallet={} renegotiated while nobody was attached: answered for the next {} keys",
        session.key(),
        session.wallet().shortened(),
        keys);
  }

  /** A user name may be anything: printable ASCII is kept, and little of it. */
  private static String shortened(String name) {
    String printable = name.replaceAll("[^ -~]", "?");
    return printable.length() > 12
        ? printable.substring(0, 6) + "…" + printable.substring(printable.length() - 4)
        : printable;
  }
}
