package org.hourgate.chaos;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of a history, whatever harm was done: an accept had a right password and time;
 * packets passed only after an accept, and until 1 s after the end while a gate was in charge, else
 * not beyond the belt and 3 s; whoever was put out early had himself, the operator or the chain to
 * blame; each question had one verdict; whoever had paid came back.
 *
 * <p>The gate can't know more than it has seen: whatever the chain said since the last quiet {@link
 * #REACTION} may be what it goes by. It is <em>in charge</em> while it runs, is attached, and its
 * messages reach OpenVPN.
 */
final class Model {

  /** How long what a block says may take to be acted on. */
  private static final long REACTION = 3_000;

  private static final long PROMISE = 1_000;

  /** A process looks at a clock that was set after one to two seconds (libfaketime's cache). */
  private static final long CLOCK_SEEN = 2_500;

  private static final long BEYOND_THE_BELT = 3_000;

  /** What a reorganisation took away may stay for so long after the gate has seen it. */
  private static final long PATIENCE = 60_000 + REACTION;

  /** The gate's own deadline for a verdict, and what a busy machine adds. */
  private static final long VERDICT_TIME = 20_000;

  /**
   * OpenVPN's own end of whom it was told to kill (push.c, schedule_exit): 5 s, on whole seconds.
   */
  private static final long SCHEDULED_EXIT = 6_000;

  /** An OpenVPN that is stopped so close to a cut may have read its first command and no other. */
  private static final long BETWEEN_TWO_COMMANDS = 100;

  /** A shorter one goes unnoticed. */
  private static final long SILENCE = 5_000;

  /**
   * Until a client has noticed that OpenVPN was away, and is back. One in whose handshake that was
   * waits for the end of its own hand-window, 60 s, and then for its next attempt.
   */
  private static final long COMING_BACK = 70_000;

  /** What a harm does may show so much later: a silence that begins later has no part in it. */
  private static final long AFTERMATH = 3_000;

  /** From one look at the packets to the next, and some more. */
  private static final long MOMENT = 500;

  private static final Set<String> TEMPORARY =
      Set.of("chain_unavailable", "starting", "overloaded", "clock", "internal", "rate_limited");
  private static final Set<String> OF_A_BAD_PASSWORD =
      Set.of("bad_password", "bad_signature", "nonce_forged", "bad_username");

  private final List<String> faults = new ArrayList<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<Step, Map<Harm, Long>> matrix = new EnumMap<>(Step.class);
  private final Map<Harm, List<Long>> silences = new EnumMap<>(Harm.class);
  private final List<Long> overruns = new ArrayList<>();
  private final Map<String, List<State>> truth = new HashMap<>();
  private final List<Trouble> harms = new ArrayList<>();
  private final List<Span> inCharge = new ArrayList<>();
  private final List<Span> stills = new ArrayList<>();
  private final Map<String, Proof> proofs = new HashMap<>();
  private final Map<String, Long> firstAccepts = new HashMap<>();
  private final Map<String, Client> clients = new TreeMap<>();
  private final Map<Id, Session> sessions = new HashMap<>();
  private final List<Fact.Ban> bans = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final List<Fact.ProfileRevoked> revokedProfiles = new ArrayList<>();
  private final List<Fact.Cut> reconnects = new ArrayList<>();
  private final List<Long> attachments = new ArrayList<>();
  private long belt;
  private long end;

  /**
   * The sentence.
   *
   * @param faults what was wrong, in words; empty if nothing
   * @param counts of what happened
   * @param matrix how often each harm was done at each step
   * @param silences milliseconds without packets of those who had paid, by harm
   * @param overruns milliseconds from the end of paid time to the last packet
   */
  record Sentence(
      List<String> faults,
      Map<String, Long> counts,
      Map<Step, Map<Harm, Long>> matrix,
      Map<Harm, List<Long>> silences,
      List<Long> overruns) {}

  private record Span(long from, long to) {}

  private record Trouble(long from, long to, Harm harm) {}

  private record State(
      long from, long to, long paidUntil, long credentialsFrom, boolean endedByReorganisation) {}

  private record Id(int life, long cid) {}

  /** A password or token that is right, and the first password that it descends from. */
  private record Proof(String wallet, long issuedAt, String root) {}

  private record Question(Fact.Asked asked, List<Fact.Answered> answers) {}

  /** A client of this wallet was told that it has to go. */
  private record Refusal(long at, String wallet, String reason) {}

  private static final class Session {
    private final Map<Long, Question> questions = new TreeMap<>();
    private String wallet = "";
    private boolean up;
    private long downAt = Long.MAX_VALUE;
    private long cutAt = Long.MAX_VALUE;
  }

  private static final class Client {
    private final Fact.Login login;
    private final List<Fact.Packets> packets = new ArrayList<>();
    private long endedAt = Long.MAX_VALUE;

    Client(Fact.Login login) {
      this.login = login;
    }
  }

  private Model() {}

  /** Judges facts in the order of time. */
  static Sentence judge(List<Fact> facts) {
    return new Model().sentence(facts);
  }

  private Sentence sentence(List<Fact> facts) {
    end =
        facts.stream()
            .filter(Fact.End.class::isInstance)
            .mapToLong(Fact::at)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("the history has no end"));
    List<Fact> told = facts.stream().filter(fact -> fact.at() <= end).toList();
    readSetting(told);
    readCharge(told);
    told.forEach(this::read);
    told.forEach(this::judgeEvent);
    clients.values().forEach(this::judgePackets);
    sessions.forEach(this::judgeQuestions);
    return new Sentence(List.copyOf(faults), counts, matrix, silences, List.copyOf(overruns));
  }

  // What was so

  private void readSetting(List<Fact> facts) {
    Map<String, Fact.Chain> last = new HashMap<>();
    Map<Harm, Fact.Harmed> begun = new EnumMap<>(Harm.class);
    for (Fact fact : facts) {
      switch (fact) {
        case Fact.Setup setup -> belt = setup.belt() * 1_000;
        case Fact.Chain now -> {
          Fact.Chain before = last.put(now.wallet(), now);
          if (before != null) {
            addState(before, now.at(), now.takenBack());
          }
        }
        case Fact.Harmed harmed -> {
          if (harmed.begins()) {
            begun.put(harmed.harm(), harmed);
            matrix
                .computeIfAbsent(harmed.step(), _ -> new EnumMap<>(Harm.class))
                .merge(harmed.harm(), 1L, Long::sum);
          } else {
            Fact.Harmed begin = Objects.requireNonNull(begun.remove(harmed.harm()));
            harms.add(new Trouble(begin.at(), harmed.at(), harmed.harm()));
          }
        }
        case Fact.Ban ban -> bans.add(ban);
        case Fact.ProfileRevoked revoked -> revokedProfiles.add(revoked);
        case Fact.Login login -> {
          clients.put(login.client(), new Client(login));
          if (login.proved()) {
            proofs.put(
                login.password(), new Proof(login.wallet(), login.issuedAt(), login.password()));
          }
        }
        case Fact.Left left -> client(left.client()).endedAt = left.at();
        case Fact.Exited exited -> client(exited.client()).endedAt = exited.at();
        case Fact.Packets packets -> client(packets.client()).packets.add(packets);
        case Fact.Asked _,
            Fact.Answered _,
            Fact.Up _,
            Fact.Down _,
            Fact.Cut _,
            Fact.Attached _,
            Fact.Held _,
            Fact.StoodStill _,
            Fact.End _ -> {}
        case Fact.Missed missed ->
            count(
                "times not in time for \""
                    + missed.step().words
                    + "\" with "
                    + missed.harm().words);
      }
    }
    last.values().forEach(state -> addState(state, end, false));
    begun.values().forEach(begin -> harms.add(new Trouble(begin.at(), end, begin.harm())));
  }

  private Client client(String name) {
    Client client = clients.get(name);
    if (client == null) {
      throw new IllegalArgumentException(name + " never came");
    }
    return client;
  }

  private void addState(Fact.Chain state, long to, boolean byReorganisation) {
    truth
        .computeIfAbsent(state.wallet(), _ -> new ArrayList<>())
        .add(
            new State(
                state.from(), to, state.paidUntil(), state.credentialsFrom(), byReorganisation));
  }

  /** When the gate ran, was attached and was heard. */
  private void readCharge(List<Fact> facts) {
    boolean isAttached = false;
    int held = 0;
    int harmed = 0;
    long since = Long.MAX_VALUE;
    long stillSince = Long.MAX_VALUE;
    for (Fact fact : facts) {
      switch (fact) {
        case Fact.Attached now -> {
          if (now.attached()) {
            attachments.add(now.at());
          }
          isAttached = now.attached();
        }
        case Fact.Held now -> held += now.begins() ? 1 : -1;
        case Fact.StoodStill now -> {
          if (now.begins()) {
            count("times that the machine stood still");
            stillSince = now.at();
          } else {
            stills.add(new Span(stillSince, now.at()));
            stillSince = Long.MAX_VALUE;
          }
        }
        case Fact.Harmed now -> {
          if (now.harm().victim == Harm.Victim.GATE || now.harm().victim == Harm.Victim.OPENVPN) {
            harmed += now.begins() ? 1 : -1;
          }
        }
        default -> {} // Says nothing of the gate.
      }
      boolean charged = isAttached && held == 0 && harmed == 0;
      if (charged && since == Long.MAX_VALUE) {
        since = fact.at();
      } else if (!charged && since < Long.MAX_VALUE) {
        inCharge.add(new Span(since, fact.at()));
        since = Long.MAX_VALUE;
      }
    }
    if (since < Long.MAX_VALUE) {
      inCharge.add(new Span(since, end + PROMISE));
    }
    if (stillSince < Long.MAX_VALUE) {
      stills.add(new Span(stillSince, end));
    }
  }

  /**
   * Until when the gate needs at the latest for what is due at this time. It is given as much more
   * as the machine stood still meanwhile, and no more.
   */
  private long due(long time) {
    for (Span span : inCharge) {
      long from = Math.max(span.from(), time);
      long due = from + PROMISE;
      for (Span still : stills) {
        if (still.from() <= due) {
          due += overlap(still, from, Long.MAX_VALUE);
        }
      }
      if (span.to() >= due) {
        return due;
      }
    }
    return Long.MAX_VALUE;
  }

  /** For how long of this time the gate was in charge, and the machine went on. */
  private long charged(long from, long to) {
    return inCharge.stream()
        .mapToLong(
            span -> {
              long begin = Math.max(from, span.from());
              long end = Math.min(to, span.to());
              long still = stills.stream().mapToLong(s -> overlap(s, begin, end)).sum();
              return Math.max(0, end - begin) - still;
            })
        .sum();
  }

  private static long overlap(Span span, long from, long to) {
    return Math.max(0, Math.min(to, span.to()) - Math.max(from, span.from()));
  }

  /** From when on the chain's words may be what the gate goes by at this time. */
  private long horizon(long time) {
    long horizon = time - REACTION;
    for (Trouble harm : harms.reversed()) {
      if (harm.from() < time && harm.to() > horizon) {
        horizon = Math.min(horizon, harm.from() - REACTION);
      }
    }
    return horizon;
  }

  private boolean mayGoBy(String wallet, long time, Predicate<State> what) {
    long from = horizon(time);
    return states(wallet).stream()
        .anyMatch(s -> s.from() <= time && s.to() >= from && what.test(s));
  }

  private List<State> states(String wallet) {
    return truth.getOrDefault(wallet, List.of());
  }

  // What was done

  private void read(Fact fact) {
    switch (fact) {
      case Fact.Asked asked -> {
        Session session = session(asked.life(), asked.cid());
        session.wallet = asked.wallet();
        session.questions.put(asked.kid(), new Question(asked, new ArrayList<>()));
      }
      case Fact.Answered answered -> {
        Session session = session(answered.life(), answered.cid());
        Question question = session.questions.get(answered.kid());
        if (!answered.reason().isEmpty()) {
          refusals.add(new Refusal(answered.at(), session.wallet, answered.reason()));
        }
        if (question != null) {
          question.answers().add(answered);
          Proof proof = proofs.get(question.asked().password());
          if (answered.reason().isEmpty() && proof != null) {
            firstAccepts.merge(proof.root(), answered.at(), Math::min);
            if (!answered.token().isEmpty()) {
              proofs.put(answered.token(), proof);
            }
          }
        }
      }
      case Fact.Up up -> session(up.life(), up.cid()).up = true;
      case Fact.Down down -> session(down.life(), down.cid()).downAt = down.at();
      case Fact.Cut cut -> {
        Session session = session(cut.life(), cut.cid());
        refusals.add(new Refusal(cut.at(), session.wallet, cut.reason()));
        if (cut.reason().equals("RESTART") || cut.reason().equals("TEMP")) {
          reconnects.add(cut);
        }
        session.cutAt = Math.min(session.cutAt, cut.at());
      }
      default -> {} // Read before.
    }
  }

  private Session session(int life, long cid) {
    return sessions.computeIfAbsent(new Id(life, cid), _ -> new Session());
  }

  // The rules

  private void judgeEvent(Fact fact) {
    switch (fact) {
      case Fact.Answered answered -> judgeAnswer(answered);
      case Fact.Cut cut -> judgeCut(cut);
      case Fact.Exited exited -> judgeExit(exited);
      default -> {} // No deed of the gate.
    }
  }

  private void judgeAnswer(Fact.Answered answered) {
    Session session = session(answered.life(), answered.cid());
    Question question = session.questions.get(answered.kid());
    boolean accepted = answered.reason().isEmpty();
    if (question == null || question.asked().at() > answered.at()) {
      if (accepted && (answered.kid() == 1 || !session.up)) {
        fault(answered.at(), "an accept of %s that nobody asked for", answered);
      }
      count("rescues, and parts of cuts, by keys that were not asked about");
      return;
    }
    Fact.Asked asked = question.asked();
    Proof proof = proofs.get(asked.password());
    boolean proved = proof != null && proof.wallet().equals(asked.wallet());
    if (accepted) {
      count(answered.kid() == 1 ? "logins accepted" : "renegotiations accepted");
      if (session.cutAt < answered.at()) {
        fault(answered.at(), "%s was accepted after its cut", answered);
      }
      judgeAccept(answered, asked, proved ? proof : null);
    } else {
      count("denied " + answered.reason());
      judgeDenial(answered, asked, proved ? proof : null, session);
    }
  }

  private void judgeAccept(Fact.Answered answered, Fact.Asked asked, @Nullable Proof proof) {
    // It was on its way for a moment.
    long decided = Math.max(asked.at(), answered.at() - PROMISE);
    if (proof == null) {
      fault(answered.at(), "%s was accepted without a proof", asked);
    } else if (asked.kid() == 1
        && !mayGoBy(
            asked.wallet(),
            answered.at(),
            s ->
                s.paidUntil() * 1_000 > decided - wrongBy(decided)
                    && s.credentialsFrom() < proof.issuedAt())) {
      fault(answered.at(), "%s was accepted without time", asked);
    }
    if (asked.kid() == 1 && isInDoubt(asked.at(), answered.at())) {
      fault(answered.at(), "%s was accepted by a wrong clock", asked);
    }
    if (bans.stream()
        .anyMatch(
            ban -> ban.sure() && ban.wallet().equals(asked.wallet()) && ban.at() < asked.at())) {
      fault(answered.at(), "%s was accepted though banned", asked);
    }
    if (proof != null
        && revokedProfiles.stream()
            .anyMatch(r -> r.sure() && r.password().equals(proof.root()) && r.at() < asked.at())) {
      fault(answered.at(), "%s was accepted though its profile was revoked", asked);
    }
  }

  /** Whether the clock was wrong all the time, and for so long that it was seen. */
  private boolean isInDoubt(long from, long to) {
    return harms.stream()
        .anyMatch(
            harm ->
                harm.harm().victim == Harm.Victim.CLOCK
                    && harm.from() + CLOCK_SEEN < from
                    && to < harm.to());
  }

  private void judgeDenial(
      Fact.Answered answered, Fact.Asked asked, @Nullable Proof proof, Session session) {
    String reason = answered.reason();
    boolean justified;
    if (proof == null) {
      justified = OF_A_BAD_PASSWORD.contains(reason) || TEMPORARY.contains(reason);
    } else if (TEMPORARY.contains(reason)) {
      justified = answered.kid() == 1 || !session.up;
    } else if (reason.equals("replaced")) {
      justified = isReplaced(session, answered.at());
    } else {
      justified =
          isJustified(asked.wallet(), answered.at(), reason, proof.issuedAt())
              || (reason.equals("revoked") && mayBeRevoked(proof.root(), answered.at()));
    }
    if (!justified) {
      fault(answered.at(), "%s was denied as %s", asked, reason);
    }
  }

  private void judgeCut(Fact.Cut cut) {
    Session session = session(cut.life(), cut.cid());
    count("cut " + cut.reason());
    boolean justified =
        switch (cut.reason()) {
          case "RESTART", "TEMP" -> true; // It comes back, or its silence is judged.
          case "replaced" -> isReplaced(session, cut.at());
          case "revoked" ->
              isJustified(session.wallet, cut.at(), cut.reason(), issuedAt(session))
                  || proofs(session).anyMatch(proof -> mayBeRevoked(proof.root(), cut.at()));
          default -> isJustified(session.wallet, cut.at(), cut.reason(), issuedAt(session));
        };
    if (!justified) {
      fault(cut.at(), "%s of %s was cut as %s", cut, session.wallet, cut.reason());
    }
  }

  /** When the password was signed that the session goes back to. */
  private long issuedAt(Session session) {
    return proofs(session).mapToLong(Proof::issuedAt).min().orElse(Long.MAX_VALUE);
  }

  private Stream<Proof> proofs(Session session) {
    return session.questions.values().stream()
        .map(question -> proofs.get(question.asked().password()))
        .filter(Objects::nonNull);
  }

  /** Whether this profile alone may be revoked by then. */
  private boolean mayBeRevoked(String password, long time) {
    return revokedProfiles.stream()
        .anyMatch(r -> r.password().equals(password) && r.from() <= time);
  }

  /**
   * By how much the clock may be wrong that ends go by at this time, because it ran too fast or too
   * slow until now, or until it was set right a moment ago.
   */
  private long wrongBy(long time) {
    return harms.stream()
        .filter(harm -> harm.harm().victim == Harm.Victim.PACE)
        .filter(harm -> harm.from() <= time && time <= harm.to() + REACTION)
        .mapToLong(harm -> (long) ((Math.min(time, harm.to()) - harm.from()) * House.PACE))
        .max()
        .orElse(0);
  }

  /** Whether the same wallet came once more, with a right password. */
  private boolean isReplaced(Session session, long time) {
    return sessions.values().stream()
        .filter(other -> other != session && other.wallet.equals(session.wallet))
        .map(other -> other.questions.get(1L))
        .filter(Objects::nonNull)
        .map(Question::asked)
        .anyMatch(
            asked ->
                asked.at() <= time
                    && asked.at() >= begin(session)
                    && proofs.containsKey(asked.password()));
  }

  private static long begin(Session session) {
    return session.questions.values().stream()
        .mapToLong(question -> question.asked().at())
        .min()
        .orElse(Long.MIN_VALUE);
  }

  private boolean isJustified(String wallet, long time, String reason, long issuedAt) {
    return switch (reason) {
      case "no_time", "expired" ->
          mayGoBy(
              wallet,
              time,
              s ->
                  s.paidUntil() * 1_000
                      <= time + wrongBy(time) + (reason.equals("no_time") ? 1_100 : 100));
      case "revoked" -> mayGoBy(wallet, time, s -> s.credentialsFrom() >= issuedAt);
      case "banned", "operator" ->
          bans.stream().anyMatch(ban -> ban.wallet().equals(wallet) && ban.from() <= time);
      default -> false;
    };
  }

  private void judgeExit(Fact.Exited exited) {
    Fact.Login login = client(exited.client()).login;
    boolean justified =
        !login.proved()
            || mayBeRevoked(login.password(), exited.at())
            || List.of("no_time", "banned", "operator", "revoked").stream()
                .anyMatch(
                    reason -> isJustified(login.wallet(), exited.at(), reason, login.issuedAt()))
            // A refusal may reach it seconds later, when time was bought meanwhile.
            || refusals.stream()
                .filter(told -> told.wallet().equals(login.wallet()))
                .filter(told -> told.at() >= login.at() && told.at() <= exited.at())
                .anyMatch(
                    told ->
                        isJustified(login.wallet(), told.at(), told.reason(), login.issuedAt()));
    if (!justified) {
      fault(exited.at(), "%s had to go though it had paid: %s", exited.client(), exited.words());
    }
  }

  // Packets

  private void judgePackets(Client client) {
    Fact.Login login = client.login;
    List<Fact.Packets> all = client.packets;
    if (all.isEmpty()) {
      return;
    }
    count("clients with packets");
    counts.merge("packets", all.stream().mapToLong(Fact.Packets::count).sum(), Long::sum);
    Long accepted = login.proved() ? firstAccepts.get(login.password()) : null;
    long first = all.stream().mapToLong(Fact.Packets::from).min().orElseThrow();
    if (accepted == null || first < accepted) {
      fault(first, "packets of %s passed before any accept", login.client());
      return;
    }
    for (Fact.Packets packets : all) {
      if (!mayPass(login.wallet(), packets.at()) && !isHalfCut(login.wallet(), packets.at())) {
        fault(packets.at(), "a packet of %s passed after its time", login.client());
        break;
      }
      if (!mayPassUnrevoked(login, packets.at())) {
        fault(packets.at(), "a packet of %s passed after its revocation", login.client());
        break;
      }
    }
    Optional<Long> over = overrun(client);
    over.ifPresent(overruns::add);
    judgeSilence(client, true);
    judgeSilence(client, false);
  }

  private boolean mayPass(String wallet, long time) {
    long since = horizon(time - PROMISE);
    return states(wallet).stream()
        .filter(s -> s.from() <= time)
        .filter(s -> s.to() >= (s.endedByReorganisation() ? since - PATIENCE : since - PROMISE))
        .mapToLong(s -> s.paidUntil() * 1_000)
        .anyMatch(
            paidUntil ->
                time <= paidUntil + PROMISE + wrongBy(time)
                    || (time <= due(paidUntil) && time <= paidUntil + belt + BEYOND_THE_BELT));
  }

  /**
   * OpenVPN stood still when it had read the client-kill of a cut and not the client-deny behind
   * it: a client that does not want to go may keep its tunnel until the client-kill ends it.
   */
  private boolean isHalfCut(String wallet, long time) {
    return harms.stream()
        .filter(harm -> harm.harm() == Harm.OPENVPN_STOPPED)
        .anyMatch(
            stop ->
                sessions.values().stream()
                    .filter(session -> session.wallet.equals(wallet))
                    .filter(s -> Math.abs(stop.from() - s.cutAt) <= BETWEEN_TWO_COMMANDS)
                    .anyMatch(s -> time >= s.cutAt && time <= s.cutAt + SCHEDULED_EXIT));
  }

  /**
   * A revocation counts from the block on that tells of it, once the gate can have read it; or from
   * the gate's own word on.
   */
  private boolean mayPassUnrevoked(Fact.Login login, long time) {
    LongStream onTheChain =
        states(login.wallet()).stream()
            .filter(s -> s.credentialsFrom() >= login.issuedAt())
            .mapToLong(State::from)
            .limit(1);
    LongStream onThePage =
        revokedProfiles.stream()
            .filter(r -> r.sure() && r.password().equals(login.password()))
            .mapToLong(Fact::at);
    return onTheChain.allMatch(
            from -> due(from) >= time - REACTION || horizon(time - PROMISE) <= from)
        && onThePage.allMatch(from -> due(from) >= time);
  }

  /** How long after its time the last packet of a client passed whose time ended. */
  private Optional<Long> overrun(Client client) {
    List<State> states = states(client.login.wallet());
    if (states.isEmpty() || states.getLast().paidUntil() * 1_000 > end) {
      return Optional.empty();
    }
    long paidUntil = states.getLast().paidUntil() * 1_000;
    long last = client.packets.stream().mapToLong(Fact.Packets::at).max().orElseThrow();
    boolean wasThere = last > paidUntil - PROMISE && client.endedAt > paidUntil;
    return wasThere && wrongBy(last) == 0 && due(paidUntil) == paidUntil + PROMISE
        ? Optional.of(last - paidUntil)
        : Optional.empty();
  }

  private void judgeSilence(Client client, boolean up) {
    List<Fact.Packets> all = client.packets.stream().filter(p -> p.up() == up).toList();
    long before = Long.MIN_VALUE;
    for (Fact.Packets packets : all) {
      if (before > Long.MIN_VALUE) {
        judgeGap(client, before, packets.from());
      }
      if (packets.longestPause() > SILENCE) {
        judgeGap(client, packets.at() - packets.longestPause(), packets.at());
      }
      before = packets.at();
    }
    long until = Math.min(end, client.endedAt);
    if (before > Long.MIN_VALUE && until - before > SILENCE) {
      judgeGap(client, before, until);
    }
    for (Trouble harm : harms) {
      longestIn(all, harm)
          .ifPresent(gap -> silences.computeIfAbsent(harm.harm(), _ -> new ArrayList<>()).add(gap));
    }
  }

  private void judgeGap(Client client, long from, long to) {
    boolean paid =
        states(client.login.wallet()).stream()
            .filter(s -> s.from() <= to && s.to() >= from - REACTION)
            .noneMatch(s -> s.paidUntil() * 1_000 <= to);
    boolean banned =
        bans.stream().anyMatch(b -> b.wallet().equals(client.login.wallet()) && b.from() <= to);
    boolean revoked =
        states(client.login.wallet()).stream()
                .anyMatch(s -> s.from() <= to && s.credentialsFrom() >= client.login.issuedAt())
            || mayBeRevoked(client.login.password(), to);
    // Without a gate a renegotiation waits, and with it what the client sends.
    if (charged(from, to) <= SILENCE || !paid || banned || revoked) {
      return;
    }
    boolean openVpnWasAway =
        harms.stream()
            .anyMatch(
                harm ->
                    (harm.harm().victim == Harm.Victim.OPENVPN
                            || harm.harm().victim == Harm.Victim.CLOCK)
                        && harm.from() <= to
                        && harm.to() + AFTERMATH >= from);
    boolean planned =
        reconnects.stream()
            .anyMatch(
                cut ->
                    session(cut.life(), cut.cid()).wallet.equals(client.login.wallet())
                        && cut.at() >= from - AFTERMATH
                        && cut.at() <= to);
    if (!openVpnWasAway && !planned) {
      fault(from, "%s had paid and was silent for %d ms", client.login.client(), to - from);
    } else if (to - from > COMING_BACK) {
      fault(from, "%s came back late, after %d ms", client.login.client(), to - from);
    }
  }

  /** The longest silence that began while the harm was done, or just after, but before the next. */
  private Optional<Long> longestIn(List<Fact.Packets> all, Trouble harm) {
    long next =
        harms.stream()
            .mapToLong(Trouble::from)
            .filter(from -> from > harm.from())
            .min()
            .orElse(Long.MAX_VALUE);
    long until = Math.min(harm.to() + AFTERMATH, next - MOMENT);
    long longest = -1;
    for (int i = 1; i < all.size(); i++) {
      long from = all.get(i - 1).at();
      if (from >= harm.from() - MOMENT && from < until) {
        longest = Math.max(longest, all.get(i).from() - from);
      }
      Fact.Packets packets = all.get(i);
      if (packets.from() >= harm.from() - MOMENT && packets.at() < until) {
        longest = Math.max(longest, packets.longestPause());
      }
    }
    return longest < 0 ? Optional.empty() : Optional.of(longest);
  }

  /** One answer to each question, unless the one who asked, or whom he asked, was gone. */
  private void judgeQuestions(Id id, Session session) {
    session.questions.forEach(
        (kid, question) -> {
          long asked = question.asked().at();
          List<Fact.Answered> answers =
              question.answers().stream().filter(a -> a.at() < session.cutAt).toList();
          // Back, the gate answers what may have been lost; that may cross the same question.
          boolean again =
              kid > 1
                  && answers.size() > 1
                  && (isAttached(answers.getFirst().at(), answers.getLast().at())
                      || (answers.size() == 2
                          && isAttached(asked - REACTION, answers.getFirst().at())));
          boolean partOfACut =
              answers.size() > 1 && answers.stream().skip(1).noneMatch(a -> a.reason().isEmpty());
          if (answers.size() > 1 && !again && !partOfACut) {
            fault(asked, "client %s got %d verdicts for key %d", id, answers.size(), kid);
          }
          long deadline = asked + VERDICT_TIME;
          boolean undisturbed =
              harms.stream().noneMatch(harm -> harm.from() < deadline && harm.to() > asked);
          boolean there = Math.min(session.downAt, session.cutAt) > deadline && deadline < end;
          if (question.answers().isEmpty() && undisturbed && there) {
            fault(asked, "client %s got no verdict for key %d", id, kid);
          }
        });
  }

  private boolean isAttached(long after, long until) {
    return attachments.stream().anyMatch(at -> at > after && at <= until);
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  @FormatMethod
  private void fault(long at, String words, @Nullable Object... values) {
    faults.add(at + ": " + String.format(words, values));
  }
}
