package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.hourgate.management.KeyId;
import org.hourgate.session.ClientLogin;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The gate's life-cycle lines, one for each step, all in one place; whoever counts hears of the
 * same steps. Wallets and addresses are shortened; passwords never appear. Touched by the gate's
 * thread alone.
 */
final class GateLog {

  private static final Logger LOG = LoggerFactory.getLogger("hourgate.gate");
  private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");
  private final Map<String, LongAdder> verdicts = new ConcurrentHashMap<>();

  private final GateListener listener;
  private final String life;
  private long decisions;

  /**
   * Begins to number decisions.
   *
   * @param random tells this process's decisions from those of others in one log
   */
  GateLog(GateListener listener, RandomGenerator random) {
    this.listener = listener;
    life = "%04x".formatted(random.nextInt(1 << 16));
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

  String nextDecision() {
    return life + "-" + ++decisions;
  }

  void asked(String decision, SessionKey key, KeyId keyId, ClientLogin login) {
    step("connect", decision, key)
        .addKeyValue("kid", keyId)
        .addKeyValue("wallet", shortened(login.username()))
        .addKeyValue("from", network(login.sourceAddress()))
        .log();
  }

  void accepted(String decision, Session session, KeyId keyId, Duration took) {
    count("accept");
    step("verdict", decision, session.key())
        .addKeyValue("kid", keyId)
        .addKeyValue("wallet", session.wallet().shortened())
        .addKeyValue("verdict", "accept")
        .addKeyValue("kind", kind(session))
        .addKeyValue("until", session.paidUntil())
        .addKeyValue("took_ms", took.toMillis())
        .log();
    listener.allowed(GateListener.Question.CONNECT, decision, took);
  }

  void denied(
      String decision,
      SessionKey key,
      KeyId keyId,
      ClientLogin login,
      ReasonCode reason,
      Duration took) {
    count(reason.code());
    step("verdict", decision, key)
        .addKeyValue("kid", keyId)
        .addKeyValue("wallet", shortened(login.username()))
        .addKeyValue("verdict", "deny")
        .addKeyValue("reason", reason.code())
        .addKeyValue("took_ms", took.toMillis())
        .log();
    listener.denied(GateListener.Question.CONNECT, decision, reason, took);
  }

  /** A wait for a signature on the page has an outcome; the verdict's line tells the rest. */
  void webSignIn(GateListener.WebSignIn outcome) {
    listener.webSignIn(outcome);
  }

  /** The client was gone before its verdict. */
  void abandoned(String decision, SessionKey key) {
    step("gone", decision, key).log();
    listener.abandoned();
  }

  /** The client was sent to the page. */
  void waitsForSignature(String decision, SessionKey key, KeyId keyId) {
    step("page", decision, key).addKeyValue("kid", keyId).log();
  }

  /** A step of this decision threw what nobody expected. */
  void failed(String decision, SessionKey key, Throwable failure) {
    fields(LOG.atError(), decision, key).setCause(failure).log("failed unexpectedly");
  }

  /** A step of a live session threw what nobody expected. */
  void failed(Session session, Throwable failure) {
    failed(session.decision(), session.key(), failure);
  }

  void reauthAccepted(String decision, Session session, KeyId keyId, Duration took) {
    step("reauth", decision, session.key())
        .addKeyValue("kid", keyId)
        .addKeyValue("wallet", session.wallet().shortened())
        .addKeyValue("verdict", "accept")
        .addKeyValue("took_ms", took.toMillis())
        .log();
    listener.allowed(GateListener.Question.REAUTH, decision, took);
  }

  void reauthRefused(
      String decision, Session session, KeyId keyId, ReasonCode reason, Duration took) {
    step("reauth", decision, session.key())
        .addKeyValue("kid", keyId)
        .addKeyValue("wallet", session.wallet().shortened())
        .addKeyValue("verdict", "deny")
        .addKeyValue("reason", reason.code())
        .addKeyValue("took_ms", took.toMillis())
        .log();
    listener.denied(GateListener.Question.REAUTH, decision, reason, took);
  }

  void identified(SessionKey attempt, SessionKey client) {
    LOG.info("identified client={} as client={}", attempt, client);
  }

  void established(Session session) {
    step("established", session)
        .addKeyValue("tunnel", session.tunnelAddress())
        .addKeyValue("until", session.paidUntil())
        .log();
  }

  void stranger(SessionKey key) {
    LOG.atError()
        .addKeyValue("client", key)
        .log(
            "up without a verdict of ours: cut. Look for auth-gen-token without external-auth in"
                + " OpenVPN's configuration");
    listener.stranger();
  }

  void refused(InstanceName instance, List<String> problems) {
    LOG.error("instance={} is not served: {}", instance, String.join("; ", problems));
  }

  void epochStarted(InstanceName instance) {
    listener.epochStarted(instance.value());
  }

  /** It has to come back because its time goes beyond its session-timeout. */
  void beltPassed(Session session) {
    step("reconnect", session).addKeyValue("until", session.paidUntil()).log();
    listener.beltPassed();
  }

  /** It has to come back because a profile of its wallet was revoked, and may be its own. */
  void askedAnew(Session session) {
    step("reconnect", session).addKeyValue("reason", ReasonCode.REVOKED.code()).log();
  }

  /** Found running after a restart of ours. */
  void learned(Session session) {
    step("learned", session)
        .addKeyValue("tunnel", session.tunnelAddress())
        .addKeyValue("since", session.since())
        .addKeyValue("until", session.paidUntil())
        .log();
    listener.learned(session.key().instance().value());
  }

  void moved(Session session, Instant before, boolean afterReorganisation) {
    boolean later = session.paidUntil().isAfter(before);
    step(later ? "extended" : "shortened", session)
        .addKeyValue("until", session.paidUntil())
        .addKeyValue("before", before)
        .addKeyValue("why", afterReorganisation ? "reorganisation" : "chain")
        .log();
    if (later) {
      listener.extended();
    }
  }

  void cut(Session session, ReasonCode reason) {
    step("cut", session)
        .addKeyValue("reason", reason.code())
        .addKeyValue("until", session.paidUntil())
        .log();
    listener.cut(reason);
  }

  /** The cut of a session whose time is over was written. */
  void expired(Duration lag) {
    listener.expired(lag);
  }

  void cutAgain(SessionKey key, boolean byName) {
    LOG.atWarn()
        .addKeyValue("client", key)
        .log(
            byName
                ? "cut not confirmed: using kill CN"
                : "cut not confirmed and its name is of no use: cutting again");
    listener.cutAgain(byName);
  }

  void traffic(InstanceName instance, long in, long out) {
    listener.traffic(instance.value(), in, out);
  }

  void neverUp(Session session) {
    step("ended", session).addKeyValue("reason", "never_up").log();
    listener.neverUp();
  }

  void ended(Session session, Instant now, String reason) {
    step("ended", session)
        .addKeyValue("reason", reason)
        .addKeyValue("tunnel", session.tunnelAddress())
        .addKeyValue("lasted_s", Duration.between(session.since(), now).toSeconds())
        .addKeyValue("in", session.bytesIn())
        .addKeyValue("out", session.bytesOut())
        .log();
    listener.ended(
        new GateListener.EndedSession(
            session.key().instance().value(),
            session.key().client(),
            session.wallet().checksummed(),
            session.since(),
            now,
            reason));
  }

  void lostReauth(Session session, int keys) {
    fields(LOG.atWarn(), session.decision(), session.key())
        .addKeyValue("wallet", session.wallet().shortened())
        .log("renegotiated while nobody was attached: answered for the next {} keys", keys);
    listener.reauthLost();
  }

  private static LoggingEventBuilder step(String name, String decision, SessionKey key) {
    return fields(LOG.atInfo(), decision, key).setMessage(name);
  }

  private static LoggingEventBuilder step(String name, Session session) {
    return step(name, session.decision(), session.key())
        .addKeyValue("wallet", session.wallet().shortened());
  }

  private static LoggingEventBuilder fields(
      LoggingEventBuilder line, String decision, SessionKey key) {
    return line.addKeyValue("decision", decision).addKeyValue("client", key);
  }

  private static SessionView.Kind kind(Session session) {
    return session.descent().map(Descent::kind).orElse(SessionView.Kind.UNKNOWN);
  }

  /** The network of an address: enough to tell one attacker from a thousand customers. */
  private static String network(String address) {
    int end = address.contains(".") ? address.lastIndexOf('.') : colonAfterThirdGroup(address);
    return end < 0 ? "?" : address.substring(0, end + 1) + "*";
  }

  private static int colonAfterThirdGroup(String address) {
    int colon = -1;
    for (int i = 0; i < 3; i++) {
      int next = address.indexOf(':', colon + 1);
      colon = next < 0 ? colon : next;
    }
    return colon;
  }

  /** A user name may be anything: printable ASCII is kept, and little of it. */
  private static String shortened(String name) {
    return name.length() > 12
        ? printable(name.substring(0, 6)) + "…" + printable(name.substring(name.length() - 4))
        : printable(name);
  }

  private static String printable(String text) {
    return NOT_PRINTABLE.matcher(text).replaceAll("?");
  }
}
