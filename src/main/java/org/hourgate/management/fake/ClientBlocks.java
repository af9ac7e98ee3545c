package org.hourgate.management.fake;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code >CLIENT:} notifications and the variables behind them. OpenVPN keeps variables in a
 * list and puts what it sets at the front ({@code env_set.c add_env_item}), so their order tells
 * what was set last; it is kept here in groups.
 */
final class ClientBlocks {

  private static final DateTimeFormatter ASCII_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  /** Variables that are set together. */
  enum Part {
    PEER_INFO,
    USERNAME,
    COMMON_NAME,
    UNTRUSTED,
    SESSION,
    TRUSTED,
    TIME,
    POOL
  }

  private final World world;
  private final FakeDaemon daemon;

  ClientBlocks(World world, FakeDaemon daemon) {
    this.world = world;
    this.daemon = daemon;
  }

  /** Prints the first login of a client. */
  void connect(FakeVpnClient client, int clients) {
    set(client, Part.PEER_INFO, Part.USERNAME, Part.UNTRUSTED, Part.SESSION);
    List<String> lines = asking(client, clients);
    print(client, ">CLIENT:CONNECT," + client.id + "," + client.newestKey, lines);
    set(client, Part.TRUSTED, Part.COMMON_NAME);
  }

  void reauth(FakeVpnClient client, int clients) {
    set(client, Part.PEER_INFO, Part.USERNAME, Part.COMMON_NAME, Part.UNTRUSTED, Part.SESSION);
    List<String> lines = asking(client, clients);
    print(">CLIENT:REAUTH,%s,%s".formatted(client.id, client.newestKey), lines);
    set(client, Part.COMMON_NAME);
  }

  void established(FakeVpnClient client, int clients) {
    set(client, Part.TRUSTED, Part.TIME, Part.POOL);
    world.print(">CLIENT:ADDRESS," + client.id + "," + client.virtualAddress + ",1");
    List<String> lines = new ArrayList<>();
    lines.add("n_clients=" + clients);
    addVariables(client, lines);
    print(">CLIENT:ESTABLISHED," + client.id, lines);
  }

  void challengeResponse(FakeVpnClient client, int clients, String response) {
    List<String> lines = new ArrayList<>();
    lines.add("n_clients=" + clients);
    addVariables(client, lines);
    print(">CLIENT:CR_RESPONSE,%s,%s,%s".formatted(client.id, client.newestKey, response), lines);
  }

  /** Prints the end; of a client that was never established it says nothing more. */
  void disconnect(FakeVpnClient client) {
    List<String> lines = new ArrayList<>();
    if (client.virtualAddress != null) {
      set(client, Part.TRUSTED);
      lines.add("time_duration=" + (world.unixTime() - client.since));
      lines.add("bytes_sent=" + client.sent);
      lines.add("bytes_received=" + client.received);
      addVariables(client, lines);
    }
    print(">CLIENT:DISCONNECT," + client.id, lines);
  }

  /** A unix time as OpenVPN writes it ({@code otime.c time_string}). */
  static String time(long unixTime) {
    return ASCII_TIME.format(Instant.ofEpochSecond(unixTime));
  }

  private static void set(FakeVpnClient client, Part... parts) {
    for (Part part : parts) {
      client.variables.remove(part);
      client.variables.addFirst(part);
    }
  }

  /** At level 3 of {@code env-filter} what the client claims takes the place of what it typed. */
  private List<String> asking(FakeVpnClient client, int clients) {
    client.printedState =
        client.sessionState; // It stays so in every block up to the next question.
    List<String> lines = new ArrayList<>();
    lines.add("n_clients=" + clients);
    if (daemon.envFilter() > 0) {
      lines.addAll(client.login.rawPeerInfo());
    }
    if (daemon.envFilter() < 3) {
      lines.add("password=" + client.shownPassword());
    }
    addVariables(client, lines);
    return lines;
  }

  private void addVariables(FakeVpnClient client, List<String> lines) {
    for (Part part : client.variables) {
      add(part, client, lines);
    }
    daemon.addVariables(lines);
  }

  private void add(Part part, FakeVpnClient client, List<String> lines) {
    switch (part) {
      case PEER_INFO ->
          client.login.peerInfo().forEach((name, value) -> lines.add(name + "=" + value));
      case USERNAME -> {
        if (daemon.envFilter() < 3) {
          lines.add("username=" + client.username);
        }
      }
      case COMMON_NAME -> lines.add("common_name=" + client.username);
      case UNTRUSTED -> {
        lines.add("untrusted_port=" + client.port);
        lines.add("untrusted_ip=" + client.address);
      }
      case SESSION -> {
        if (client.sessionId != null) {
          lines.add("session_id=" + client.sessionId);
          lines.add("session_state=" + client.printedState);
        }
      }
      case TRUSTED -> {
        lines.add("trusted_port=" + client.port);
        lines.add("trusted_ip=" + client.address);
      }
      case TIME -> {
        lines.add("time_unix=" + client.since);
        lines.add("time_ascii=" + time(client.since));
      }
      case POOL -> {
        lines.add("ifconfig_pool_netmask=255.255.0.0");
        lines.add("ifconfig_pool_remote_ip=" + client.virtualAddress);
      }
    }
  }

  private void print(FakeVpnClient client, String head, List<String> variables) {
    List<String> lines = new ArrayList<>();
    lines.add(head);
    variables.forEach(variable -> lines.add(">CLIENT:ENV," + variable));
    lines.add(">CLIENT:ENV,END");
    client.login.printed().apply(lines).forEach(world::print);
  }

  private void print(String head, List<String> variables) {
    world.print(head);
    variables.forEach(variable -> world.print(">CLIENT:ENV," + variable));
    world.print(">CLIENT:ENV,END");
  }
}
