package org.hourgate.operator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.KillReason;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.SessionView;
import org.hourgate.management.ClientId;
import org.hourgate.management.ClientText;
import org.hourgate.management.Command;
import org.hourgate.management.Epoch;
import org.hourgate.management.Reply;
import org.hourgate.session.StatusTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code kill} and {@code client-kill} of guests. Sessions of the gate are cut by the gate, which
 * tells the client and sees to it that it is gone; other clients by OpenVPN itself. Whom a name or
 * an address means is read from {@code status 3}. Nobody is killed once the guest was told that
 * OpenVPN does not answer. Each kill leaves a line in the audit log. Safe for any thread.
 */
final class GuestKills {

  private static final Logger AUDIT = LoggerFactory.getLogger("org.hourgate.audit");
  private static final String NUMBER = "(0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
  private static final Pattern IPV4 = Pattern.compile(NUMBER + "(\\." + NUMBER + "){3}");

  /** The form of OpenVPN 2.7. */
  private static final Pattern WITH_PROTOCOL =
      Pattern.compile("(?<protocol>udp|tcp):(?<ip>[^:]+):(?<port>[^:]+)");

  /** A column of {@code status 3}; the protocol is there since OpenVPN 2.7 (proto2ascii). */
  private static final Pattern REAL_ADDRESS =
      Pattern.compile("(?:(?<protocol>udp|tcp)[46]?(?:-server)?:)?(?<address>[0-9.]+:[0-9]+)");

  /** As {@code sscanf "%lu"}: what follows the number is not looked at. */
  private static final Pattern CID =
      Pattern.compile("\\s*(?<number>[+-]?[0-9]+).*", Pattern.DOTALL);

  private static final Pattern KEYWORD = Pattern.compile("[A-Z_]+(,(?<text>.*))?", Pattern.DOTALL);

  private static final int MOST_PORT = 65_535;
  private static final int MOST_PART = 127;

  private final SharedDaemon daemon;
  private final GateControl gate;
  private final Supplier<CompletionStage<String>> guest;
  private final Executor executor;

  /**
   * Kills on behalf of one guest.
   *
   * @param guest who it is, for the audit log
   * @param executor where the status is looked through, not where replies to the gate are read
   */
  GuestKills(
      SharedDaemon daemon,
      GateControl gate,
      Supplier<CompletionStage<String>> guest,
      Executor executor) {
    this.daemon = daemon;
    this.gate = gate;
    this.guest = guest;
    this.executor = executor;
  }

  /**
   * {@code kill CN} or {@code kill IP:PORT} ({@code manage.c man_kill}); or {@code kill
   * udp:IP:PORT}, as OpenVPN 2.7 has it.
   */
  CompletionStage<String> kill(String victim, BooleanSupplier stillAsked) {
    Matcher withProtocol = WITH_PROTOCOL.matcher(victim);
    if (withProtocol.matches()) {
      return killAt(
          withProtocol.group("protocol"),
          withProtocol.group("ip"),
          withProtocol.group("port"),
          stillAsked);
    }
    // As buffer.c buf_parse does with room for 127 bytes.
    int colon = victim.indexOf(':');
    boolean whole = colon >= 0 && colon <= MOST_PART;
    String first = whole ? victim.substring(0, colon) : upTo(MOST_PART, victim);
    String rest = victim.substring(Math.min(whole ? colon + 1 : MOST_PART + 2, victim.length()));
    String second = upTo(MOST_PART, rest.split(":", 2)[0]);
    if (first.isEmpty()) {
      return done(GuestText.error("kill parse"));
    }
    return second.isEmpty() ? killNamed(first, stillAsked) : killAt("", first, second, stillAsked);
  }

  private static String upTo(int length, String text) {
    return text.substring(0, Math.min(length, text.length()));
  }

  private CompletionStage<String> killNamed(String name, BooleanSupplier stillAsked) {
    return kill(
        row -> row.commonName().equals(name),
        Optional.of(new Command.KillCommonName(name)),
        "common name '%s' found, %%d client(s) killed".formatted(name.replace("%", "%%")),
        "common name '%s' not found".formatted(name),
        stillAsked);
  }

  /**
   * Kills who is at an address.
   *
   * @param protocol empty for any
   */
  private CompletionStage<String> killAt(
      String protocol, String ip, String portText, BooleanSupplier stillAsked) {
    if (!IPV4.matcher(ip).matches()) {
      return done(GuestText.error("error parsing IP address: " + ip));
    }
    int port = GuestText.number(portText);
    if (port <= 0 || port > MOST_PORT) {
      return done(GuestText.error("port number is out of range: " + portText));
    }
    String address = ip + ":" + port;
    String shown = protocol.isEmpty() ? address : protocol + ":" + address;
    return kill(
        row -> isAt(row, protocol, address),
        // Which form OpenVPN itself takes depends on its version; a CID is one in each.
        protocol.isEmpty() ? Optional.of(new Command.KillAddress(ip, port)) : Optional.empty(),
        "%d client(s) at address " + shown + " killed",
        "client at address " + shown + " not found",
        stillAsked);
  }

  private static boolean isAt(StatusTable.Row row, String protocol, String address) {
    Matcher real = REAL_ADDRESS.matcher(row.realAddress());
    return real.matches()
        && real.group("address").equals(address)
        && (protocol.isEmpty()
            || real.group("protocol") == null
            || protocol.equals(real.group("protocol")));
  }

  private CompletionStage<String> kill(
      Predicate<StatusTable.Row> meant,
      Optional<Command> direct,
      String success,
      String notFound,
      BooleanSupplier stillAsked) {
    Epoch epoch = daemon.epoch().orElse(null);
    if (epoch == null) {
      return done(GuestText.of(SharedDaemon.notAttached()));
    }
    return daemon
        .askAnew(new Command.Status())
        .thenComposeAsync(
            reply -> {
              if (reply instanceof Reply.Failure) {
                return done(GuestText.of(reply));
              }
              Set<ClientId> clients =
                  StatusTable.of(reply).rows().stream()
                      .filter(meant)
                      .map(StatusTable.Row::client)
                      .collect(Collectors.toSet());
              return clients.isEmpty()
                  ? done(GuestText.error(notFound))
                  : kill(epoch, clients, "", direct, stillAsked)
                      .thenApply(
                          failed ->
                              failed.orElseGet(
                                  () -> GuestText.success(success.formatted(clients.size()))));
            },
            executor);
  }

  /** {@code client-kill CID [MESSAGE]}. */
  CompletionStage<String> clientKill(
      String cid, Optional<String> message, BooleanSupplier stillAsked) {
    Matcher number = CID.matcher(cid);
    if (!number.matches()) {
      return done(GuestText.error("cannot parse CID"));
    }
    ClientId client;
    try {
      client = new ClientId(Long.parseLong(number.group("number")));
    } catch (IllegalArgumentException e) { // Nobody has such a number.
      return done(GuestText.error("client-kill command failed"));
    }
    Epoch epoch = daemon.epoch().orElse(null);
    if (epoch == null) {
      return done(GuestText.of(SharedDaemon.notAttached()));
    }
    Optional<String> text = message.map(GuestKills::utf8);
    return kill(
            epoch,
            Set.of(client),
            text.map(GuestKills::withoutKeyword).orElse(""),
            Optional.of(new Command.ClientKill(client, text)),
            stillAsked)
        .thenApply(
            failed -> failed.orElseGet(() -> GuestText.success("client-kill command succeeded")));
  }

  /**
   * Ends these clients.
   *
   * @param direct ends all of them if none is a session of the gate; empty: one after the other
   * @return the answer, if it is not that this succeeded
   */
  private CompletionStage<Optional<String>> kill(
      Epoch epoch,
      Set<ClientId> clients,
      String reason,
      Optional<Command> direct,
      BooleanSupplier stillAsked) {
    // The name first: that may take a moment, in which sessions come and go.
    return guest
        .get()
        .thenCompose(
            who ->
                gate.sessions()
                    .thenCompose(
                        views -> kill(epoch, clients, reason, direct, stillAsked, views, who)));
  }

  private CompletionStage<Optional<String>> kill(
      Epoch epoch,
      Set<ClientId> clients,
      String reason,
      Optional<Command> direct,
      BooleanSupplier stillAsked,
      List<SessionView> views,
      String who) {
    List<SessionView> own =
        views.stream()
            .filter(view -> view.instance().equals(daemon.instance()))
            .filter(view -> clients.contains(view.client()))
            .toList();
    if (!stillAsked.getAsBoolean()) {
      return done(Optional.of(GuestText.error("too late; nobody was killed")));
    }
    if (!daemon.epoch().equals(Optional.of(epoch))) {
      return done(Optional.of(GuestText.error("OpenVPN restarted; nobody was killed")));
    }
    if (own.isEmpty() && direct.isPresent()) {
      return killDirectly(epoch, clients, direct.get(), who);
    }
    clients.stream()
        .filter(client -> own.stream().noneMatch(view -> view.client().equals(client)))
        .forEach(client -> killStranger(epoch, client, who));
    own.forEach(view -> cut(view, reason, who));
    // The gate does one thing after the other: when this is answered, they are cut.
    return gate.sessions().thenApply(_ -> Optional.<String>empty());
  }

  private CompletionStage<Optional<String>> killDirectly(
      Epoch epoch, Set<ClientId> clients, Command direct, String who) {
    AUDIT.info("kill by OpenVPN {} instance={} cids={}", who, daemon.instance(), clients);
    return daemon
        .act(epoch, direct)
        .thenApply(
            reply -> {
              AUDIT.info(
                  "kill by OpenVPN done {} instance={} cids={} succeeded={}",
                  who,
                  daemon.instance(),
                  clients,
                  reply instanceof Reply.Success);
              return Optional.of(GuestText.of(reply));
            });
  }

  /** It claims the name of somebody the gate knows, and is somebody else. */
  private void killStranger(Epoch epoch, ClientId client, String who) {
    AUDIT.info("kill by OpenVPN {} instance={} cids=[{}]", who, daemon.instance(), client);
    var _ = daemon.act(epoch, new Command.ClientKill(client, Optional.empty()));
  }

  private void cut(SessionView view, String reason, String who) {
    WalletAddress wallet = WalletAddress.parse(view.wallet());
    String target = wallet.shortened() + " " + view.instance() + "/" + view.client();
    AUDIT.info("kill begun {} target={} reason={}", who, target, KillReason.quoted(reason));
    gate.kill(new KillTarget.ByOwner(wallet, view.instance(), view.client()), reason)
        .whenComplete(
            (result, failure) ->
                AUDIT.info(
                    "kill done {} target={} cut={} confirmed={}",
                    who,
                    target,
                    failure == null ? result.cut() : 0,
                    failure == null ? result.confirmed() : 0));
  }

  private static String utf8(String bytes) {
    return ClientText.safe(
        new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
  }

  /** What the client is to read: {@code HALT,text} is text, {@code RESTART} is none. */
  private static String withoutKeyword(String message) {
    Matcher keyword = KEYWORD.matcher(message);
    if (!keyword.matches()) {
      return message;
    }
    String text = keyword.group("text");
    return text == null ? "" : text;
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
