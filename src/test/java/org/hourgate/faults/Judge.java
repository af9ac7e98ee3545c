package org.hourgate.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Judges a {@link History}: whether every accept had a right password and time on the chain, nobody
 * with time was put out, nobody without stayed, and every question got one answer.
 *
 * <p>The gate can't know more than its nodes show. It has <em>sight</em> while as many nodes are
 * well as must agree, and none is misleading unless it can be outvoted; whatever the chain said
 * since the last {@link #reaction} of unbroken sight began may be what the gate goes by.
 */
final class Judge {

  /** What a reorganisation took away may stay for so long after the gate has seen it. */
  private static final long PATIENCE = 60_000;

  /** The gate's own deadline for a verdict, and what a busy machine adds. */
  private static final long VERDICT_TIME = 20_000;

  private static final long STEP = 250;
  private static final Set<String> TEMPORARY =
      Set.of("chain_unavailable", "starting", "overloaded", "clock");
  private static final Set<String> OF_A_BAD_PASSWORD =
      Set.of("bad_password", "bad_signature", "nonce_forged");

  private final int quorum;
  private final long reaction;
  private final long lateCut;
  private final List<String> faults = new ArrayList<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<Long, Client> clients = new TreeMap<>();
  private final Map<String, List<State>> truth = new HashMap<>();
  private final List<Span> sight = new ArrayList<>();

  /**
   * Prepares to judge.
   *
   * @param quorum how many nodes must agree
   * @param reaction how long the gate may take to see what a good node shows
   * @param lateCut how long after the known end a cut may come
   */
  Judge(int quorum, Duration reaction, Duration lateCut) {
    this.quorum = quorum;
    this.reaction = reaction.toMillis();
    this.lateCut = lateCut.toMillis();
  }

  /**
   * The sentence.
   *
   * @param faults what was wrong, in words; empty if nothing
   * @param counts of what happened
   */
  record Sentence(List<String> faults, Map<String, Long> counts) {}

  private record Span(long from, long to) {}

  private record State(
      long from, long to, long paidUntil, long credentialsFrom, boolean endedByReorganisation) {}

  private static final class Client {
    private final Event.Connect connect;
    private final Map<Long, Long> questions = new TreeMap<>();
    private final List<Event.Verdict> verdicts = new ArrayList<>();
    private long acceptedAt = Long.MAX_VALUE;
    private long endedAt = Long.MAX_VALUE;
    private long cutAt = Long.MAX_VALUE;

    Client(Event.Connect connect) {
      this.connect = connect;
      questions.put(1L, connect.at());
    }

    boolean isIn() {
      return acceptedAt < Long.MAX_VALUE;
    }

    @Override
    public String toString() {
      return "client " + connect.client() + " of " + connect.wallet();
    }
  }

  /** Judges events in the order of time. */
  static Sentence judge(List<Event> events, int quorum, Duration reaction, Duration lateCut) {
    return new Judge(quorum, reaction, lateCut).judge(events);
  }

  private Sentence judge(List<Event> events) {
    long end = events.getLast().at();
    readChain(events, end);
    readSight(events, end);
    for (Event event : events) {
      if (event instanceof Event.Connect connect) {
        count("connects");
        clients.put(connect.client(), new Client(connect));
      }
    }
    events.forEach(this::readClient);
    endReplaced();
    for (Event event : events) {
      switch (event) {
        case Event.Verdict verdict -> judgeVerdict(verdict);
        case Event.Cut cut -> judgeCut(cut);
        case Event.Connect _,
            Event.Reauth _,
            Event.Reconnect _,
            Event.Left _,
            Event.Chain _,
            Event.Fault _,
            Event.End _ -> {}
      }
    }
    for (Client client : clients.values()) {
      judgeAnswers(client, end);
      judgeStay(client, end);
    }
    return new Sentence(List.copyOf(faults), counts);
  }

  // What was true

  private void readChain(List<Event> events, long end) {
    Map<String, Event.Chain> last = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Event.Chain now) {
        count(now.reorganised() ? "changes by reorganisation" : "changes on the chain");
        Event.Chain before = last.put(now.wallet(), now);
        if (before != null) {
          addState(before, now.at(), now.reorganised());
        }
      }
    }
    last.values().forEach(state -> addState(state, end, false));
  }

  private void addState(Event.Chain state, long to, boolean byReorganisation) {
    truth
        .computeIfAbsent(state.wallet(), _ -> new ArrayList<>())
        .add(
            new State(
                state.from(), to, state.paidUntil(), state.credentialsFrom(), byReorganisation));
  }

  private void readSight(List<Event> events, long end) {
    Map<Integer, Event.Fault> faulty = new HashMap<>();
    Set<Integer> nodes = new HashSet<>();
    for (Event event : events) {
      if (event instanceof Event.Fault fault) {
        nodes.add(fault.node());
      }
    }
    long since = events.getFirst().at();
    for (Event event : events) {
      if (event instanceof Event.Fault fault) {
        boolean sees = sees(faulty, nodes.size());
        if (fault.begins()) {
          count("faults");
          faulty.put(fault.node(), fault);
        } else {
          faulty.remove(fault.node());
        }
        if (sees && !sees(faulty, nodes.size())) {
          sight.add(new Span(since, fault.at()));
        } else if (!sees && sees(faulty, nodes.size())) {
          since = fault.at();
        }
      }
    }
    if (sees(faulty, nodes.size())) {
      sight.add(new Span(since, end));
    }
    counts.put("ms in all", end - events.getFirst().at());
    counts.put("ms of sight", sight.stream().mapToLong(span -> span.to() - span.from()).sum());
  }

  private boolean sees(Map<Integer, Event.Fault> faulty, int nodes) {
    boolean enough = nodes == 0 || nodes - faulty.size() >= quorum;
    return enough && (quorum > 1 || faulty.values().stream().noneMatch(Event.Fault::misleading));
  }

  /** From when on the chain's words may be what the gate goes by at this time. */
  private long horizon(long time) {
    for (Span span : sight.reversed()) {
      long until = Math.min(time, span.to());
      if (until - span.from() >= reaction) {
        return until - reaction;
      }
    }
    return Long.MIN_VALUE;
  }

  private boolean mayGoBy(String wallet, long time, Predicate<State> what) {
    long from = horizon(time);
    return truth.getOrDefault(wallet, List.of()).stream()
        .anyMatch(s -> s.from() <= time && s.to() >= from && what.test(s));
  }

  private boolean mayStayBy(String wallet, long time, Predicate<State> what) {
    long patient = horizon(time - PATIENCE);
    return mayGoBy(wallet, time, what)
        || truth.getOrDefault(wallet, List.of()).stream()
            .anyMatch(
                s ->
                    s.from() <= time
                        && s.endedByReorganisation()
                        && s.to() >= patient
                        && what.test(s));
  }

  // What was done

  private void readClient(Event event) {
    switch (event) {
      case Event.Reauth reauth -> {
        count("renegotiations");
        client(reauth.client()).questions.put(reauth.key(), reauth.at());
      }
      case Event.Verdict verdict -> {
        Client client = client(verdict.client());
        client.verdicts.add(verdict);
        if (verdict.reason().isEmpty() && verdict.key() == 1) {
          client.acceptedAt = Math.min(client.acceptedAt, verdict.at());
        }
      }
      case Event.Cut cut -> {
        count("cuts " + cut.reason());
        Client client = client(cut.client());
        client.cutAt = Math.min(client.cutAt, cut.at());
        client.endedAt = Math.min(client.endedAt, cut.at());
      }
      case Event.Reconnect reconnect -> {
        count("planned reconnects");
        ended(reconnect.client(), reconnect.at());
      }
      case Event.Left left -> ended(left.client(), left.at());
      case Event.Connect _, Event.Chain _, Event.Fault _, Event.End _ -> {}
    }
  }

  private void ended(long id, long at) {
    Client client = client(id);
    client.endedAt = Math.min(client.endedAt, at);
  }

  private Client client(long id) {
    Client client = clients.get(id);
    if (client == null) {
      throw new IllegalArgumentException("client " + id + " never came");
    }
    return client;
  }

  /** OpenVPN itself ends a client when another of its name comes up. */
  private void endReplaced() {
    Map<String, Client> current = new HashMap<>();
    clients.values().stream()
        .filter(Client::isIn)
        .sorted(Comparator.comparingLong(client -> client.acceptedAt))
        .forEach(
            client -> {
              Client older = current.put(client.connect.wallet(), client);
              if (older != null) {
                older.endedAt = Math.min(older.endedAt, client.acceptedAt);
              }
            });
  }

  // The rules

  private void judgeVerdict(Event.Verdict verdict) {
    Client client = client(verdict.client());
    Event.Connect connect = client.connect;
    if (client.cutAt <= verdict.at()) {
      if (verdict.reason().isEmpty()) {
        faults.add(client + " was accepted after its cut");
      }
      return; // Part of the cut.
    }
    // It was on its way for a moment.
    long decided = Math.max(connect.at(), verdict.at() - lateCut);
    if (verdict.reason().isEmpty()) {
      count(verdict.key() == 1 ? "accepts" : "renegotiations accepted");
      if (!connect.proved()) {
        faults.add(client + " was accepted without a proof");
      } else if (verdict.key() == 1
          && !mayGoBy(connect.wallet(), verdict.at(), s -> isPaid(s, connect, decided))) {
        faults.add("%s was accepted at %d without time".formatted(client, verdict.at()));
      }
      return;
    }
    count("denies " + verdict.reason());
    boolean justified =
        connect.proved()
            ? (TEMPORARY.contains(verdict.reason()) && verdict.key() == 1)
                || isJustified(connect, verdict.at(), verdict.reason())
            : OF_A_BAD_PASSWORD.contains(verdict.reason());
    if (!justified) {
      faults.add("%s was denied at %d as %s".formatted(client, verdict.at(), verdict.reason()));
    }
  }

  private void judgeCut(Event.Cut cut) {
    Client client = client(cut.client());
    boolean justified =
        cut.reason().equals("replaced")
            ? clients.values().stream()
                .anyMatch(
                    other ->
                        other != client
                            && other.connect.wallet().equals(client.connect.wallet())
                            && other.connect.at() <= cut.at()
                            && other.acceptedAt >= client.acceptedAt)
            : isJustified(client.connect, cut.at(), cut.reason());
    if (!justified) {
      faults.add("%s was cut at %d as %s".formatted(client, cut.at(), cut.reason()));
    }
  }

  private boolean isJustified(Event.Connect connect, long time, String reason) {
    return switch (reason) {
      case "no_time" ->
          // Less than a second is not worth a session.
          mayGoBy(connect.wallet(), time, s -> s.paidUntil() * 1000 <= time + 1_100);
      case "expired" -> mayGoBy(connect.wallet(), time, s -> s.paidUntil() * 1000 <= time + 100);
      case "revoked" ->
          mayGoBy(connect.wallet(), time, s -> s.credentialsFrom() >= connect.issuedAt());
      default -> false;
    };
  }

  private static boolean isPaid(State state, Event.Connect connect, long time) {
    return state.paidUntil() * 1000 > time && state.credentialsFrom() < connect.issuedAt();
  }

  /** One answer to each question; after a cut any number of denies. */
  private void judgeAnswers(Client client, long end) {
    for (Map.Entry<Long, Long> question : client.questions.entrySet()) {
      long key = question.getKey();
      List<Event.Verdict> answers = client.verdicts.stream().filter(v -> v.key() == key).toList();
      long beforeCut = answers.stream().filter(v -> v.at() < client.cutAt).count();
      boolean hasTime = Math.min(end, client.endedAt) - question.getValue() > VERDICT_TIME;
      if (beforeCut > 1) {
        faults.add("%s got %d verdicts for key %d".formatted(client, beforeCut, key));
      } else if (answers.isEmpty() && hasTime) {
        faults.add("%s got no verdict for key %d".formatted(client, key));
      }
    }
  }

  private void judgeStay(Client client, long end) {
    if (!client.isIn()) {
      return;
    }
    long until = Math.min(end, client.endedAt);
    for (long time = client.acceptedAt; time < until; time += STEP) {
      long now = time;
      if (!mayStayBy(client.connect.wallet(), now, s -> isPaid(s, client.connect, now - lateCut))) {
        faults.add("%s was still in at %d without time".formatted(client, now));
        return;
      }
    }
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }
}
