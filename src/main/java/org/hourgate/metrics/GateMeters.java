package org.hourgate.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.hourgate.gate.GateListener;
import org.hourgate.gate.GateSnapshot;
import org.hourgate.gate.ReasonCode;
import org.hourgate.gate.SessionView;

/**
 * Counts what the gate does. All series are there from the start; a step costs the gate's thread
 * well under a microsecond and no look-up by name.
 */
public final class GateMeters implements GateListener {

  private static final Duration[] VERDICTS =
      Meters.millis(1, 5, 10, 25, 50, 100, 250, 500, 900, 1_000, 2_500, 5_000, 10_000);
  private static final Duration[] LAGS =
      Meters.millis(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000);
  private static final Duration[] LIVES =
      Meters.millis(
          60_000,
          300_000,
          900_000,
          1_800_000,
          3_600_000,
          7_200_000,
          14_400_000,
          28_800_000,
          86_400_000);
  private static final String CLIENT = "client";
  private static final String OTHER = "other";
  private static final List<String> ENDS =
      List.of(CLIENT, "expired", "operator", "replaced", "revoked", "banned", "lost", OTHER);

  private final Meters meters;
  private final CurrentDecision decision;
  private final List<String> instances;
  private final Map<Question, Answers> answers = new EnumMap<>(Question.class);
  private final Map<WebSignIn, Counter> webSignIns = new EnumMap<>(WebSignIn.class);
  private final Map<ReasonCode, Counter> cuts = new EnumMap<>(ReasonCode.class);
  private final Map<String, Timer> lives = new HashMap<>();
  private final Map<String, OfInstance> ofInstances = new HashMap<>();
  private final Timer lag;
  private final Counter abandoned;
  private final Counter neverUp;
  private final Counter reauthsLost;
  private final Counter extensions;
  private final Counter beltReconnects;
  private final Counter strangers;
  private final Counter killedByName;
  private final Counter cutAgain;

  private record Answers(
      Timer allowed, Timer denied, Timer error, Map<ReasonCode, Counter> refusals) {}

  private record OfInstance(Counter in, Counter out, Counter epochs, Counter learned) {}

  GateMeters(Meters meters, CurrentDecision decision, List<String> instances) {
    this.meters = meters;
    this.decision = decision;
    this.instances = List.copyOf(instances);
    for (Question question : Question.values()) {
      String kind = question.name().toLowerCase(Locale.ROOT);
      Map<ReasonCode, Counter> refusals = new EnumMap<>(ReasonCode.class);
      for (ReasonCode reason : ReasonCode.values()) {
        refusals.put(
            reason,
            meters.counter(
                "hourgate.auth.denied", "Refusals", "kind", kind, "reason", reason.code()));
      }
      answers.put(
          question,
          new Answers(
              verdicts(kind, "allowed"),
              verdicts(kind, "denied"),
              verdicts(kind, "error"),
              refusals));
    }
    for (ReasonCode reason : ReasonCode.values()) {
      cuts.put(reason, meters.counter("hourgate.kills", "Cuts written", "reason", reason.code()));
    }
    for (WebSignIn outcome : WebSignIn.values()) {
      webSignIns.put(
          outcome,
          meters.counter(
              "hourgate.web.auth",
              "Clients that waited for a signature on the page",
              "outcome",
              outcome.name().toLowerCase(Locale.ROOT)));
    }
    for (String end : ENDS) {
      lives.put(
          end,
          meters.timer(
              "hourgate.session.duration", "How long sessions had lasted", LIVES, "end", end));
    }
    for (String instance : this.instances) {
      ofInstances.put(
          instance,
          new OfInstance(
              bytes(instance, "in"),
              bytes(instance, "out"),
              meters.counter(
                  "hourgate.management.epochs",
                  "Lives of an OpenVPN server context that began",
                  "openvpn",
                  instance),
              meters.counter(
                  "hourgate.sessions.learned",
                  "Sessions found running after a restart of ours",
                  "openvpn",
                  instance)));
    }
    lag =
        meters.timer(
            "hourgate.expiry.lag", "From the end of paid time to the writing of the cut", LAGS);
    abandoned =
        meters.counter(
            "hourgate.auth.abandoned", "Logins whose client was gone before the verdict");
    neverUp =
        meters.counter("hourgate.admitted.never.up", "Clients let in whose tunnel did not come up");
    reauthsLost =
        meters.counter(
            "hourgate.reauths.lost", "Renegotiations that nobody heard, answered afterwards");
    extensions =
        meters.counter("hourgate.extensions", "Live sessions whose end moved to a later time");
    beltReconnects =
        meters.counter(
            "hourgate.belt.reconnects",
            "Sessions reconnected because their time went beyond their session-timeout");
    strangers =
        meters.counter(
            "hourgate.established.without.verdict",
            "Clients whose tunnel came up without a verdict of ours");
    killedByName = retries("kill_cn");
    cutAgain = retries("again");
  }

  private Timer verdicts(String kind, String result) {
    return meters.timer(
        "hourgate.auth.decision.duration",
        "From the arrival of a login or renegotiation to its answer",
        VERDICTS,
        "kind",
        kind,
        "result",
        result);
  }

  private Counter bytes(String instance, String direction) {
    return meters.counter(
        "hourgate.traffic.bytes",
        "Bytes from and to clients",
        "openvpn",
        instance,
        "direction",
        direction);
  }

  private Counter retries(String how) {
    return meters.counter(
        "hourgate.kill.retries", "Cuts not confirmed that were tried once more", "how", how);
  }

  /** Shows how things stand: what is looked at, and not counted, comes from here. */
  public void show(Supplier<GateSnapshot> snapshot) {
    for (String instance : instances) {
      sessions(snapshot, instance, SessionView.State.ADMITTED, "pending");
      sessions(snapshot, instance, SessionView.State.ESTABLISHED, "active");
      sessions(snapshot, instance, SessionView.State.ENDING, "ending");
      meters.gauge(
          "openvpn.server.connected.clients",
          "Clients whose tunnel is up",
          () -> snapshot.get().sessions(instance, SessionView.State.ESTABLISHED),
          "status_path",
          instance);
    }
    meters.gauge(
        "hourgate.paid.customers",
        "Wallets with a live session and time ahead",
        () -> snapshot.get().paidCustomers());
    meters.gauge(
        "hourgate.paid.time.remaining.seconds",
        "The time those wallets have left, together",
        () -> seconds(snapshot.get().paidTimeLeft()));
    meters.counter(
        "hourgate.served.seconds",
        "Time that tunnels were up",
        () -> seconds(snapshot.get().served()));
    meters.gauge(
        "hourgate.clock.doubtful",
        "Whether our clock can't be trusted",
        () -> Meters.oneIf(snapshot.get().clockDoubtful()));
    queue("gate", () -> snapshot.get().waitingLogins());
    queue("verdicts", () -> snapshot.get().waitingVerdicts());
  }

  private void sessions(
      Supplier<GateSnapshot> snapshot, String instance, SessionView.State state, String label) {
    meters.gauge(
        "hourgate.sessions",
        "Clients let in, by how far they are",
        () -> snapshot.get().sessions(instance, state),
        "openvpn",
        instance,
        "state",
        label);
  }

  private void queue(String name, Supplier<Integer> depth) {
    meters.gauge("hourgate.queue.depth", "What waits in a queue", depth::get, "queue", name);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }

  @Override
  public void webSignIn(WebSignIn outcome) {
    Objects.requireNonNull(webSignIns.get(outcome)).increment();
  }

  @Override
  public void allowed(Question question, String decisionName, Duration took) {
    Timer timer = answers(question).allowed();
    decision.during(decisionName, () -> timer.record(took));
  }

  @Override
  public void denied(Question question, String decisionName, ReasonCode reason, Duration took) {
    Answers of = answers(question);
    Timer timer = reason.isTemporary() ? of.error() : of.denied();
    decision.during(decisionName, () -> timer.record(took));
    Objects.requireNonNull(of.refusals().get(reason)).increment();
  }

  private Answers answers(Question question) {
    return Objects.requireNonNull(answers.get(question));
  }

  @Override
  public void abandoned() {
    abandoned.increment();
  }

  @Override
  public void neverUp() {
    neverUp.increment();
  }

  @Override
  public void learned(String instance) {
    of(instance).learned().increment();
  }

  @Override
  public void reauthLost() {
    reauthsLost.increment();
  }

  @Override
  public void extended() {
    extensions.increment();
  }

  @Override
  public void beltPassed() {
    beltReconnects.increment();
  }

  @Override
  public void cut(ReasonCode reason) {
    Objects.requireNonNull(cuts.get(reason)).increment();
  }

  @Override
  public void expired(Duration late) {
    lag.record(late);
  }

  @Override
  public void cutAgain(boolean byName) {
    (byName ? killedByName : cutAgain).increment();
  }

  @Override
  public void stranger() {
    strangers.increment();
  }

  @Override
  public void traffic(String instance, long in, long out) {
    of(instance).in().increment((double) in);
    of(instance).out().increment((double) out);
  }

  @Override
  public void ended(EndedSession session) {
    String end = session.reason().equals("gone") ? CLIENT : session.reason();
    Timer timer = lives.get(ENDS.contains(end) ? end : OTHER);
    Objects.requireNonNull(timer).record(Duration.between(session.since(), session.end()));
  }

  @Override
  public void epochStarted(String instance) {
    of(instance).epochs().increment();
  }

  private OfInstance of(String instance) {
    return Objects.requireNonNull(ofInstances.get(instance), instance);
  }
}
