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
  final String username;
  final String address;
  final int port;
  final long since;
  final Map<String, String> peerInfo;
  final Deque<KeyId> keys = new ArrayDeque<>();
  final Map<KeyId, Boolean> verdicts = new LinkedHashMap<>();
  volatile String password;
  volatile State state = State.PENDING;
  volatile KeyId newestKey = new KeyId(1);
  volatile List<String> directives = List.of();
  volatile @Nullable String denyText;
  volatile @Nullable String killMessage;
  volatile @Nullable String virtualAddress;
  volatile boolean keysDenied;
  volatile boolean stubborn;
  long establishedAt;
  boolean closing;

  FakeVpnClient(
      FakeOpenVpn openVpn,
      ClientId id,
      String username,
      String password,
      String address,
      int port,
      long since,
      Map<String, String> peerInfo) {
    this.openVpn = openVpn;
    this.id = id;
    this.username = username;
    this.password = password;
    this.address = address;
    this.port = port;
    this.since = since;
    this.peerInfo = peerInfo;
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

  /** The text of the client-deny that refused or cut it, as the client shows it. */
  public Optional<String> denyText() {
    return Optional.ofNullable(denyText);
  }

  /** The message of the last client-kill. */
  public Optional<String> killMessage() {
    return Optional.ofNullable(killMessage);
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

  /** Renegotiates with the password it has: prints a REAUTH with the next KID. */
  public KeyId renegotiate() {
    return renegotiate(password);
  }

  /** Renegotiates with another password, as with {@code auth-nocache} or a pushed token. */
  public KeyId renegotiate(String newPassword) {
    return openVpn.call(
        model -> {
          password = newPassword;
          return model.renegotiate(this);
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

  @Override
  public String toString() {
    return "client " + id + " " + state;
  }
}
