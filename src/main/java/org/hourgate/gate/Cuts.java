package org.hourgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.KeyId;
import org.hourgate.management.Reply;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionKey;
import org.hourgate.session.StatusTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends clients so that not one more packet passes, and makes sure of it.
 *
 * <p>A cut is one write: {@code client-kill CID "HALT,text"}, which tells the client and makes it
 * stop for good, then {@code client-deny} for its newest keys, which stops the data at once
 * (OpenVPN {@code ssl_verify.c tls_authenticate_key}). The order and the number of keys are
 * measured: docs/decisions/0001-the-cut.md. What counts is DISCONNECT; without it {@code status 3}
 * is asked, and a client that is still there is ended by {@code kill CN}, which tells it nothing.
 * Where scripts ask, {@code client-deny} does nothing, and that {@code kill CN} follows the text
 * after 150 ms: docs/decisions/0006-the-second-way-in.md.
 *
 * <p>Touched by the gate's thread alone.
 */
final class Cuts {

  /**
   * DISCONNECT follows a client-kill after 4 to 6 s (OpenVPN {@code push.c} sends, then waits 5 s).
   */
  private static final Duration CONFIRMATION_TIME = Duration.ofSeconds(8);

  /**
   * Where {@code client-deny} does nothing the text gets this long to reach the client, which takes
   * 10 ms, and {@code kill CN} stops the data.
   */
  private static final Duration TIME_FOR_THE_TEXT = Duration.ofMillis(150);

  /** Nothing tells there that the client is gone. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  /** More than are cut while one of them may still ask. */
  private static final int MOST_REMEMBERED = 20_000;

  private static final Logger LOG = LoggerFactory.getLogger(Cuts.class);

  private final SerialExecutor gateThread;
  private final Function<InstanceName, Daemon> daemons;
  private final Consumer<SessionKey> goneUnheard;
  private final BiPredicate<InstanceName, String> isComing;
  private final GateLog log;
  private final Map<SessionKey, Cut> unconfirmed = new HashMap<>();
  private final Set<SessionKey> latest =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<SessionKey, Boolean> eldest) {
              return size() > MOST_REMEMBERED;
            }
          });
  private final Map<InstanceName, Doubts> doubted = new HashMap<>();

  private static final class Cut {
    private final SessionKey key;
    private final String commonName;
    private final List<Command> commands;
    private SerialExecutor.Timer check = () -> {};

    /** OpenVPN has answered a write: the text is on its way. */
    private boolean answered;

    /** More than the first write was done already. */
    private boolean enforced;

    Cut(SessionKey key, String commonName, List<Command> commands) {
      this.key = key;
      this.commonName = commonName;
      this.commands = commands;
    }
  }

  /** Cuts of one instance to be looked for in its next status. */
  private static final class Doubts {
    private final List<Cut> cuts = new ArrayList<>();
    private boolean asking;
  }

  /**
   * Prepares to cut.
   *
   * @param goneUnheard told of a client that is no longer in {@code status 3} though no DISCONNECT
   *     came
   * @param isComing whether somebody of that name was let in and is not up yet: {@code kill CN}
   *     would meet him as well
   */
  Cuts(
      SerialExecutor gateThread,
      Function<InstanceName, Daemon> daemons,
      GateLog log,
      Consumer<SessionKey> goneUnheard,
      BiPredicate<InstanceName, String> isComing) {
    this.gateThread = gateThread;
    this.daemons = daemons;
    this.log = log;
    this.goneUnheard = goneUnheard;
    this.isComing = isComing;
  }

  /**
   * Cuts one client.
   *
   * @param commonName OpenVPN's name for it
   * @param keys the KIDs to deny, newest first
   */
  void cut(SessionKey key, String commonName, List<KeyId> keys, ReasonCode reason, String text) {
    if (unconfirmed.containsKey(key)) {
      return;
    }
    List<Command> commands = new ArrayList<>();
    commands.add(farewell(key, text));
    boolean script = askedBy(key) == AskedBy.SCRIPT;
    for (KeyId k : script ? List.<KeyId>of() : keys) {
      commands.add(new Command.ClientDeny(key.client(), k, reason.code(), Optional.of(text)));
    }
    Cut cut = new Cut(key, commonName, commands);
    unconfirmed.put(key, cut);
    latest.add(key);
    write(cut);
  }

  /** Tells a client why it has to go, and makes it stop for good. */
  static Command farewell(SessionKey key, String text) {
    return new Command.ClientKill(key.client(), Optional.of("HALT," + text));
  }

  /** Whether the client was told to go. It stays cut for its epoch, gone or not. */
  boolean hasMet(SessionKey key) {
    return unconfirmed.containsKey(key) || latest.contains(key);
  }

  /** The client is gone: DISCONNECT came, or its epoch is over. */
  void confirmed(SessionKey key) {
    Cut cut = unconfirmed.remove(key);
    if (cut != null) {
      cut.check.cancel();
    }
  }

  /** Whoever is still there after a loss of the connection is found again and cut anew. */
  void forget(InstanceName instance) {
    unconfirmed.keySet().stream()
        .filter(k -> k.instance().equals(instance))
        .toList()
        .forEach(this::confirmed);
    latest.removeIf(key -> key.instance().equals(instance));
  }

  private void write(Cut cut) {
    Following.run(
        "a cut",
        daemon(cut).send(cut.key, CommandPriority.CUT, cut.commands),
        gateThread,
        (replies, failure) -> {
          if (failure != null) {
            LOG.warn("cut of {} not answered: {}", cut.key, failure.toString());
          }
          cut.answered |= failure == null;
          if (unconfirmed.get(cut.key) != cut) {
            return;
          }
          if (failure == null && isUnknownToDaemon(replies)) {
            verify(cut);
          } else {
            checkLater(cut, timeToGo(cut));
          }
        });
  }

  /**
   * Counted from OpenVPN's answer: one that stood still has only then sent the text, and a {@code
   * kill CN} right behind it would overtake it.
   */
  private Duration timeToGo(Cut cut) {
    return switch (askedBy(cut.key)) {
      case MANAGEMENT -> CONFIRMATION_TIME;
      case SCRIPT -> cut.enforced ? LOOK_AGAIN : TIME_FOR_THE_TEXT;
    };
  }

  private AskedBy askedBy(SessionKey key) {
    return daemons.apply(key.instance()).askedBy();
  }

  /** ERROR for the client itself and for all of its keys. */
  private static boolean isUnknownToDaemon(List<Reply> replies) {
    return replies.stream().allMatch(Reply.Failure.class::isInstance);
  }

  private void checkLater(Cut cut, Duration after) {
    cut.check.cancel();
    cut.check = gateThread.schedule(after, () -> verify(cut));
  }

  private void verify(Cut cut) {
    if (unconfirmed.get(cut.key) != cut) {
      return;
    }
    checkLater(cut, askedBy(cut.key) == AskedBy.SCRIPT ? LOOK_AGAIN : CONFIRMATION_TIME);
    Doubts doubts = doubted.computeIfAbsent(cut.key.instance(), _ -> new Doubts());
    doubts.cuts.add(cut);
    if (!doubts.asking) {
      doubts.asking = true;
      // Behind the checks of other cuts that are due by now.
      gateThread.schedule(Duration.ZERO, () -> ask(doubts));
    }
  }

  /** One {@code status 3} for all: of thousands of clients each takes OpenVPN a while. */
  private void ask(Doubts doubts) {
    List<Cut> cuts = doubts.cuts.stream().filter(c -> unconfirmed.get(c.key) == c).toList();
    doubts.cuts.clear();
    if (cuts.isEmpty()) {
      doubts.asking = false;
      return;
    }
    SessionKey any = cuts.getFirst().key;
    Following.run(
        "the check of cuts",
        daemons.apply(any.instance()).send(any, CommandPriority.CUT, List.of(new Command.Status())),
        gateThread,
        (replies, failure) -> {
          doubts.asking = !doubts.cuts.isEmpty();
          if (doubts.asking) {
            ask(doubts);
          }
          if (failure == null && replies.getFirst() instanceof Reply.Lines) {
            judge(cuts, StatusTable.of(replies.getFirst()));
          }
        });
  }

  private void judge(List<Cut> cuts, StatusTable table) {
    Set<ClientId> present =
        table.rows().stream().map(StatusTable.Row::client).collect(Collectors.toSet());
    Map<String, Set<ClientId>> named =
        table.rows().stream()
            .filter(StatusTable.Row::isLive)
            .collect(
                Collectors.groupingBy(
                    StatusTable.Row::commonName,
                    Collectors.mapping(StatusTable.Row::client, Collectors.toSet())));
    for (Cut cut : cuts) {
      if (unconfirmed.get(cut.key) != cut) {
        continue;
      }
      ClientId client = cut.key.client();
      if (!present.contains(client)) {
        goneUnheard.accept(cut.key);
      } else if (!cut.answered) {
        write(cut); // It has only now read that text, if it got it at all.
      } else {
        Set<ClientId> sameName = named.getOrDefault(cut.commonName, Set.of());
        boolean itsOwn = Set.of(client).containsAll(sameName);
        enforce(cut, itsOwn && !isComing.test(cut.key.instance(), cut.commonName));
      }
    }
  }

  private void enforce(Cut cut, boolean nameIsItsOwn) {
    Optional<Command> kill = nameIsItsOwn ? killByName(cut.commonName) : Optional.empty();
    if (askedBy(cut.key) == AskedBy.MANAGEMENT || cut.enforced) {
      log.cutAgain(cut.key, kill.isPresent());
    }
    cut.enforced = true;
    if (kill.isPresent()) {
      var _ = daemon(cut).send(cut.key, CommandPriority.CUT, List.of(kill.get()));
    } else {
      write(cut);
    }
  }

  /** A name that is no wallet's may be one that {@code kill} takes for an address. */
  private static Optional<Command> killByName(String commonName) {
    try {
      return Optional.of(new Command.KillCommonName(commonName));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Daemon daemon(Cut cut) {
    return daemons.apply(cut.key.instance());
  }
}
