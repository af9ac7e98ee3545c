package org.hourgate.operator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.GateControl;
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
 * an address means is read from {@code status 3}. Each kill leaves a line in the audit log. Safe
 * for any thread.
 */
final class GuestKills {

  private static final Logger AUDIT = LoggerFactory.getLogger("org.hourgate.audit");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern KEYWORD = Pattern.compile("[A-Z_]+(,(?<text>.*))?");

  private final SharedDaemon daemon;
  private final GateControl gate;
  private final String guest;

  /**
   * Kills on behalf of one guest.
   *
   * @param guest who it is, for the audit log
   */
  GuestKills(SharedDaemon daemon, GateControl gate, String guest) {
    this.daemon = daemon;
    this.gate = gate;
    this.guest = guest;
  }

  /** {@code kill CN} or {@code kill IP:PORT} ({@code manage.c man_kill}). */
  CompletionStage<String> kill(String victim) {
    String[] parts = victim.split(":", 3);
    if (parts[0].isEmpty()) {
      return done(GuestText.error("kill parse"));
    }
    if (parts.length == 1 || parts[1].isEmpty()) {
      String name = parts[0];
      return kill(
          row -> row.commonName().equals(name),
          new Command.KillCommonName(name),
          "common name '%s' found, %%d client(s) killed".formatted(name.replace("%", "%%")),
          "common name '%s' not found".formatted(name));
    }
    if (!IPV4.matcher(parts[0]).matches()) {
      return done(GuestText.error("error parsing IP address: " + parts[0]));
    }
    int port = port(parts[1]);
    if (port == 0) {
      return done(GuestText.error("port number is out of range: " + parts[1]));
    }
    String address = parts[0] + ":" + port;
    return kill(
        row -> row.realAddress().equals(address),
        new Command.KillAddress(parts[0], port),
        "%d client(s) at address " + address + " killed",
        "client at address " + address + " not found");
  }

  private static int port(String text) {
    int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    return port <= 65_535 ? port : 0;
  }

  private CompletionStage<String> kill(
      Predicate<StatusTable.Row> meant, Command direct, String success, String notFound) {
    Epoch epoch = daemon.epoch().orElse(null);
    if (epoch == null) {
      return done(GuestText.of(SharedDaemon.notAttached()));
    }
    return daemon
        .ask(new Command.Status())
        .thenCompose(
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
                  : kill(epoch, clients, "", direct)
                      .thenApply(
                          failed ->
                              failed.orElseGet(
                                  () -> GuestText.success(success.formatted(clients.size()))));
            });
  }

  /** {@code client-kill CID [MESSAGE]}. */
  CompletionStage<String> clientKill(String cid, Optional<String> message) {
    if (!cid.matches("[0-9]{1,18}")) {
      return done(GuestText.error("cannot parse CID"));
    }
    Epoch epoch = daemon.epoch().orElse(null);
    if (epoch == null) {
      return done(GuestText.of(SharedDaemon.notAttached()));
    }
    ClientId client = new ClientId(Long.parseLong(cid));
    Optional<String> text = message.map(GuestKills::utf8);
    return kill(
            epoch,
            Set.of(client),
            text.map(GuestKills::withoutKeyword).orElse(""),
            new Command.ClientKill(client, text))
        .thenApply(
            failed -> failed.orElseGet(() -> GuestText.success("client-kill command succeeded")));
  }

  /**
   * Ends these clients.
   *
   * @param direct ends all of them if none is a session of the gate
   * @return the answer, if it is not that this succeeded
   */
  private CompletionStage<Optional<String>> kill(
      Epoch epoch, Set<ClientId> clients, String reason, Command direct) {
    return gate.sessions()
        .thenCompose(
            views -> {
              List<SessionView> own =
                  views.stream()
                      .filter(view -> view.instance().equals(daemon.instance()))
                      .filter(view -> clients.contains(view.client()))
                      .toList();
              if (!daemon.epoch().equals(Optional.of(epoch))) {
                return done(Optional.of(GuestText.error("OpenVPN restarted; nobody was killed")));
              }
              if (own.isEmpty()) {
                return killDirectly(epoch, clients, direct);
              }
              clients.stream()
                  .filter(client -> own.stream().noneMatch(view -> view.client().equals(client)))
                  .forEach(client -> killStranger(epoch, client));
              own.forEach(view -> cut(view, reason));
              // The gate does one thing after the other: when this is answered, they are cut.
              return gate.sessions().thenApply(_ -> Optional.<String>empty());
            });
  }

  private CompletionStage<Optional<String>> killDirectly(
      Epoch epoch, Set<ClientId> clients, Command direct) {
    AUDIT.info("kill by OpenVPN {} instance={} cids={}", guest, daemon.instance(), clients);
    return daemon
        .act(epoch, direct)
        .thenApply(
            reply -> {
              AUDIT.info(
                  "kill by OpenVPN done {} instance={} cids={} succeeded={}",
                  guest,
                  daemon.instance(),
                  clients,
                  reply instanceof Reply.Success);
              return Optional.of(GuestText.of(reply));
            });
  }

  /** It claims the name of somebody the gate knows, and is somebody else. */
  private void killStranger(Epoch epoch, ClientId client) {
    AUDIT.info("kill by OpenVPN {} instance={} cids=[{}]", guest, daemon.instance(), client);
    var _ = daemon.act(epoch, new Command.ClientKill(client, Optional.empty()));
  }

  private void cut(SessionView view, String reason) {
    WalletAddress wallet = WalletAddress.parse(view.wallet());
    String target = wallet.shortened() + " " + view.instance() + "/" + view.client();
    AUDIT.info("kill begun {} target={} reason=\"{}\"", guest, target, reason);
    gate.kill(new KillTarget.ByOwner(wallet, view.instance(), view.client()), reason)
        .whenComplete(
            (result, failure) ->
                AUDIT.info(
                    "kill done {} target={} cut={} confirmed={}",
                    guest,
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
