package org.hourgate.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.fake.FakeLogin;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.management.fake.FakeVpnClient;

/**
 * What a scenario is played on: the stand-in for OpenVPN, everything the controller has said to it,
 * and waits with an end. One thread.
 */
final class Stage {

  /** How long the controller is watched for something that must not come. */
  private static final Duration SETTLED = Duration.ofMillis(300);

  private static final long STEP_MILLIS = 10;

  private final FakeOpenVpn openVpn;
  private final TimeSource time;
  private final Duration patience;
  private final Optional<Login> accepted;
  private final Optional<Login> refused;
  private final BlockingQueue<String> incoming = new LinkedBlockingQueue<>();
  private final List<Said> said = new ArrayList<>();
  private int strangers;

  Stage(
      FakeOpenVpn openVpn,
      TimeSource time,
      Duration patience,
      Optional<Login> accepted,
      Optional<Login> refused) {
    this.openVpn = openVpn;
    this.time = time;
    this.patience = patience;
    this.accepted = accepted;
    this.refused = refused;
    openVpn.onCommand(incoming::add);
  }

  FakeOpenVpn openVpn() {
    return openVpn;
  }

  // Clients

  /** A login that the controller accepts. */
  FakeLogin good() {
    Login login = accepted.orElseThrow();
    return FakeLogin.of(login.username(), login.password());
  }

  /** A login that the controller refuses. */
  FakeLogin bad() {
    Login login = refused.orElseThrow();
    return FakeLogin.of(login.username(), login.password());
  }

  /** Somebody whom the controller may accept or refuse, but has to answer. */
  FakeLogin stranger() {
    strangers++;
    return FakeLogin.of("stranger-" + strangers, "no password that anybody gave out");
  }

  FakeVpnClient connect(FakeLogin login) {
    return openVpn.connect(login);
  }

  /** Several in one step of the daemon: their blocks are in the stream before any reply. */
  List<FakeVpnClient> connectAtOnce(int count) {
    List<FakeVpnClient> clients = new ArrayList<>();
    openVpn.inOneStep(
        () -> {
          for (int i = 0; i < count; i++) {
            clients.add(connect(stranger()));
          }
        });
    return clients;
  }

  /** A client with a tunnel; "not now" is no answer. */
  FakeVpnClient live() {
    FakeVpnClient[] client = {connect(good())};
    await(
        "the login known as good was not accepted",
        () -> {
          boolean later = client[0].denyText().orElse("").startsWith("AUTH_FAILED,TEMP");
          if (later) {
            settle();
            client[0] = connect(good());
          }
          return client[0].passesTraffic();
        });
    return client[0];
  }

  // The controller

  /** Waits until it is attached and OpenVPN is released. */
  void awaitServing() {
    await("it did not attach", openVpn::isAttached);
    await("it did not release the hold", () -> !openVpn.isHeld());
  }

  /** Waits until the newest key of this client is answered. */
  Said awaitAnswer(FakeVpnClient client) {
    await(
        "CONNECT or REAUTH of client %s, key %s, was not answered"
            .formatted(client.id(), client.key()),
        () -> !answers(client).isEmpty());
    return answers(client).getFirst();
  }

  /** Waits until each of them is answered. */
  void awaitAnswers(List<FakeVpnClient> clients) {
    Set<List<String>> open = new HashSet<>();
    clients.forEach(client -> open.add(List.of(client.id().toString(), client.key().toString())));
    int[] seen = {0};
    await(
        () -> "%d of %d clients were not answered".formatted(open.size(), clients.size()),
        () -> {
          for (; seen[0] < said.size(); seen[0]++) {
            Said one = said.get(seen[0]);
            if (one.isVerdict() && one.words().size() > 2) {
              open.remove(one.words().subList(1, 3));
            }
          }
          return open.isEmpty();
        });
  }

  /** What answered the newest key of this client. */
  List<Said> answers(FakeVpnClient client) {
    return said(one -> one.answers(client.id().value(), client.key().value()));
  }

  /** Whether each of them is answered. */
  boolean allAnswered(List<FakeVpnClient> clients) {
    return clients.stream().noneMatch(client -> answers(client).isEmpty());
  }

  /**
   * Clients come until one is answered: who asked on a connection that the controller has given up
   * since asks again.
   */
  void answersAgain(String after) {
    await(
        after + " it answers nobody",
        () -> {
          if (openVpn.isHeld() || !openVpn.isAttached()) {
            return false;
          }
          FakeVpnClient next = connect(stranger());
          settle();
          return !answers(next).isEmpty();
        });
  }

  /** Another client comes and is answered: the controller is alive and in step. */
  void stillAnswers(String after) {
    FakeVpnClient next = connect(stranger());
    await(after + ", the next CONNECT was not answered", () -> !answers(next).isEmpty());
  }

  /** Watches for a moment, so that what must not come has time to come. */
  void settle() {
    long end = time.nanoTime() + SETTLED.toNanos();
    while (time.nanoTime() < end) {
      listen();
    }
  }

  /** Everything it has said that is so. */
  List<Said> said(Predicate<Said> condition) {
    takeOver();
    return said.stream().filter(condition).toList();
  }

  /** How many commands it has said so far. */
  int mark() {
    return said(_ -> true).size();
  }

  /** What it has said after the mark that is so. */
  List<Said> saidAfter(int mark, Predicate<Said> condition) {
    return said(_ -> true).stream().skip(mark).filter(condition).toList();
  }

  void await(String complaint, BooleanSupplier condition) {
    await(() -> complaint, condition);
  }

  private void await(Supplier<String> complaint, BooleanSupplier condition) {
    long end = time.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (time.nanoTime() > end) {
        throw new NotConforming("%s within %d s".formatted(complaint.get(), patience.toSeconds()));
      }
      listen();
    }
  }

  /** Whole milliseconds until that is so. */
  long millisUntil(String complaint, BooleanSupplier condition) {
    long begin = time.nanoTime();
    await(complaint, condition);
    return Duration.ofNanos(time.nanoTime() - begin).toMillis();
  }

  void check(boolean condition, String complaint) {
    check(condition, () -> complaint);
  }

  void check(boolean condition, Supplier<String> complaint) {
    if (!condition) {
      throw new NotConforming(complaint.get());
    }
  }

  private void listen() {
    try {
      String command = incoming.poll(STEP_MILLIS, TimeUnit.MILLISECONDS);
      if (command != null) {
        said.add(Said.of(command));
        takeOver();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void takeOver() {
    for (String command = incoming.poll(); command != null; command = incoming.poll()) {
      said.add(Said.of(command));
    }
  }
}
