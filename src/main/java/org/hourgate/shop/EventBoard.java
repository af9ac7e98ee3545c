package org.hourgate.shop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.hourgate.chain.Head;
import org.hourgate.chain.Storefront;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WebSession;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.http.EventSink;
import org.hourgate.infrastructure.http.EventStream;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /api/events}: tells open pages what has changed. Looks at what it may show each half
 * second, and at the chain once for each new block, for all readers together: their number costs
 * the chain next to nothing. State is the shop thread's alone.
 */
final class EventBoard {

  private static final Logger LOG = LoggerFactory.getLogger(EventBoard.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private static final int SESSIONS_EVERY_LOOKS = 2;

  /** Their number alone, which all readers are told, changes all the time. */
  private static final int COUNT_EVERY_LOOKS = 10;

  private static final Duration READ_EVERY = Duration.ofSeconds(15);

  private final Visitors visitors;
  private final AccessDesk desk;
  private final GatewayView gateway;
  private final OffersView offers;
  private final GateControl gate;
  private final Storefront storefront;
  private final SerialExecutor shopThread;
  private final TimeSource time;

  private final Set<Reader> readers = new HashSet<>();
  private Optional<GatewayView.Json> toldGateway = Optional.empty();
  private Optional<List<OffersView.Json>> toldOffers = Optional.empty();
  private long readBlock = -1;
  private long readNanos;
  private int looks;
  private boolean reading;

  /** None while nobody is signed in: ten thousand of them take megabytes. */
  private List<SessionView> sessions = List.of();

  EventBoard(
      Visitors visitors,
      AccessDesk desk,
      GatewayView gateway,
      OffersView offers,
      GateControl gate,
      Storefront storefront,
      SerialExecutor shopThread,
      TimeSource time) {
    this.visitors = visitors;
    this.desk = desk;
    this.gateway = gateway;
    this.offers = offers;
    this.gate = gate;
    this.storefront = storefront;
    this.shopThread = shopThread;
    this.time = time;
  }

  /** An open page, and what it was told last. */
  private static final class Reader {
    final EventSink sink;
    final Optional<WalletAddress> wallet;
    Optional<WebSession> session;
    @Nullable Access access;
    boolean listedSince;
    @Nullable List<OwnSession> sessions;

    Reader(EventSink sink, Optional<WalletAddress> wallet, Optional<WebSession> session) {
      this.sink = sink;
      this.wallet = wallet;
      this.session = session;
    }
  }

  void start() {
    shopThread.execute(this::look);
  }

  CompletionStage<EventStream> open(Request request) {
    visitors.requireOurPage(request);
    visitors.requireWithinLimits(request);
    Optional<WebSession> session = visitors.session(request);
    Optional<WalletAddress> wallet =
        request.parameter("wallet").map(Visitors::wallet).or(() -> session.map(WebSession::wallet));
    return CompletableFuture.completedFuture(
        new EventStream(
            sink -> {
              // Sessions are told of the wallet that the stream is about, if it is one's own.
              Reader reader =
                  new Reader(
                      sink, wallet, session.filter(s -> wallet.equals(Optional.of(s.wallet()))));
              shopThread.execute(() -> welcome(reader));
              return () -> shopThread.execute(() -> readers.remove(reader));
            }));
  }

  private void welcome(Reader reader) {
    readers.add(reader);
    reader.sink.send("gateway", gateway.now());
    toldOffers.ifPresent(now -> reader.sink.send("offers", now));
    if (reader.session.isPresent()) {
      var _ = onShopThread(gate.sessions(), this::sessions);
    }
    if (reader.wallet.isPresent()) {
      var _ = onShopThread(desk.of(reader.wallet.get()), access -> tell(reader, access));
    }
  }

  private void look() {
    try {
      boolean seen = isAnybodySignedIn(); // Listing them takes the gate's time.
      if (looks % (seen ? SESSIONS_EVERY_LOOKS : COUNT_EVERY_LOOKS) == 0) {
        gateway.count();
      }
      if (seen && looks % SESSIONS_EVERY_LOOKS == 0) {
        var _ = onShopThread(gate.sessions(), this::sessions);
      }
      looks++;
      tellAll();
      readAccess();
    } finally {
      shopThread.schedule(LOOK_EVERY, this::look);
    }
  }

  private boolean isAnybodySignedIn() {
    return readers.stream().anyMatch(reader -> reader.session.isPresent());
  }

  private void sessions(List<SessionView> now) {
    sessions = isAnybodySignedIn() ? now : List.of();
    for (Reader reader : readers) {
      reader.listedSince = true;
      tellSessions(reader);
    }
  }

  private void tellAll() {
    GatewayView.Json lasting = gateway.lasting();
    if (!Optional.of(lasting).equals(toldGateway)) {
      toldGateway = Optional.of(lasting);
      GatewayView.Json current = gateway.now();
      readers.forEach(reader -> reader.sink.send("gateway", current));
    }
    Optional<List<OffersView.Json>> offered = offers.now();
    if (!offered.equals(toldOffers)) {
      toldOffers = offered;
      offered.ifPresent(list -> readers.forEach(reader -> reader.sink.send("offers", list)));
    }
  }

  private void readAccess() {
    long block = storefront.head().map(Head::number).orElse(-1L);
    boolean due = block != readBlock || time.nanoTime() - readNanos >= READ_EVERY.toNanos();
    if (reading || !due) {
      return;
    }
    readBlock = block;
    readNanos = time.nanoTime();
    Map<WalletAddress, List<Reader>> byWallet = new HashMap<>();
    readers.forEach(
        reader ->
            reader.wallet.ifPresent(
                wallet -> byWallet.computeIfAbsent(wallet, _ -> new ArrayList<>()).add(reader)));
    if (byWallet.isEmpty()) {
      return;
    }
    reading = true;
    CompletionStage<Map<WalletAddress, Entitlement>> newest = desk.newest(byWallet.keySet());
    CompletableFuture<?>[] all =
        byWallet.entrySet().stream()
            .map(
                entry ->
                    onShopThread(
                        desk.read(entry.getKey(), newest),
                        access -> entry.getValue().forEach(reader -> tell(reader, access))))
            .toArray(CompletableFuture<?>[]::new);
    var _ = CompletableFuture.allOf(all).whenCompleteAsync((_, _) -> reading = false, shopThread);
  }

  /** What was read earlier than what the reader knows came late: it is told to nobody. */
  private void tell(Reader reader, Access access) {
    if (reader.access != null && access.isReadBefore(reader.access, time.wallTime())) {
      return;
    }
    if (reader.access == null || !access.saysSameAs(reader.access)) {
      reader.sink.send("access", access.toJson());
    }
    reader.access = access;
    tellSessions(reader);
  }

  /** Nobody is told of sessions before it is known that the cookie is not revoked. */
  private void tellSessions(Reader reader) {
    if (reader.session.isEmpty() || reader.access == null) {
      return;
    }
    WebSession session = reader.session.get();
    Instant now = time.wallTime();
    if (!now.isBefore(session.expires())
        || !session.issuedAt().isAfter(reader.access.credentialsFrom())
        || gate.isRevoked(session.wallet(), session.deviceId())) {
      reader.session = Optional.empty();
      reader.sink.send("signedOut", Map.of());
      return;
    }
    if (!reader.listedSince) {
      return; // The last list is seconds old, and the page knows better.
    }
    List<OwnSession> own =
        OwnAccount.of(session.wallet(), sessions).stream().map(OwnSession::withoutTraffic).toList();
    if (!own.equals(reader.sessions)) {
      reader.sessions = own;
      reader.sink.send("sessions", OwnAccount.of(session.wallet(), sessions));
    }
  }

  private <T> CompletableFuture<?> onShopThread(CompletionStage<T> stage, Consumer<T> step) {
    return stage
        .thenAcceptAsync(step, shopThread)
        .exceptionally(
            failure -> {
              LOG.debug("pages are not told: {}", failure.toString());
              return null;
            })
        .toCompletableFuture();
  }
}
