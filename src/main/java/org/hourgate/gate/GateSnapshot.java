package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.hourgate.credential.WalletAddress;

/**
 * How things stand, in numbers.
 *
 * @param sessions how many are in which state, by instance; what is absent is none
 * @param paidCustomers wallets with a live session and time ahead
 * @param paidTimeLeft the time they have left, together
 * @param clockDoubtful whether nobody new is let in because of the clock
 * @param clockConfirmed whether the chain has borne out the clock since the start, or never can
 * @param served how long tunnels were up since the gate began
 * @param waitingVerdicts clients that wait for their verdict
 * @param waitingLogins logins that the gate has not looked at yet
 */
public record GateSnapshot(
    Map<String, Map<SessionView.State, Integer>> sessions,
    int paidCustomers,
    Duration paidTimeLeft,
    boolean clockDoubtful,
    boolean clockConfirmed,
    Duration served,
    int waitingVerdicts,
    int waitingLogins) {

  /** Before anything was looked at. */
  static final GateSnapshot NOTHING =
      new GateSnapshot(Map.of(), 0, Duration.ZERO, false, false, Duration.ZERO, 0, 0);

  static GateSnapshot of(
      Collection<Session> all,
      Instant now,
      boolean clockDoubtful,
      boolean clockConfirmed,
      Duration served,
      int waitingVerdicts,
      int waitingLogins) {
    Map<String, Map<SessionView.State, Integer>> sessions = new HashMap<>();
    Set<WalletAddress> customers = new HashSet<>();
    Duration left = Duration.ZERO;
    for (Session session : all) {
      sessions
          .computeIfAbsent(
              session.key().instance().value(), _ -> new EnumMap<>(SessionView.State.class))
          .merge(session.state(), 1, Integer::sum);
      boolean paid = session.paidUntilKnown() && session.paidUntil().isAfter(now);
      if (paid && session.ending().isEmpty() && customers.add(session.wallet())) {
        left = left.plus(Duration.between(now, session.paidUntil()));
      }
    }
    return new GateSnapshot(
        sessions,
        customers.size(),
        left,
        clockDoubtful,
        clockConfirmed,
        served,
        waitingVerdicts,
        waitingLogins);
  }

  /** How many sessions of an instance are in this state. */
  public int sessions(String instance, SessionView.State state) {
    return sessions.getOrDefault(instance, Map.of()).getOrDefault(state, 0);
  }
}
