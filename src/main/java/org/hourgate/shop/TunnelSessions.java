package org.hourgate.shop;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Whose session has an address in the tunnel. Listing sessions takes the gate's time, so it is
 * asked at most once a second for all who wait; nobody gets an answer that is older than his
 * question, because the address may have gone to another customer since. Whoever is not known is
 * looked for once more: packets may come through a tunnel before the gate has read that it is up.
 * State is the shop thread's alone.
 */
final class TunnelSessions {

  private static final Duration ASK_EVERY = Duration.ofSeconds(1);

  private final GateControl gate;
  private final SerialExecutor shopThread;
  private final TimeSource time;

  private List<CompletableFuture<Map<InetAddress, SessionView>>> waiting = new ArrayList<>();
  private @Nullable Long askedNanos;

  TunnelSessions(GateControl gate, SerialExecutor shopThread, TimeSource time) {
    this.gate = gate;
    this.shopThread = shopThread;
    this.time = time;
  }

  /** The session that has this address now, and no other session has. */
  CompletionStage<Optional<SessionView>> at(InetAddress address) {
    return look(address)
        .thenCompose(
            found -> found.isPresent() ? CompletableFuture.completedStage(found) : look(address));
  }

  private CompletionStage<Optional<SessionView>> look(InetAddress address) {
    CompletableFuture<Map<InetAddress, SessionView>> answer = new CompletableFuture<>();
    shopThread.execute(() -> enqueue(answer));
    return answer.thenApply(sessions -> Optional.ofNullable(sessions.get(address)));
  }

  private void enqueue(CompletableFuture<Map<InetAddress, SessionView>> answer) {
    waiting.add(answer);
    if (waiting.size() == 1) {
      shopThread.schedule(untilNext(), this::ask);
    }
  }

  private Duration untilNext() {
    return askedNanos == null ? Duration.ZERO : ASK_EVERY.minusNanos(time.nanoTime() - askedNanos);
  }

  private void ask() {
    askedNanos = time.nanoTime();
    List<CompletableFuture<Map<InetAddress, SessionView>>> asking = waiting;
    waiting = new ArrayList<>();
    var _ =
        gate.sessions()
            .thenApplyAsync(TunnelSessions::byAddress, shopThread)
            .whenComplete(
                (sessions, failure) -> {
                  for (var answer : asking) {
                    if (failure == null) {
                      answer.complete(sessions);
                    } else {
                      answer.completeExceptionally(failure);
                    }
                  }
                });
  }

  /**
   * An address of two sessions, as instances with overlapping networks may give, is nobody's: there
   * is no telling whose packets came.
   */
  private static Map<InetAddress, SessionView> byAddress(List<SessionView> sessions) {
    Map<InetAddress, SessionView> byAddress = new HashMap<>();
    Set<InetAddress> twice = new HashSet<>();
    for (SessionView session : sessions) {
      if (session.state() == SessionView.State.ESTABLISHED) {
        Stream.of(session.tunnelAddress(), session.tunnelAddress6())
            .flatMap(literal -> address(literal).stream())
            .forEach(
                address -> {
                  if (byAddress.put(address, session) != null) {
                    twice.add(address);
                  }
                });
      }
    }
    byAddress.keySet().removeAll(twice);
    return byAddress;
  }

  private static Optional<InetAddress> address(String literal) {
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // OpenVPN has told none.
    }
  }
}
