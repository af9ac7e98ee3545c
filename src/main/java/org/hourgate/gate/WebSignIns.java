package org.hourgate.gate;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.hourgate.credential.Approval;
import org.hourgate.credential.WaitingConnection;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.session.ClientLogin;
import org.hourgate.session.InstanceName;

/**
 * Clients that have no signed password and wait until their wallet signs on the page. Whoever sends
 * the link to somebody else gains nothing: the signed text names the connection and its address,
 * and the page must be opened at that address. State is the gate thread's alone; the methods of
 * {@link WebSignInDesk} are safe for any thread.
 */
final class WebSignIns implements WebSignInDesk {

  private static final int ID_BYTES = 16;

  private final Supplier<GateConfig> config;
  private final SerialExecutor gateThread;
  private final GateClock clock;
  private final CredentialCheck credentials;
  private final ClientTexts texts;
  private final RandomGenerator random;
  private final WaitingPlaces places;
  private final Map<String, WebSignIn> waiting = new HashMap<>();

  /**
   * Makes one of which nobody waits.
   *
   * @param random a {@link java.security.SecureRandom}, outside of tests: links must not be guessed
   */
  WebSignIns(
      Supplier<GateConfig> config,
      SerialExecutor gateThread,
      GateClock clock,
      CredentialCheck credentials,
      ClientTexts texts,
      RandomGenerator random) {
    this.config = config;
    this.gateThread = gateThread;
    this.clock = clock;
    this.credentials = credentials;
    this.texts = texts;
    this.random = random;
    places = new WaitingPlaces(clock);
  }

  /**
   * How long a client is asked to wait. It does so for no longer than half its reneg-sec, or its
   * hand-window if that is longer (push.c receive_auth_pending).
   */
  Duration patience() {
    return config.get().webSignInTime();
  }

  /** One that waits. */
  static final class WebSignIn {
    private final Waiting facts;
    private final InetAddress source;
    private final WaitingPlaces.Place place;
    private final Consumer<Approval> approved;
    private final Runnable refused;
    private Optional<CompletableFuture<Answer>> verdict = Optional.empty();

    private WebSignIn(
        Waiting facts,
        InetAddress source,
        WaitingPlaces.Place place,
        Consumer<Approval> approved,
        Runnable refused) {
      this.facts = facts;
      this.source = source;
      this.place = place;
      this.approved = approved;
      this.refused = refused;
    }
  }

  @Override
  public boolean isOpen() {
    return config.get().webSignIn() != GateConfig.WebSignIn.OFF;
  }

  /** Whether this login asks for the page. */
  boolean isAskedFor(ClientLogin login) {
    return isOpen() && login.password().equals(PASSWORD);
  }

  /**
   * Lets a client wait. {@link #close} must follow.
   *
   * @param approved told once, when the wallet has signed
   * @param refused told if somebody turns it away on the page
   * @param crowdedOut told if it has to give its place to another
   * @return empty if too many wait
   */
  Optional<WebSignIn> open(
      WalletAddress wallet,
      InstanceName instance,
      InetAddress source,
      ClientLogin login,
      Consumer<Approval> approved,
      Runnable refused,
      Runnable crowdedOut) {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    WaitingConnection connection =
        new WaitingConnection(
            wallet,
            instance.value(),
            Base64.getUrlEncoder().withoutPadding().encodeToString(id),
            source.getHostAddress().replaceFirst("%.*", "")); // fe80::1%eth0
    return places
        .take(source, crowdedOut)
        .map(
            place -> {
              WebSignIn signIn =
                  new WebSignIn(
                      new Waiting(connection, login.program(), clock.now().plus(patience())),
                      source,
                      place,
                      approved,
                      refused);
              waiting.put(connection.id(), signIn);
              return signIn;
            });
  }

  /** Where its customer signs. */
  URI page(WebSignIn signIn) {
    String shop = config.get().publicUrl().toString().replaceFirst("/$", "");
    return URI.create(shop + "/c/" + signIn.facts.connection().id());
  }

  /** It was answered, or its client has left; whoever approved it is told. */
  void close(WebSignIn signIn, Answer answer) {
    if (waiting.remove(signIn.facts.connection().id(), signIn)) {
      places.free(signIn.place);
      signIn.verdict.ifPresent(verdict -> verdict.complete(answer));
    }
  }

  @Override
  public CompletionStage<Found> find(String id, InetAddress visitor) {
    return onGateThread(
        () -> {
          WebSignIn signIn = waiting.get(id);
          if (signIn == null) {
            return new Gone();
          }
          if (isElsewhere(signIn, visitor)) {
            return new Elsewhere();
          }
          signIn.place.opened();
          return signIn.facts;
        });
  }

  @Override
  public CompletionStage<Answer> approve(String id, InetAddress visitor, String approval) {
    return onGateThread(() -> approveNow(id, visitor, approval)).thenCompose(a -> a);
  }

  private CompletionStage<Answer> approveNow(String id, InetAddress visitor, String text) {
    WebSignIn signIn = waiting.get(id);
    if (signIn == null) {
      return done(new Gone());
    }
    if (isElsewhere(signIn, visitor)) {
      return done(new Elsewhere());
    }
    if (signIn.verdict.isPresent()) {
      return signIn.verdict.get();
    }
    Optional<Approval> approval = Approval.decode(text);
    if (approval.isEmpty()) {
      return done(wrong(ReasonCode.BAD_PASSWORD));
    }
    CompletableFuture<Answer> verdict = new CompletableFuture<>();
    credentials.check(
        signIn.facts.connection(),
        approval.get(),
        clock.now(),
        fault -> checked(signIn, approval.get(), fault, verdict));
    return verdict;
  }

  private void checked(
      WebSignIn signIn,
      Approval approval,
      Optional<ReasonCode> fault,
      CompletableFuture<Answer> verdict) {
    if (waiting.get(signIn.facts.connection().id()) != signIn) {
      verdict.complete(new Gone());
    } else if (fault.isPresent()) {
      verdict.complete(wrong(fault.get()));
    } else if (signIn.verdict.isPresent()) {
      Following.run(
          signIn.verdict.get(), gateThread, (answer, _) -> verdict.complete(answer), _ -> {});
    } else {
      signIn.verdict = Optional.of(verdict);
      signIn.approved.accept(approval);
    }
  }

  @Override
  public CompletionStage<Answer> refuse(String id, InetAddress visitor) {
    return onGateThread(
        () -> {
          WebSignIn signIn = waiting.get(id);
          if (signIn == null) {
            return new Gone();
          }
          if (isElsewhere(signIn, visitor)) {
            return new Elsewhere();
          }
          signIn.refused.run();
          return new TurnedAway(ReasonCode.NOT_APPROVED, texts.text(ReasonCode.NOT_APPROVED), true);
        });
  }

  private Answer wrong(ReasonCode reason) {
    return new TurnedAway(reason, texts.text(reason), false);
  }

  private boolean isElsewhere(WebSignIn signIn, InetAddress visitor) {
    // Also of those who waited when it was switched off.
    return config.get().webSignIn() != GateConfig.WebSignIn.ANYWHERE
        && !SourceLimiter.sourceOf(visitor).equals(SourceLimiter.sourceOf(signIn.source));
  }

  private static CompletionStage<Answer> done(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private <T> CompletableFuture<T> onGateThread(Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, gateThread);
  }
}
