package org.hourgate.management.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;
import org.jspecify.annotations.Nullable;

/** The client instances of one daemon: how they come, renew their keys, come up and go. */
final class ClientLives {

  private static final int MAX_COMMON_NAME = 64;

  /** Key states of one instance that can still be answered: the newest and the one before. */
  private static final int MAX_LIVE_KEYS = 2;

  private static final int FIRST_PORT = 20_000;
  private static final int LAST_PORT = 65_000;
  private static final String PUSHED_TOKEN = "push \"auth-token ";

  private final FakeOpenVpn openVpn;
  private final World world;
  private final Settings settings;
  private final FakeDaemon daemon;
  private final ClientBlocks blocks;
  private final Map<Long, FakeVpnClient> clients = new LinkedHashMap<>();
  private final Map<String, List<FakeVpnClient>> established = new HashMap<>();
  private final BitSet slots = new BitSet();
  private int establishedCount;
  private long nextClient;
  private int nextPort = FIRST_PORT;
  private int nextHost = 2;

  ClientLives(FakeOpenVpn openVpn, World world, Settings settings, FakeDaemon daemon) {
    this.openVpn = openVpn;
    this.world = world;
    this.settings = settings;
    this.daemon = daemon;
    this.blocks = new ClientBlocks(world, daemon);
  }

  /** Oldest first. */
  List<FakeVpnClient> all() {
    return List.copyOf(clients.values());
  }

  List<FakeVpnClient> matching(Predicate<FakeVpnClient> condition) {
    return clients.values().stream().filter(condition).toList();
  }

  @Nullable FakeVpnClient byId(long id) {
    return clients.get(id);
  }

  int establishedCount() {
    return establishedCount;
  }

  /** The next client gets this CID; CIDs have 64 bits. */
  void countFrom(long id) {
    nextClient = id;
  }

  FakeVpnClient connect(FakeLogin login) {
    FakeVpnClient client = newInstance(login);
    if (settings.externalTokens()) {
      client.sessionId = Tokens.sessionId(daemon.pid(), client.id.value());
    }
    ask(client);
    return client;
  }

  /** The client comes again as another instance, with what it has. */
  FakeVpnClient reconnect(FakeVpnClient old) {
    if (daemon.isHeld()) {
      throw new IllegalStateException("the daemon is held: nobody can connect");
    }
    FakeVpnClient client = newInstance(old.login);
    client.password = old.password;
    client.token = old.token;
    client.sessionId = old.sessionId;
    client.sessionState = old.sessionState;
    ask(client);
    return client;
  }

  private FakeVpnClient newInstance(FakeLogin login) {
    int slot = slots.nextClearBit(0);
    FakeVpnClient client =
        new FakeVpnClient(
            openVpn,
            new ClientId(nextClient++),
            slot,
            login,
            "10.99.0.2",
            nextPort++,
            world.unixTime());
    if (nextPort > LAST_PORT) {
      nextPort = FIRST_PORT;
    }
    slots.set(slot);
    clients.put(client.id.value(), client);
    return client;
  }

  private void ask(FakeVpnClient client) {
    daemon.logDeferred(client, "");
    blocks.connect(client, establishedCount);
    KeyId key = client.newestKey;
    world.schedule(
        settings.handWindow(),
        () -> {
          if (client.state == FakeVpnClient.State.PENDING && client.newestKey.equals(key)) {
            client.state = FakeVpnClient.State.DENIED;
            closeLater(client);
          }
        });
  }

  /** KIDs run 1, 3, 4, 5 … */
  KeyId renegotiate(FakeVpnClient client) {
    if (client.state != FakeVpnClient.State.ESTABLISHED) {
      throw new IllegalStateException(client + " has no tunnel whose keys it could renew");
    }
    KeyId key = new KeyId(client.newestKey.value() == 1 ? 3 : client.newestKey.value() + 1);
    client.newestKey = key;
    client.keys.addFirst(key);
    while (client.keys.size() > MAX_LIVE_KEYS) {
      client.keys.removeLast();
    }
    daemon.logDeferred(client, client.username + "/");
    blocks.reauth(client, establishedCount);
    world.schedule(
        settings.handWindow(),
        () -> {
          if (!client.verdicts.containsKey(key) && client.newestKey.equals(key)) {
            client.keysDenied = true;
            closeLater(client);
          }
        });
    return key;
  }

  void challengeResponse(FakeVpnClient client, String response) {
    requireThere(client);
    blocks.challengeResponse(client, establishedCount, response);
  }

  private static void requireThere(FakeVpnClient client) {
    if (client.state == FakeVpnClient.State.GONE) {
      throw new IllegalStateException(client + " can say nothing more");
    }
  }

  void leave(FakeVpnClient client) {
    requireThere(client);
    world.print(">NOTIFY:info,remote-exit,EXIT");
    closeLater(client);
  }

  /** A verdict for this key has come, and it is yes. */
  void admit(FakeVpnClient client, KeyId key, List<String> directives) {
    boolean first = client.verdicts.putIfAbsent(key, true) == null;
    if (!first) {
      return;
    }
    if (client.state != FakeVpnClient.State.PENDING) {
      renewToken(client);
      return;
    }
    if (client.username.length() > MAX_COMMON_NAME) {
      client.state = FakeVpnClient.State.DENIED;
      closeLater(client);
      return;
    }
    client.directives = List.copyOf(directives);
    client.state = FakeVpnClient.State.ADMITTED;
    if (settings.establishDelay().isZero()) {
      establish(client);
    } else {
      world.schedule(settings.establishDelay(), () -> establish(client));
    }
  }

  /** A verdict for this key has come, and it is no; or a live key is taken back. */
  void deny(FakeVpnClient client, KeyId key, Optional<String> text) {
    if (client.denyText == null) {
      client.denyText = "AUTH_FAILED" + text.map(words -> "," + words).orElse("");
    }
    client.verdicts.putIfAbsent(key, false);
    client.keysDenied |= key.equals(client.newestKey);
    if (client.state == FakeVpnClient.State.PENDING
        || client.state == FakeVpnClient.State.ADMITTED) {
      client.state = FakeVpnClient.State.DENIED;
    }
    closeLater(client);
  }

  void kill(FakeVpnClient client, String message) {
    client.killMessage = message;
    closeLater(client);
  }

  private void establish(FakeVpnClient client) {
    if (client.state != FakeVpnClient.State.ADMITTED) {
      return;
    }
    if (!settings.duplicateCommonNames()) {
      List.copyOf(established.getOrDefault(client.username, List.of())).forEach(this::close);
    }
    established.computeIfAbsent(client.username, _ -> new ArrayList<>()).add(client);
    establishedCount++;
    client.virtualAddress = "10.88." + nextHost / 250 % 256 + "." + (nextHost % 250 + 1);
    nextHost++;
    client.state = FakeVpnClient.State.ESTABLISHED;
    blocks.established(client, establishedCount);
    directive(client, "session-timeout ")
        .ifPresent(
            words -> world.schedule(Duration.ofSeconds(CNumbers.atoi(words)), () -> close(client)));
    directive(client, PUSHED_TOKEN).ifPresent(words -> client.token = words.replaceAll("\"$", ""));
    renewToken(client);
    settings.renegotiateEvery().ifPresent(interval -> renegotiateAfter(interval, client));
  }

  private void renewToken(FakeVpnClient client) {
    String session = client.sessionId;
    if (session != null) {
      client.token = Tokens.token(session, client.since, world.unixTime());
      client.sessionState = "Authenticated";
    }
  }

  private void renegotiateAfter(Duration interval, FakeVpnClient client) {
    world.schedule(
        interval,
        () -> {
          if (client.state == FakeVpnClient.State.ESTABLISHED && !client.closing) {
            var _ = renegotiate(client);
            renegotiateAfter(interval, client);
          }
        });
  }

  private static Optional<String> directive(FakeVpnClient client, String beginning) {
    return client.directives.stream()
        .filter(line -> line.startsWith(beginning))
        .map(line -> line.substring(beginning.length()))
        .findFirst();
  }

  private void closeLater(FakeVpnClient client) {
    if (!client.closing) {
      client.closing = true;
      world.schedule(settings.disconnectDelay(), () -> close(client));
    }
  }

  /** Prints DISCONNECT and forgets the client. */
  void close(FakeVpnClient client) {
    if (clients.remove(client.id.value(), client)) {
      slots.clear(client.slot);
      List<FakeVpnClient> namesakes = established.get(client.username);
      if (namesakes != null && namesakes.remove(client)) {
        establishedCount--;
        if (namesakes.isEmpty()) {
          established.remove(client.username);
        }
      }
      client.state = FakeVpnClient.State.GONE;
      blocks.disconnect(client);
    }
  }

  /** A soft restart: all go, each with its DISCONNECT, and CIDs begin at 0 again. */
  void closeAll() {
    all().reversed().forEach(this::close);
    nextClient = 0;
  }

  /** The process is gone: clients go without a word. */
  void forgetAll() {
    clients.values().forEach(client -> client.state = FakeVpnClient.State.GONE);
    clients.clear();
    established.clear();
    slots.clear();
    establishedCount = 0;
  }

  /** Prints the byte counts of those that had traffic since the last time. */
  void printByteCounts() {
    for (FakeVpnClient client : clients.values()) {
      if (client.received + client.sent != client.countedTraffic) {
        client.countedTraffic = client.received + client.sent;
        world.print(">BYTECOUNT_CLI:%s,%d,%d".formatted(client.id, client.received, client.sent));
      }
    }
  }
}
