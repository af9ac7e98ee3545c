package org.hourgate.gate.script;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.EpochEndedException;
import org.hourgate.management.KeyId;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;
import org.hourgate.management.Reply;
import org.hourgate.session.SessionTracker;
import org.hourgate.session.StatusTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An OpenVPN process whose scripts ask, in the shape of one that asks on its management interface.
 *
 * <p>Without {@code management-client-auth} OpenVPN prints ESTABLISHED, but no CONNECT, REAUTH or
 * DISCONNECT. A first login that a script hands over becomes a CONNECT under a number of ours, too
 * large for a CID; the verdict goes into the script's files. ESTABLISHED names the control file of
 * its login, and so the CID of the client is known: the session is told to have it from there on. A
 * renewal of keys becomes a REAUTH of the client that has its address in the tunnel. Who is no
 * longer in {@code status 3}, asked every 2 s, has disconnected. What concerns CIDs goes through
 * unchanged.
 *
 * <p>All state is touched by one serial executor alone, and everything is told to the gate there,
 * in the order of OpenVPN's stream. Files are written there too: the folder is a memory file system
 * where it should be.
 */
public final class ScriptedDaemon
    implements ManagementConnection, ManagementListener, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ScriptedDaemon.class);

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(2);

  /** Longer than the gate waits for ESTABLISHED, and than OpenVPN's hand-window. */
  private static final Duration LOGIN_LIFE = Duration.ofSeconds(90);

  private static final Duration CLOSING = Duration.ofMillis(500);
  private static final long FIRST_LOGIN = 1L << 40;
  private static final KeyId FIRST_KEY = new KeyId(1);
  private static final int MOST_EARLY = 1_000;

  /** OpenVPN numbers a client's keys from 1, and has numbered none of this before. */
  private static final int LATEST_FIRST_KEY = 8;

  private static final String BELT = "session-timeout ";

  private final ManagementConnection connection;
  private final ScriptFolder folder;
  private final SerialExecutor thread;
  private @Nullable SessionTracker gate;
  private @Nullable RequestPipe pipe;

  private Optional<Epoch> epoch = Optional.empty();
  private Optional<Long> pid = Optional.empty();
  private long logins;
  private long renewals;
  private final Map<ClientId, Login> waiting = new HashMap<>();
  private final Map<String, Login> bySource = new HashMap<>();
  private final Map<String, Login> byControl = new HashMap<>();
  private final Map<Renewal, ScriptRequest> renewing = new HashMap<>();
  private final Map<ClientId, Live> live = new HashMap<>();

  /** Requests that came before OpenVPN told its process id. */
  private final List<ScriptRequest> early = new ArrayList<>();

  private long looks;
  private boolean looking;
  private final List<Runnable> afterNextLook = new ArrayList<>();
  private SerialExecutor.Timer nextLook = () -> {};

  /** Clients that have no tunnel yet, as of the newest look. */
  private List<StatusTable.Row> pending = List.of();

  /** A first login, from its request to ESTABLISHED. */
  private static final class Login {
    private final ClientId id;
    private final ScriptRequest request;
    private boolean accepted;
    private SerialExecutor.Timer life = () -> {};

    /** OpenVPN's own number of it, known of a client that was sent to a page. */
    private Optional<ClientId> number = Optional.empty();

    Login(ClientId id, ScriptRequest request) {
      this.id = id;
      this.request = request;
    }
  }

  private record Renewal(ClientId client, KeyId key) {}

  /**
   * A client with a tunnel.
   *
   * @param sinceLook looks up to this one may have been answered before it came
   */
  private record Live(
      String username, String tunnelAddress, long bytesIn, long bytesOut, long sinceLook) {}

  public ScriptedDaemon(
      ManagementConnection connection, ScriptFolder folder, SerialExecutor thread) {
    this.connection = connection;
    this.folder = folder;
    this.thread = thread;
  }

  /** Whom to tell; before the connection starts. */
  public void tell(SessionTracker tracker) {
    gate = tracker;
  }

  @Override
  public void attached(Epoch begun) {
    thread.execute(
        () -> {
          begin(begun);
          gate().attached(begun);
          openPipe();
        });
  }

  @Override
  public void epochStarted(Epoch begun) {
    thread.execute(
        () -> {
          begin(begun);
          gate().epochStarted(begun);
        });
  }

  @Override
  public void detached(String reason) {
    thread.execute(
        () -> {
          forgetAll();
          epoch = Optional.empty();
          closePipe();
          gate().detached(reason);
        });
  }

  @Override
  public void notified(Epoch of, Notification notification) {
    thread.execute(
        () -> {
          switch (notification) {
            case Notification.ClientEstablished n -> established(of, n);
            case Notification.ClientDisconnect n -> {
              live.remove(n.client());
              gate().notified(of, n);
            }
            case Notification.ClientConnect _,
                Notification.ClientReauth _,
                Notification.ClientAddress _,
                Notification.ClientChallengeResponse _,
                Notification.ByteCount _,
                Notification.StateChange _,
                Notification.Hold _,
                Notification.Info _,
                Notification.LogLine _,
                Notification.Fatal _,
                Notification.Unrecognized _ ->
                gate().notified(of, notification);
          }
        });
  }

  private SessionTracker gate() {
    if (gate == null) {
      throw new IllegalStateException("nobody to tell");
    }
    return gate;
  }

  private void begin(Epoch begun) {
    forgetAll();
    epoch = Optional.of(begun);
    ask(
        begun,
        new Command.Pid(),
        reply -> {
          pid = processId(reply);
          List<ScriptRequest> came = List.copyOf(early);
          early.clear();
          came.forEach(this::request);
          folder.takeWaiting().forEach(this::received);
        });
    nextLook = thread.schedule(LOOK_INTERVAL, this::lookRegularly);
  }

  private static Optional<Long> processId(Reply reply) {
    try {
      return reply instanceof Reply.Success success && success.text().startsWith("pid=")
          ? Optional.of(Long.parseLong(success.text().substring("pid=".length())))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty(); // Then no request is known to be its own.
    }
  }

  /** What was laid ready stays for its time: a client may still be let in by it. */
  private void forgetAll() {
    waiting.values().forEach(login -> login.life.cancel());
    waiting.clear();
    bySource.clear();
    byControl.clear();
    renewing.clear();
    live.clear();
    pending = List.of();
    early.clear();
    afterNextLook.clear();
    looking = false;
    pid = Optional.empty();
    nextLook.cancel();
  }

  private void openPipe() {
    closePipe();
    try {
      pipe = RequestPipe.open(folder.pipe(), line -> thread.execute(() -> received(line)));
    } catch (IOException e) {
      LOG.error("the scripts' pipe can't be opened: nobody new gets in", e);
    }
  }

  private void closePipe() {
    if (pipe != null) {
      pipe.close();
      pipe = null;
    }
  }

  /** A line of a script. */
  void received(String line) {
    if (line.equals("look")) {
      folder.takeWaiting().forEach(this::received);
      return;
    }
    ScriptRequest.parse(line)
        .ifPresentOrElse(this::request, () -> LOG.warn("a line of a script is none we know"));
  }

  private void request(ScriptRequest request) {
    if (epoch.isEmpty()) {
      return; // OpenVPN gives up by itself.
    }
    if (pid.isEmpty()) {
      if (early.size() < MOST_EARLY) {
        early.add(request);
      }
    } else if (pid.get() != request.pid()) {
      LOG.info("a script of another OpenVPN process was not heard: {}", request);
    } else if (request.isRenewal()) {
      renewal(request);
    } else {
      login(epoch.get(), request);
    }
  }

  private void login(Epoch present, ScriptRequest request) {
    Login former = bySource.get(request.source());
    if (former != null) {
      withdraw(present, former); // The client began anew before its tunnel was up.
    }
    Login login = new Login(new ClientId(FIRST_LOGIN + logins++), request);
    waiting.put(login.id, login);
    bySource.put(request.source(), login);
    byControl.put(request.control(), login);
    keepFor(LOGIN_LIFE, login);
    gate()
        .notified(
            present, new Notification.ClientConnect(login.id, FIRST_KEY, request.environment()));
  }

  private void keepFor(Duration life, Login login) {
    login.life.cancel();
    login.life =
        thread.schedule(
            life,
            () -> {
              folder.clear(login.request.control());
              forget(login);
            });
  }

  private void renewal(ScriptRequest request) {
    Optional<ClientId> client = at(request.tunnelAddress());
    if (client.isPresent()) {
      renewal(client.get(), request);
    } else {
      lookAndThen(
          () ->
              at(request.tunnelAddress())
                  .ifPresentOrElse(c -> renewal(c, request), () -> refuse(request, "")));
    }
  }

  private void renewal(ClientId client, ScriptRequest request) {
    KeyId key = new KeyId(FIRST_KEY.value() + ++renewals);
    renewing.put(new Renewal(client, key), request);
    gate()
        .notified(
            epoch.orElseThrow(), new Notification.ClientReauth(client, key, request.environment()));
  }

  private Optional<ClientId> at(String tunnelAddress) {
    return live.entrySet().stream()
        .filter(entry -> entry.getValue().tunnelAddress().equals(tunnelAddress))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private void established(Epoch of, Notification.ClientEstablished n) {
    ClientEnvironment environment = n.environment();
    String username = environment.get("username").orElse("");
    Optional<Login> login =
        Optional.ofNullable(
                byControl.get(fileName(environment.get("auth_control_file").orElse(""))))
            .filter(l -> l.accepted && l.request.username().equals(username));
    String address =
        environment
            .get("ifconfig_pool_remote_ip")
            .or(() -> environment.get("ifconfig_pool_remote_ip6"))
            .orElse("");
    boolean older =
        live.values().stream()
            .anyMatch(l -> l.username().equals(username) || l.tunnelAddress().equals(address));
    live.put(n.client(), new Live(username, address, 0, 0, looks));
    login.ifPresent(
        l -> {
          forget(l);
          folder.clear(l.request.control());
          gate().identified(of, l.id, n.client());
        });
    if (older) {
      // OpenVPN has dropped the older one in silence, or given its address to this one.
      lookAndThen(() -> gate().notified(of, n));
    } else {
      gate().notified(of, n);
    }
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private void forget(Login login) {
    login.life.cancel();
    waiting.remove(login.id, login);
    bySource.remove(login.request.source(), login);
    byControl.remove(login.request.control(), login);
  }

  /** The login is void, also if it was accepted and its client is not up yet. */
  private void withdraw(Epoch present, Login login) {
    forget(login);
    folder.clear(login.request.control());
    refuse(login.request, "");
    gate().notified(present, new Notification.ClientDisconnect(login.id, ClientEnvironment.EMPTY));
  }

  private boolean refuse(ScriptRequest request, String text) {
    try {
      return folder.refuse(request.control(), request.reason(), text);
    } catch (IOException e) {
      LOG.error("a refusal could not be written; OpenVPN refuses by itself, later", e);
      return false;
    }
  }

  private boolean accept(Login login, List<String> directives) {
    if (login.accepted || directives.stream().noneMatch(line -> line.startsWith(BELT))) {
      return false;
    }
    try {
      folder.lay(login.request.control(), directives);
      login.accepted = folder.accept(login.request.control());
    } catch (IOException e) {
      LOG.error("an accept could not be written", e);
    }
    if (!login.accepted) {
      folder.clear(login.request.control());
      forget(login);
    }
    return login.accepted;
  }

  private boolean accept(ScriptRequest request) {
    try {
      return folder.accept(request.control());
    } catch (IOException e) {
      LOG.error("an accept could not be written", e);
      return false;
    }
  }

  @Override
  public CompletionStage<List<Reply>> send(CommandPriority priority, List<Command> commands) {
    return onThread(() -> followed(connection.send(priority, commands), commands));
  }

  @Override
  public CompletionStage<List<Reply>> send(
      Epoch ofEpoch, CommandPriority priority, List<Command> commands) {
    return onThread(
        () -> {
          if (commands.size() == 1
              && commands.getFirst() instanceof Command.ClientPendingAuth page
              && !page.extra().isEmpty()) {
            return sendToPage(ofEpoch, page).thenApply(List::of);
          }
          List<Optional<Reply>> own = commands.stream().map(c -> ownReply(ofEpoch, c)).toList();
          if (own.stream().allMatch(Optional::isEmpty)) {
            commands.forEach(this::dismissRenewals);
            return followed(connection.send(ofEpoch, priority, commands), commands);
          }
          if (!epoch.equals(Optional.of(ofEpoch))) {
            return CompletableFuture.failedStage(new EpochEndedException(ofEpoch));
          }
          return CompletableFuture.completedStage(
              own.stream().map(reply -> reply.orElseGet(ScriptedDaemon::unknown)).toList());
        });
  }

  /**
   * The script's own way to name a page is over when it has returned, and OpenVPN refuses there
   * whoever announces no {@code IV_SSO} (ssl_verify.c check_auth_pending_method). The management
   * interface names one at any time, to everybody (multi.c management_client_pending_auth), if one
   * knows the client's number and key: {@code status 3} tells the number.
   */
  private CompletionStage<Reply> sendToPage(Epoch present, Command.ClientPendingAuth page) {
    Optional<Login> asks =
        epoch.equals(Optional.of(present)) ? login(page.client()) : Optional.empty();
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    asks.ifPresentOrElse(
        login -> {
          keepFor(Duration.ofSeconds(page.seconds()).plus(LOGIN_LIFE), login);
          lookAndThen(() -> sendToPage(present, login, page, reply));
        },
        () -> reply.complete(unknown()));
    return reply;
  }

  private void sendToPage(
      Epoch present, Login login, Command.ClientPendingAuth page, CompletableFuture<Reply> reply) {
    Optional<ClientId> number = login(login.id).flatMap(this::numberOf);
    if (number.isEmpty()) {
      reply.complete(unknown());
      return;
    }
    // Only a client that began anew at the same port has a later key; the others are of nobody.
    List<Command> tries =
        IntStream.rangeClosed(1, LATEST_FIRST_KEY)
            .<Command>mapToObj(
                key ->
                    new Command.ClientPendingAuth(
                        number.get(), new KeyId(key), page.extra(), page.seconds()))
            .toList();
    var _ =
        connection
            .send(present, CommandPriority.CONNECT, tries)
            .whenCompleteAsync(
                (replies, failure) -> {
                  if (failure != null) {
                    reply.completeExceptionally(failure); // It may still read what was written.
                    return;
                  }
                  boolean told = replies.stream().anyMatch(Reply.Success.class::isInstance);
                  if (told) {
                    login.number = number;
                  }
                  reply.complete(told ? done(true) : unknown());
                },
                thread);
  }

  /** Of IPv6 clients OpenVPN tells no port: then it is the newest that is nobody else. */
  private Optional<ClientId> numberOf(Login login) {
    Set<ClientId> others =
        waiting.values().stream().flatMap(l -> l.number.stream()).collect(Collectors.toSet());
    return pending.stream()
        .filter(row -> login.request.isFrom(row.realAddress()))
        .filter(row -> row.username().equals(login.request.username()))
        .map(StatusTable.Row::client)
        .filter(client -> !others.contains(client))
        .max(Comparator.comparingLong(ClientId::value));
  }

  /** OpenVPN reads no command while a script of it waits. */
  private void dismissRenewals(Command command) {
    if (command instanceof Command.ClientKill kill) {
      renewing.forEach(
          (renewal, request) -> {
            if (renewal.client().equals(kill.client())) {
              dismiss(request);
            }
          });
      renewing.keySet().removeIf(renewal -> renewal.client().equals(kill.client()));
    }
  }

  private void dismiss(ScriptRequest request) {
    try {
      folder.dismiss(request.control());
    } catch (IOException e) {
      LOG.error("a script waits in vain", e);
    }
  }

  private CompletionStage<List<Reply>> onThread(Supplier<CompletionStage<List<Reply>>> step) {
    return CompletableFuture.supplyAsync(step, thread).thenCompose(stage -> stage);
  }

  /** What is known from OpenVPN's own replies is taken before whoever asked gets them. */
  private CompletionStage<List<Reply>> followed(
      CompletionStage<List<Reply>> replies, List<Command> commands) {
    Optional<Epoch> asked = epoch;
    long look = looks;
    return replies.thenApplyAsync(
        all -> {
          for (int i = 0; i < all.size(); i++) {
            if (commands.get(i) instanceof Command.Status
                && all.get(i) instanceof Reply.Lines
                && epoch.isPresent()
                && epoch.equals(asked)) {
              seen(epoch.get(), StatusTable.of(all.get(i)), look);
            }
          }
          return all;
        },
        thread);
  }

  /** The answer to a command that OpenVPN does not get; empty if it does. */
  private Optional<Reply> ownReply(Epoch ofEpoch, Command command) {
    boolean present = epoch.equals(Optional.of(ofEpoch));
    return switch (command) {
      case Command.ClientAuth c ->
          Optional.of(
              done(
                  present
                      && login(c.client())
                          .filter(login -> accept(login, c.directives()))
                          .isPresent()));
      case Command.ClientAuthNt c ->
          Optional.of(
              done(present && renewing(c.client(), c.key()).filter(this::accept).isPresent()));
      case Command.ClientDeny c -> Optional.of(done(present && deny(ofEpoch, c)));
      // The answer acts at the client's next packet: this wakes it no sooner in this mode.
      case Command.ClientPendingAuth c ->
          Optional.of(done(c.extra().isEmpty() && login(c.client()).isPresent()));
      case Command.ClientKill c when c.client().value() >= FIRST_LOGIN -> {
        Optional<Login> login = present ? login(c.client()) : Optional.empty();
        login.ifPresent(l -> withdraw(ofEpoch, l));
        yield Optional.of(done(login.isPresent()));
      }
      case Command.Single _, Command.MultiLine _ -> Optional.empty();
    };
  }

  private boolean deny(Epoch present, Command.ClientDeny command) {
    Optional<Login> login = login(command.client());
    String text = command.clientText().orElse("");
    if (login.isPresent() && login.get().accepted) {
      withdraw(present, login.get());
      return true;
    }
    if (login.isPresent()) {
      forget(login.get());
      return refuse(login.get().request, text);
    }
    return renewing(command.client(), command.key())
        .filter(request -> refuse(request, text))
        .isPresent();
  }

  private Optional<Login> login(ClientId id) {
    return Optional.ofNullable(waiting.get(id));
  }

  /** Each is answered once. */
  private Optional<ScriptRequest> renewing(ClientId client, KeyId key) {
    return Optional.ofNullable(renewing.remove(new Renewal(client, key)));
  }

  private static Reply done(boolean done) {
    return done ? new Reply.Success("handed to the script's files") : unknown();
  }

  private static Reply unknown() {
    return new Reply.Failure("no script waits for this");
  }

  private void lookRegularly() {
    nextLook = thread.schedule(LOOK_INTERVAL, this::lookRegularly);
    if (!live.isEmpty() || waiting.values().stream().anyMatch(l -> l.number.isPresent())) {
      lookAndThen(() -> {});
    }
  }

  /** Asks who is there; one question at a time, and none that was asked before counts for this. */
  private void lookAndThen(Runnable step) {
    afterNextLook.add(step);
    if (!looking) {
      look();
    }
  }

  private void look() {
    if (epoch.isEmpty()) {
      return;
    }
    looking = true;
    looks++;
    List<Runnable> steps = List.copyOf(afterNextLook);
    afterNextLook.clear();
    Epoch asked = epoch.get();
    var _ =
        followed(
                connection.send(asked, CommandPriority.STATUS, List.of(new Command.Status())),
                List.of(new Command.Status()))
            .whenCompleteAsync(
                (_, _) -> {
                  if (!epoch.equals(Optional.of(asked))) {
                    return;
                  }
                  looking = false;
                  steps.forEach(Runnable::run);
                  if (!afterNextLook.isEmpty() && !looking) {
                    look();
                  }
                },
                thread);
  }

  private void seen(Epoch present, StatusTable table, long look) {
    Set<ClientId> there =
        table.rows().stream().map(StatusTable.Row::client).collect(Collectors.toSet());
    List<ClientId> gone =
        live.entrySet().stream()
            .filter(entry -> !there.contains(entry.getKey()))
            .filter(entry -> entry.getValue().sinceLook() < look)
            .map(Map.Entry::getKey)
            .toList();
    gone.forEach(client -> disconnected(present, client));
    pending = table.rows().stream().filter(row -> !row.isLive()).toList();
    waiting.values().stream()
        .filter(login -> login.number.filter(number -> !there.contains(number)).isPresent())
        .toList()
        .forEach(login -> withdraw(present, login));
    for (StatusTable.Row row : table.rows()) {
      if (row.isLive()) {
        Live known = live.get(row.client());
        live.put(
            row.client(),
            new Live(
                row.username(),
                row.tunnelAddress(),
                row.bytesIn(),
                row.bytesOut(),
                known == null ? look : known.sinceLook()));
      }
    }
  }

  private void disconnected(Epoch present, ClientId client) {
    Live known = live.remove(client);
    renewing.keySet().removeIf(renewal -> renewal.client().equals(client));
    if (known != null) {
      gate()
          .notified(
              present,
              new Notification.ClientDisconnect(
                  client,
                  new ClientEnvironment(
                      Map.of(
                          "bytes_received", Long.toString(known.bytesIn()),
                          "bytes_sent", Long.toString(known.bytesOut())),
                      false)));
    }
  }

  private void ask(Epoch present, Command command, Consumer<Reply> consumer) {
    var _ =
        connection
            .send(present, CommandPriority.CONNECT, List.of(command))
            .thenAcceptAsync(
                replies -> {
                  if (epoch.equals(Optional.of(present))) {
                    consumer.accept(replies.getFirst());
                  }
                },
                thread);
  }

  /** Scripts find nobody from now on; what was sent before is done. Ends within half a second. */
  @Override
  public void close() {
    try {
      CompletableFuture.runAsync(this::closePipe, thread)
          .orTimeout(CLOSING.toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException e) {
      LOG.warn("the scripts' pipe was not closed in time");
    }
  }
}
