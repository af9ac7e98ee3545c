package org.hourgate.gate;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.management.KeyId;
import org.hourgate.session.SessionKey;
import org.jspecify.annotations.Nullable;

/** One admitted client, from the verdict to its DISCONNECT. Touched by the gate's thread alone. */
final class Session {

  /** OpenVPN keeps three key states for a client; one more for a renegotiation under way. */
  private static final int KEYS_TO_DENY = 4;

  private static final int LARGEST_KEY_BOUND = 64;
  private static final int KEYS_AFTER_THE_LAST = 4;
  private static final SerialExecutor.Timer NO_TIMER = () -> {};
  private static final Duration SHORTEST_RENEGOTIATION = Duration.ofSeconds(10);

  private final String decision;
  private SessionKey key;
  private final WalletAddress wallet;
  private final String username;
  private final Instant since;
  private final boolean allKeysSeen;
  private final List<SerialExecutor.Timer> timers = new ArrayList<>(/* initialCapacity= */ 2);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** The newest first. */
  private List<KeyId> newestKeys = List.of();

  /** Below or at this one there may be newer ones than we have seen. */
  private long guessedKey;

  private Optional<KeyId> unread = Optional.empty();
  private Optional<KeyId> unheard = Optional.empty();
  private SerialExecutor.Timer establishTimer = NO_TIMER;
  private SessionView.State state = SessionView.State.ADMITTED;
  private Optional<Descent> descent;
  private Optional<PasswordDigest> lastPassword = Optional.empty();
  private Optional<String> tokenSession = Optional.empty();
  private Optional<InetAddress> signedFor = Optional.empty();
  private Optional<Ending> ending = Optional.empty();
  private Optional<Instant> beltEnd;
  private boolean paidUntilKnown;
  private Instant paidUntil;
  private Instant credentialsFrom = Instant.EPOCH;
  private @Nullable String shownWallet;
  private String realAddress = "";
  private String tunnelAddress = "";
  private String tunnelAddress6 = "";
  private Optional<Long> upNanos = Optional.empty();
  private Optional<Sight> lastSight = Optional.empty();
  private boolean cutWritten;
  private boolean askedAnew;
  private Instant connectedSince;
  private Instant recorded = Instant.EPOCH;
  private long bytesIn;
  private long bytesOut;

  /** Why a session is being cut, and what its client is told. */
  record Ending(ReasonCode reason, String text) {}

  /** When OpenVPN was last there to tell of it. */
  private record Sight(Instant time, long nanos) {}

  private Session(
      String decision,
      SessionKey key,
      WalletAddress wallet,
      String username,
      Instant since,
      Instant paidUntil,
      Optional<Instant> beltEnd,
      Optional<Descent> descent,
      boolean allKeysSeen) {
    this.decision = decision;
    this.key = key;
    this.wallet = wallet;
    this.username = username;
    this.since = since;
    connectedSince = since.truncatedTo(ChronoUnit.SECONDS);
    this.paidUntil = paidUntil;
    this.beltEnd = beltEnd;
    this.descent = descent;
    this.allKeysSeen = allKeysSeen;
  }

  /** A client that is admitted now. */
  static Session admitted(
      String decision,
      SessionKey key,
      KeyId firstKey,
      WalletAddress wallet,
      String username,
      Instant now,
      Instant paidUntil,
      Optional<Instant> beltEnd,
      Descent descent) {
    Session session =
        new Session(
            decision, key, wallet, username, now, paidUntil, beltEnd, Optional.of(descent), true);
    session.paidUntilKnown = true;
    session.keySeen(firstKey);
    return session;
  }

  /** Whether both go back to the same signed credential. */
  boolean isSameDeviceAs(Session other) {
    return descent.isPresent()
        && other.descent.isPresent()
        && descent.get().device().equals(other.descent.get().device());
  }

  /**
   * A client found established after a restart of ours; how it got in OpenVPN does not tell.
   *
   * @param descent what it goes back to, if that was written down
   */
  static Session learned(
      String decision,
      SessionKey key,
      WalletAddress wallet,
      String username,
      Instant connectedSince,
      Optional<Instant> beltEnd,
      Optional<Descent> descent) {
    Session session =
        new Session(
            decision, key, wallet, username, connectedSince, Instant.MAX, beltEnd, descent, false);
    session.state = SessionView.State.ESTABLISHED;
    return session;
  }

  /** What the log calls the decision that it goes back to. */
  String decision() {
    return decision;
  }

  SessionKey key() {
    return key;
  }

  WalletAddress wallet() {
    return wallet;
  }

  /** The user name as the client spells it, which is also OpenVPN's common name. */
  String username() {
    return username;
  }

  Instant since() {
    return since;
  }

  /** When OpenVPN itself ends the session; empty if it does not, or if that is not known. */
  Optional<Instant> beltEnd() {
    return beltEnd;
  }

  Optional<Descent> descent() {
    return descent;
  }

  SessionView.State state() {
    return state;
  }

  /** When the session ends; {@link Instant#MAX} while the chain was not asked yet. */
  Instant paidUntil() {
    return paidUntil;
  }

  boolean paidUntilKnown() {
    return paidUntilKnown;
  }

  Instant credentialsFrom() {
    return credentialsFrom;
  }

  Optional<PasswordDigest> lastPassword() {
    return lastPassword;
  }

  Optional<String> tokenSession() {
    return tokenSession;
  }

  Optional<Ending> ending() {
    return ending;
  }

  String tunnelAddress() {
    return tunnelAddress;
  }

  long bytesIn() {
    return bytesIn;
  }

  long bytesOut() {
    return bytesOut;
  }

  /** Completes when OpenVPN reports the end. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  void established(String realAddress, String tunnelAddress, String tunnelAddress6) {
    cancelEstablishTimer();
    if (state == SessionView.State.ADMITTED) {
      state = SessionView.State.ESTABLISHED;
    }
    this.realAddress = realAddress;
    this.tunnelAddress = tunnelAddress;
    this.tunnelAddress6 = tunnelAddress6;
  }

  /**
   * When OpenVPN made the client's instance, which is also what it tells after a restart of ours.
   */
  Instant connectedSince() {
    return connectedSince;
  }

  void connectedSince(Instant told) {
    connectedSince = told;
  }

  /** Whether it is up and was not written down for so long. */
  boolean isDueForRecord(Instant now, Duration every) {
    Instant last = recorded.isAfter(connectedSince) ? recorded : connectedSince;
    return hasBeenUp() && !now.isBefore(last.plus(every));
  }

  void recordedAt(Instant now) {
    recorded = now;
  }

  /** Its tunnel is up, or was found up, by the monotonic clock; the first time counts. */
  void upAt(long nanos) {
    upNanos = upNanos.or(() -> Optional.of(nanos));
  }

  boolean hasBeenUp() {
    return upNanos.isPresent();
  }

  /** How long the tunnel is up as far as we saw it, in nanoseconds. */
  long upFor(long nowNanos) {
    long end = lastSight.map(Sight::nanos).orElse(nowNanos);
    return upNanos.map(since -> end - since).orElse(0L);
  }

  /** The connection to OpenVPN is lost: nobody knows how long its tunnel is up from here on. */
  void outOfSight(Instant now, long nowNanos) {
    lastSight = lastSight.or(() -> Optional.of(new Sight(now, nowNanos)));
  }

  /** Now; or, while OpenVPN is away, when it was last there. */
  Instant lastSeen(Instant now) {
    return lastSight.map(Sight::time).orElse(now);
  }

  /** Whether this is the first time that its client is made to come back. */
  boolean firstAskedAnew() {
    boolean first = !askedAnew;
    askedAnew = true;
    return first;
  }

  /** That could not be written. */
  void wasNotAskedAnew() {
    askedAnew = false;
  }

  /** Whether this is the first time that its cut is written. */
  boolean firstCut() {
    boolean first = !cutWritten;
    cutWritten = true;
    return first;
  }

  /** Bytes so far; what OpenVPN tells late or not at all takes nothing back. */
  void traffic(long in, long out) {
    bytesIn = Math.max(bytesIn, in);
    bytesOut = Math.max(bytesOut, out);
  }

  void paidUntil(Instant end) {
    paidUntil = end;
    paidUntilKnown = true;
  }

  void beltEnd(Instant end) {
    beltEnd = Optional.of(end);
  }

  void credentialsFrom(Instant from) {
    credentialsFrom = from;
  }

  /** A renegotiation was accepted with this password. */
  void proved(Descent descent, PasswordDigest password) {
    this.descent = Optional.of(descent);
    lastPassword = Optional.of(password);
  }

  void lastPassword(PasswordDigest password) {
    lastPassword = Optional.of(password);
  }

  void tokenSession(Optional<String> session) {
    tokenSession = session;
  }

  /** The source that a signature on the page named. */
  Optional<InetAddress> signedFor() {
    return signedFor;
  }

  void signedFor(InetAddress source) {
    signedFor = Optional.of(source);
  }

  void beginEnding(Ending reason) {
    ending = Optional.of(reason);
    state = SessionView.State.ENDING;
  }

  /** The same client, seen again after the management connection was lost. */
  void foundAgain(SessionKey newKey) {
    key = newKey;
    lastSight = Optional.empty();
  }

  void keySeen(KeyId keyId) {
    List<KeyId> keys = new ArrayList<>(KEYS_TO_DENY);
    keys.add(keyId);
    for (KeyId older : newestKeys) {
      if (!older.equals(keyId) && keys.size() < KEYS_TO_DENY) {
        keys.add(older);
      }
    }
    newestKeys = List.copyOf(keys);
  }

  /**
   * A gate before us wrote verdicts up to this key, and knew no better than we which one it met.
   */
  void keysGuessed(KeyId last) {
    guessedKey = last.value();
  }

  /** OpenVPN asked about this key before we could believe its words, and has no answer. */
  void unread(KeyId keyId) {
    unread = Optional.of(keyId);
  }

  Optional<KeyId> takeUnread() {
    Optional<KeyId> taken = unread;
    unread = Optional.empty();
    return taken;
  }

  /** Our verdict on this key may have been lost with the connection. */
  void unheard(KeyId keyId) {
    unheard = Optional.of(keyId);
  }

  private Optional<KeyId> newestKey() {
    return newestKeys.stream().findFirst();
  }

  /** The keys of which one is the next that OpenVPN needs a verdict on, the oldest first. */
  List<KeyId> keysToCome(Instant now) {
    if (newestKeys.isEmpty()) {
      return keysToDeny(now).reversed().stream().filter(key -> key.value() > 1).toList();
    }
    long newest = newestKeys.getFirst().value();
    long first = unheard.equals(newestKey()) ? newest : newest + 1;
    long last = Math.max(newest + KEYS_AFTER_THE_LAST, guessedKey + 1);
    return LongStream.rangeClosed(Math.max(first, last - LARGEST_KEY_BOUND + 1), last)
        .mapToObj(KeyId::new)
        .toList();
  }

  /**
   * The keys a cut denies, newest first. Where some were never seen, the 64 KIDs below an upper
   * bound, because a wrong one does nothing but an ERROR: KIDs run 1, 3, 4, 5 …, one for each
   * renegotiation.
   */
  List<KeyId> keysToDeny(Instant now) {
    if (allKeysSeen) {
      return newestKeys;
    }
    long renegotiations =
        Math.max(0, Duration.between(since, now).dividedBy(SHORTEST_RENEGOTIATION));
    long bound = Math.min(LARGEST_KEY_BOUND, 4 + renegotiations);
    bound = Math.max(bound, newestKey().map(KeyId::value).orElse(0L) + 1);
    bound = Math.max(bound, guessedKey + 1);
    List<KeyId> keys = new ArrayList<>();
    for (long k = bound; k >= 1 && keys.size() < LARGEST_KEY_BOUND; k--) {
      keys.add(new KeyId(k));
    }
    return keys;
  }

  /** The timer that is void as soon as the tunnel is up. */
  void establishTimer(SerialExecutor.Timer timer) {
    establishTimer = timer;
  }

  private void cancelEstablishTimer() {
    establishTimer.cancel();
    establishTimer = NO_TIMER;
  }

  /** No timer of this session runs any more. */
  void close() {
    cancelTimers();
    cancelEstablishTimer();
    ended.complete(null);
  }

  /** A timer that is void when the session's end moves. */
  void addTimer(SerialExecutor.Timer timer) {
    timers.add(timer);
  }

  void cancelTimers() {
    timers.forEach(SerialExecutor.Timer::cancel);
    timers.clear();
  }

  /** Its spelling is made when somebody looks: that takes a hash, and most are never looked at. */
  private String shownWallet() {
    String shown = shownWallet;
    if (shown == null) {
      shown = wallet.checksummed();
      shownWallet = shown;
    }
    return shown;
  }

  /** What is told to whoever had it ended. */
  KillResult.Ended killed(Optional<Instant> confirmed) {
    return new KillResult.Ended(key.instance().value(), key.client(), shownWallet(), confirmed);
  }

  /** The session as others see it; {@code asOf} is when the chain was last read for its wallet. */
  SessionView view(Optional<Instant> asOf) {
    return new SessionView(
        key.instance().value(),
        key.client(),
        shownWallet(),
        realAddress,
        tunnelAddress,
        tunnelAddress6,
        since,
        paidUntilKnown ? Optional.of(paidUntil) : Optional.empty(),
        asOf,
        bytesIn,
        bytesOut,
        descent.map(Descent::kind).orElse(SessionView.Kind.UNKNOWN),
        descent.map(Descent::device),
        state);
  }
}
