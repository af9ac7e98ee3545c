package org.hourgate.metrics;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Notification;
import org.hourgate.management.client.ManagementClient;
import org.hourgate.management.client.ManagementCounters;

/** What happens on the connections to OpenVPN. */
final class ManagementMeters {

  private static final Duration[] EDGES = Meters.millis(1, 5, 10, 50, 100, 500, 1_000, 5_000);

  private static final Map<Class<? extends Notification>, String> EVENTS =
      Map.ofEntries(
          Map.entry(Notification.ClientConnect.class, "connect"),
          Map.entry(Notification.ClientReauth.class, "reauth"),
          Map.entry(Notification.ClientEstablished.class, "established"),
          Map.entry(Notification.ClientDisconnect.class, "disconnect"),
          Map.entry(Notification.ClientAddress.class, "address"),
          Map.entry(Notification.ClientChallengeResponse.class, "cr_response"),
          Map.entry(Notification.ByteCount.class, "bytecount"),
          Map.entry(Notification.StateChange.class, "state"),
          Map.entry(Notification.Hold.class, "hold"),
          Map.entry(Notification.Info.class, "info"),
          Map.entry(Notification.LogLine.class, "log"),
          Map.entry(Notification.Fatal.class, "fatal"),
          Map.entry(Notification.Unrecognized.class, "unrecognized"));

  private ManagementMeters() {}

  static void bind(Meters meters, Map<String, ManagementClient> clients) {
    clients.forEach((name, client) -> each(meters, name, client));
    List<ManagementCounters> all =
        clients.values().stream().map(ManagementClient::counters).toList();
    EVENTS.forEach(
        (type, event) ->
            meters.counter(
                "hourgate.management.events",
                "Notifications of OpenVPN",
                () -> sum(all, c -> c.notifications().getOrDefault(type.getSimpleName(), 0L)),
                "event",
                event));
    meters.counter(
        "hourgate.management.unparsed.lines",
        "Lines of a known kind that could not be read",
        () -> sum(all, ManagementCounters::unparsedLines));
    failures(meters, "timeout", all, ManagementCounters::timedOutSends);
    failures(meters, "stale", all, ManagementCounters::staleSends);
    failures(meters, "queue_full", all, ManagementCounters::refusedSends);
    Map<String, Timer> times = new HashMap<>();
    for (String command :
        List.of(
            "client-auth",
            "client-auth-nt",
            "client-deny",
            "client-kill",
            "kill",
            "status",
            "other")) {
      times.put(
          command,
          meters.timer(
              "hourgate.management.command.duration",
              "From the writing of a command to its reply",
              EDGES,
              "command",
              command));
    }
    all.forEach(
        counters ->
            counters.onReply(
                (command, time) -> Objects.requireNonNull(times.get(verb(command))).record(time)));
  }

  private static void each(Meters meters, String name, ManagementClient client) {
    String help = "Whether the management connection is up";
    meters.gauge(
        "hourgate.management.up", help, () -> Meters.oneIf(client.isAttached()), "openvpn", name);
    meters.gauge("openvpn.up", help, () -> Meters.oneIf(client.isAttached()), "status_path", name);
    ManagementCounters counters = client.counters();
    reconnects(meters, name, "lost", counters::losses);
    reconnects(meters, name, "refused", counters::failedAttempts);
    for (CommandPriority priority : CommandPriority.values()) {
      meters.gauge(
          "hourgate.management.queue.commands",
          "Commands waiting for the socket",
          () -> client.waiting(priority),
          "openvpn",
          name,
          "priority",
          priority.name().toLowerCase(Locale.ROOT));
    }
  }

  private static void reconnects(Meters meters, String name, String reason, LongSupplier count) {
    meters.counter(
        "hourgate.management.reconnects",
        "Connections to OpenVPN that were lost, and attempts that led to none",
        count::getAsLong,
        "openvpn",
        name,
        "reason",
        reason);
  }

  private static void failures(
      Meters meters,
      String reason,
      Collection<ManagementCounters> all,
      ToLongFunction<ManagementCounters> count) {
    meters.counter(
        "hourgate.management.send.failures",
        "Writes that failed",
        () -> sum(all, count),
        "reason",
        reason);
  }

  private static double sum(
      Collection<ManagementCounters> all, ToLongFunction<ManagementCounters> count) {
    return all.stream().mapToLong(count).sum();
  }

  private static String verb(Command command) {
    return switch (command) {
      case Command.ClientAuth _ -> "client-auth";
      case Command.ClientAuthNt _ -> "client-auth-nt";
      case Command.ClientDeny _ -> "client-deny";
      case Command.ClientKill _ -> "client-kill";
      case Command.KillCommonName _, Command.KillAddress _ -> "kill";
      case Command.Status _ -> "status";
      case Command.ClientPendingAuth _,
          Command.EnvFilter _,
          Command.HoldOn _,
          Command.HoldRelease _,
          Command.HoldQuery _,
          Command.LogOn _,
          Command.LogOff _,
          Command.StateOn _,
          Command.ByteCount _,
          Command.Pid _,
          Command.LoadStats _,
          Command.Version _,
          Command.StateAll _,
          Command.LogAll _ ->
          "other";
    };
  }
}
