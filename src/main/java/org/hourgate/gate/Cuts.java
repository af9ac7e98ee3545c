package org.hourgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hourgate.infrastructure.time.SerialExecutor;
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
 *
 * <p>Touched by the gate's thread alone.
 */
final class Cuts {

  /**
   * DISCONNECT follows a client-kill after 4 to 6 s (OpenVPN {@code push.c} sends, then waits 5 s).
   */
  private static final Duration CONFIRMATION_TIME = Duration.ofSeconds(8);

  private static final Logger LOG = LoggerFactory.getLogger(Cuts.class);

  private final SerialExecutor gateThread;
  private final Function<InstanceName, Daemon> daemons;
  private final Consumer<SessionKey> goneUnheard;
  private final Map<SessionKey, Cut> unconfirmed = new HashMap<>();
  private long hardCuts;

  private static final class Cut {
    private final SessionKey key;
    private final String commonName;
    private final List<Command> commands;
    private SerialExecutor.Timer check = () -> {};

    Cut(SessionKey key, String commonName, List<Command> commands) {
      this.key = key;
      this.commonName = commonName;
      this.commands = commands;
    }
  }

  /**
   * Prepares to cut.
   *
   * @param goneUnheard told of a client that is no longer in {@code status 3} though no DISCONNECT
   *     came
   */
  Cuts(
      SerialExecutor gateThread,
      Function<InstanceName, Daemon> daemons,
      Consumer<SessionKey> goneUnheard) {
    this.gateThread = gateThread;
    this.daemons = daemons;
    this.goneUnheard = goneUnheard;
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
    commands.add(new Command.ClientKill(key.client(), Optional.of("HALT," + text)));
    for (KeyId k : keys) {
      commands.add(new Command.ClientDeny(key.client(), k, reason.code(), Optional.of(text)));
    }
    Cut cut = new Cut(key, commonName, commands);
    unconfirmed.put(key, cut);
    write(cut);
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
  }

  /** How often {@code kill CN} was needed. */
  long hardCuts() {
    return hardCuts;
  }

  private void write(Cut cut) {
    var _ =
        daemon(cut)
            .send(cut.key, CommandPriority.CUT, cut.commands)
            .whenCompleteAsync(
                (replies, failure) -> {
                  if (failure != null) {
                    LOG.warn("cut of {} not written: {}", cut.key, failure.getMessage());
                  } else if (isUnknownToDaemon(replies)) {
                    verify(cut);
                  }
                },
                gateThread);
    checkLater(cut);
  }

  /** ERROR for the client itself and for all of its keys. */
  private static boolean isUnknownToDaemon(List<Reply> replies) {
    return replies.stream().allMatch(Reply.Failure.class::isInstance);
  }

  private void checkLater(Cut cut) {
    cut.check.cancel();
    cut.check = gateThread.schedule(CONFIRMATION_TIME, () -> verify(cut));
  }

  private void verify(Cut cut) {
    if (unconfirmed.get(cut.key) != cut) {
      return;
    }
    checkLater(cut);
    var _ =
        daemon(cut)
            .send(cut.key, CommandPriority.CUT, List.of(new Command.Status()))
            .thenAcceptAsync(
                replies -> {
                  if (unconfirmed.get(cut.key) == cut
                      && replies.getFirst() instanceof Reply.Lines) {
                    judge(cut, StatusTable.of(replies.getFirst()));
                  }
                },
                gateThread);
  }

  private void judge(Cut cut, StatusTable table) {
    boolean present = table.rows().stream().anyMatch(r -> r.client().equals(cut.key.client()));
    if (!present) {
      goneUnheard.accept(cut.key);
      return;
    }
    boolean nameIsItsOwn =
        table.rows().stream()
            .noneMatch(
                r ->
                    r.isLive()
                        && r.commonName().equals(cut.commonName)
                        && !r.client().equals(cut.key.client()));
    Optional<Command> kill = nameIsItsOwn ? killByName(cut.commonName) : Optional.empty();
    if (kill.isPresent()) {
      hardCuts++;
      LOG.warn("cut of {} not confirmed: using kill CN", cut.key);
      var _ = daemon(cut).send(cut.key, CommandPriority.CUT, List.of(kill.get()));
    } else {
      LOG.warn("cut of {} not confirmed and its name is of no use: cutting again", cut.key);
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
