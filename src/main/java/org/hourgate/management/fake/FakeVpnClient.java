package org.hourgate.management.fake;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * A client instance inside {@link FakeOpenVpn}. Changed on the fake's thread only; may be asked by
 * any thread.
 */
public final class FakeVpnClient {

  /** What the daemon makes of the client. */
  public enum State {
    /** CONNECT was printed, no verdict yet. */
    PENDING,
    /** client-auth came, the tunnel is not up yet. */
    ADMITTED,
    /** The tunnel is up. */
    ESTABLISHED,
    /** Refused; the instance closes in some seconds. */
    DENIED,
    /** DISCONNECT was printed, or the daemon is another. */
    GONE
  }

  private final FakeOpenVpn openVpn;
  final ClientId id;
  final int slot;
  final FakeLogin login;
  final String username;
  final long since;
  final Deque<KeyId> keys = new ArrayDeque<>();
  final Map<KeyId, Boolean> verdicts = new LinkedHashMap<>();
  final Deque<ClientBlocks.Part> variables = new ArrayDeque<>();
  volatile String address;
  volatile int port;
  volatile String password;
  volatile State state = State.PENDING;
  volatile KeyId newestKey = new KeyId(1);
  volatile List<String> directives = List.of();
  volatile @Nullable String token;
  volatile @Nullable String sessionId;
  volatile String sessionState = "Initial";
  String printedState = "Initial";
  volatile @Nullable String denyText;
  volatile @Nullable String killMessage;
  volatile @Nullable String pendingText;
  volatile @Nullable String virtualAddress;
  volatile boolean keysDenied;
  volatile boolean stubborn;
  long received;
  long sent;
  long countedTraffic;
  boolean closing;

  FakeVpnClient(
      FakeOpenVpn openVpn,
      ClientId id,
      int slot,
      FakeLogin login,
      String address,
      int port,
      long since) {
    this.openVpn = openVpn;
    this.id = id;
    this.slot = slot;
    this.login = login;
    this.username = masked(login.username());
    this.password = masked(login.password());
    this.address = address;
    this.port = port;
    this.since = since;
    keys.addFirst(newestKey);
  }

  /** Its CID. */
  public ClientId id() {
    return id;
  }

  /** Its newest KID. */
  public KeyId key() {
    return newestKey;
  }

  public State state() {
    return state;
  }

  public String username() {
    return username;
  }

  /** Whether this key was admitted, once it is known. */
  public Optional<Boolean> verdict(KeyId key) {
    return openVpn.call(_ -> Optional.ofNullable(verdicts.get(key)));
  }

  /** The lines of the client-auth block that admitted it. */
  public List<String> directives() {
    return directives;
  }

  /** The token that was pushed to it ({@code auth-token}), which it shows from then on. */
  public Optional<String> token() {
    return Optional.ofNullable(token);
  }

  /** The text of the client-deny that refused or cut it, as the client shows it. */
  public Optional<String> denyText() {
    return Optional.ofNullable(denyText);
  }

  /** The message of the last client-kill. */
  public Optional<String> killMessage() {
    return Optional.ofNullable(killMessage);
  }

  /** The message of the last client-pending-auth. */
  public Optional<String> pendingText() {
    return Optional.ofNullable(pendingText);
  }

  /** The address in the tunnel, once it is up. */
  public Optional<String> virtualAddress() {
    return Optional.ofNullable(virtualAddress);
  }

  /** Whether a packet of it would pass now. */
  public boolean passesTraffic() {
    return state == State.ESTABLISHED && !keysDenied && (stubborn || killMessage == null);
  }

  /** From now on it ignores what client-kill tells it. */
  public FakeVpnClient stubborn() {
    stubborn = true;
    return this;
  }

  /**
   * Renegotiates with its token, or with the password if it has none: prints a REAUTH with the next
   * KID.
   *
   * @throws IllegalStateException if it has no tunnel
   */
  public KeyId renegotiate() {
    return openVpn.call(model -> model.renegotiate(this));
  }

  /** Renegotiates with another password, as with {@code auth-nocache}. */
  public KeyId renegotiate(String newPassword) {
    return openVpn.call(
        model -> {
          password = newPassword;
          token = null;
          return model.renegotiate(this);
        });
  }

  /**
   * What the next REAUTH or reconnect says of the daemon's own token, such as {@code Expired}; for
   * a fake with external tokens.
   */
  public FakeVpnClient sessionState(String value) {
    sessionState = value;
    return this;
  }

  /**
   * The same client logs in once more, with its token or the password if it has none: another
   * instance with another CID. The old one stays until the new one takes its name.
   *
   * @throws IllegalStateException while the daemon is held
   */
  public FakeVpnClient reconnect() {
    return openVpn.call(model -> model.reconnect(this));
  }

  /** Its address changes (a float); nothing is printed, only the status shows it. */
  public void moveTo(String newAddress, int newPort) {
    openVpn.run(
        _ -> {
          address = newAddress;
          port = newPort;
        });
  }

  /** Adds to its byte counts. */
  public void transfer(long bytesReceived, long bytesSent) {
    openVpn.run(
        _ -> {
          received += bytesReceived;
          sent += bytesSent;
        });
  }

  /** Sends a challenge response, asked or unasked. */
  public void respond(String response) {
    openVpn.run(model -> model.challengeResponse(this, response));
  }

  /** Says good-bye; its DISCONNECT follows after the fake's delay. */
  public void leave() {
    openVpn.run(model -> model.leave(this));
  }

  /** The instance is closed at once, as when a TCP client ends. */
  public void vanish() {
    openVpn.run(model -> model.close(this));
  }

  /** What it shows as its password. */
  String shownPassword() {
    String shown = token;
    return shown == null ? password : shown;
  }

  /** Control bytes of user name and password become underscores ({@code buffer.c string_mod}). */
  private static String masked(String text) {
    return text.replaceAll("[\\x00-\\x1f\\x7f]", "_");
  }

  @Override
  public String toString() {
    return "client " + id + " " + state;
  }
}
