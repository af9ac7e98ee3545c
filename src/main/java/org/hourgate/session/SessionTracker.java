package org.hourgate.session;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;

/**
 * Turns the notifications of one OpenVPN process into session events, one to one and in their
 * order. Lives on the connection's event loop; the sink must not block it.
 */
public final class SessionTracker implements ManagementListener {

  private static final long LAST_SECOND = Instant.MAX.getEpochSecond();

  private final InstanceName instance;
  private final Consumer<SessionEvent> sink;
  private boolean envFilterConfirmed;

  public SessionTracker(InstanceName instance, Consumer<SessionEvent> sink) {
    this.instance = instance;
    this.sink = sink;
  }

  /**
   * From here on blocks are known to hold OpenVPN's own lines only. Call it on the event loop, in
   * the place of the reply {@code SUCCESS: env_filter_level=0} within the stream: the level
   * outlives a controller, and above 0 a client can forge any line.
   */
  public void envFilterConfirmed() {
    envFilterConfirmed = true;
  }

  /** A login that was numbered otherwise until it was up turns out to be this client. */
  public void identified(Epoch epoch, ClientId attempt, ClientId client) {
    sink.accept(new SessionEvent.Identified(key(epoch, attempt), key(epoch, client)));
  }

  @Override
  public void attached(Epoch epoch) {
    envFilterConfirmed = false;
    sink.accept(new SessionEvent.EpochStarted(instance, epoch));
  }

  @Override
  public void epochStarted(Epoch epoch) {
    sink.accept(new SessionEvent.EpochStarted(instance, epoch));
  }

  @Override
  public void detached(String reason) {
    sink.accept(new SessionEvent.Detached(instance, reason));
  }

  @Override
  public void notified(Epoch epoch, Notification notification) {
    switch (notification) {
      case Notification.ClientConnect n ->
          sink.accept(
              new SessionEvent.LoginRequested(
                  key(epoch, n.client()), n.key(), login(n.environment())));
      case Notification.ClientReauth n ->
          sink.accept(
              new SessionEvent.ReauthRequested(
                  key(epoch, n.client()), n.key(), login(n.environment())));
      case Notification.ClientEstablished n ->
          sink.accept(established(key(epoch, n.client()), n.environment()));
      case Notification.ClientDisconnect n ->
          sink.accept(
              new SessionEvent.Ended(
                  key(epoch, n.client()),
                  count(n.environment(), "bytes_received"),
                  count(n.environment(), "bytes_sent")));
      case Notification.ByteCount n ->
          sink.accept(new SessionEvent.Traffic(key(epoch, n.client()), n.bytesIn(), n.bytesOut()));
      case Notification.Hold _,
          Notification.ClientAddress _,
          Notification.ClientChallengeResponse _,
          Notification.StateChange _,
          Notification.Info _,
          Notification.LogLine _,
          Notification.Fatal _,
          Notification.Unrecognized _ -> {}
    }
  }

  private SessionKey key(Epoch epoch, ClientId client) {
    return new SessionKey(instance, epoch, client);
  }

  private ClientLogin login(ClientEnvironment environment) {
    return ClientLogin.of(environment, envFilterConfirmed);
  }

  private static SessionEvent established(SessionKey key, ClientEnvironment environment) {
    String address = ClientLogin.sourceAddress(environment);
    String port =
        environment.get("trusted_port").or(() -> environment.get("untrusted_port")).orElse("");
    String four = environment.get("ifconfig_pool_remote_ip").orElse("");
    String six = environment.get("ifconfig_pool_remote_ip6").orElse("");
    return new SessionEvent.Established(
        key,
        environment.get("username").orElse(""),
        port.isEmpty() ? address : address + ":" + port,
        four.isEmpty() ? six : four,
        four.isEmpty() ? "" : six,
        since(environment));
  }

  /** {@code time_unix} is {@code mi->created} (multi.c multi_client_connect_setenv). */
  private static Optional<Instant> since(ClientEnvironment environment) {
    long seconds = count(environment, "time_unix");
    return seconds > 0 && seconds < LAST_SECOND
        ? Optional.of(Instant.ofEpochSecond(seconds))
        : Optional.empty();
  }

  private static long count(ClientEnvironment environment, String name) {
    try {
      return Long.parseLong(environment.get(name).orElse("0"));
    } catch (NumberFormatException e) {
      return 0; // A count for people to read; nothing is decided by it.
    }
  }
}
