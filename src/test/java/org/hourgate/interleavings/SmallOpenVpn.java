package org.hourgate.interleavings;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * So much of OpenVPN 2.6 as a race with it needs: the last verdict on a key counts ({@code
 * ssl_verify.c tls_authenticate_key}), one refused key stops the data, a soft restart keeps the
 * connection, begins numbers anew and, told {@code hold on}, admits nobody until {@code hold
 * release}.
 */
final class SmallOpenVpn {

  private static final Pattern ACCEPT = Pattern.compile("client-auth(-nt)? ([0-9]+) ([0-9]+)");
  private static final Pattern DENY = Pattern.compile("client-deny ([0-9]+) ([0-9]+) .*");
  private static final Pattern KILL = Pattern.compile("client-kill ([0-9]+)( .*)?");

  /** One client; a new one for each login, whatever its number. */
  static final class Client {
    final int number;
    final String name;
    final Map<Integer, Boolean> verdicts = new LinkedHashMap<>();
    final List<Integer> asked = new ArrayList<>();
    boolean up;
    boolean killed;

    Client(int number, String name) {
      this.number = number;
      this.name = name;
    }

    boolean passesData() {
      return up && !killed && !verdicts.containsValue(false);
    }
  }

  private final Deque<String> said = new ArrayDeque<>();
  private final Deque<String> heard = new ArrayDeque<>();
  private final Map<Integer, Client> clients = new LinkedHashMap<>();
  private final List<Client> all = new ArrayList<>();
  private final List<Runnable> knocking = new ArrayList<>();
  private boolean held;
  private boolean inBlock;

  boolean hasSaid() {
    return !said.isEmpty();
  }

  /** The next words on their way to the gate: whole lines, a block at once. */
  String nextWords() {
    return said.remove();
  }

  void hear(String written) {
    written.lines().forEach(heard::add);
  }

  boolean hasHeard() {
    return !heard.isEmpty();
  }

  boolean isHeld() {
    return held;
  }

  /** Everybody who ever came. */
  List<Client> all() {
    return all;
  }

  @Nullable Client client(int number) {
    return clients.get(number);
  }

  void greet() {
    said.add(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n");
  }

  /** Whoever comes while it is held gets through to it only after the release. */
  void connect(int number, String name, String password) {
    if (held) {
      knocking.add(() -> connect(number, name, password));
      return;
    }
    Client client = new Client(number, name);
    clients.put(number, client);
    all.add(client);
    ask("CONNECT", client, 1, password);
  }

  /** Nothing comes of it unless the tunnel is up. */
  void renegotiate(int number, int key, String password) {
    Client client = clients.get(number);
    if (client != null && client.up && !client.killed) {
      ask("REAUTH", client, key, password);
    }
  }

  private void ask(String word, Client client, int key, String password) {
    client.asked.add(key);
    said.add(
        ">CLIENT:%s,%d,%d\r\n>CLIENT:ENV,password=%s\r\n>CLIENT:ENV,untrusted_ip=10.99.0.2\r\n"
                .formatted(word, client.number, key, password)
            + ">CLIENT:ENV,username=%s\r\n>CLIENT:ENV,IV_PROTO=990\r\n>CLIENT:ENV,END\r\n"
                .formatted(client.name));
  }

  /** The client goes, or is gone after a kill. */
  void disconnect(int number) {
    if (clients.remove(number) != null) {
      said.add(">CLIENT:DISCONNECT,%d\r\n>CLIENT:ENV,END\r\n".formatted(number));
    }
  }

  /** What client-kill leads to, some seconds later. */
  void closeKilled() {
    List.copyOf(clients.values()).stream()
        .filter(client -> client.killed || client.verdicts.containsValue(false))
        .forEach(client -> disconnect(client.number));
  }

  void softRestart() {
    List.copyOf(clients.keySet()).forEach(this::disconnect);
    held = true;
    said.add(">STATE:1,RECONNECTING,SIGUSR1,,,,,\r\n");
    said.add(">HOLD:Waiting for hold release:0\r\n");
  }

  /** Carries out the next line. */
  void step() {
    String line = heard.remove();
    if (inBlock) {
      inBlock = !line.equals("END");
      if (!inBlock) {
        said.add("SUCCESS: client-auth command succeeded\r\n");
      }
      return;
    }
    Matcher accept = ACCEPT.matcher(line);
    Matcher deny = DENY.matcher(line);
    Matcher kill = KILL.matcher(line);
    if (accept.matches()) {
      boolean known =
          verdict(Integer.parseInt(accept.group(2)), Integer.parseInt(accept.group(3)), true);
      inBlock = accept.group(1) == null;
      if (!inBlock) {
        reply("client-auth", known);
      }
    } else if (deny.matches()) {
      reply(
          "client-deny",
          verdict(Integer.parseInt(deny.group(1)), Integer.parseInt(deny.group(2)), false));
    } else if (kill.matches()) {
      Client client = clients.get(Integer.parseInt(kill.group(1)));
      if (client != null) {
        client.killed = true;
      }
      reply("client-kill", client != null);
    } else {
      answer(line);
    }
  }

  private boolean verdict(int number, int key, boolean good) {
    Client client = clients.get(number);
    if (client == null || !client.asked.contains(key)) {
      return false;
    }
    client.verdicts.put(key, good);
    if (good && !client.up) {
      client.up = true;
      said.add(
          ">CLIENT:ESTABLISHED,%d\r\n>CLIENT:ENV,trusted_ip=10.99.0.2\r\n>CLIENT:ENV,END\r\n"
              .formatted(number));
    }
    return true;
  }

  private void reply(String verb, boolean good) {
    said.add(
        (good ? "SUCCESS: " + verb + " command succeeded" : "ERROR: " + verb + " command failed")
            + "\r\n");
  }

  private void answer(String line) {
    switch (line) {
      case "env-filter 0" -> said.add("SUCCESS: env_filter_level=0\r\n");
      case "pid" -> said.add("SUCCESS: pid=4711\r\n");
      case "version" ->
          said.add("OpenVPN Version: OpenVPN 2.6.14 x\r\nManagement Version: 5\r\nEND\r\n");
      case "log all" -> said.add("END\r\n");
      case "status 3" ->
          said.add(held ? "ERROR: not supported by the current daemon mode\r\n" : status());
      case "hold release" -> {
        held = false;
        said.add("SUCCESS: hold release succeeded\r\n");
        List<Runnable> admitted = List.copyOf(knocking);
        knocking.clear();
        admitted.forEach(Runnable::run);
      }
      default -> said.add("SUCCESS: done\r\n");
    }
  }

  private String status() {
    StringBuilder rows = new StringBuilder();
    for (Client client : clients.values()) {
      rows.append(
          "CLIENT_LIST\t%s\t10.99.0.2:4242\t%s\t\t1\t2\tx\t1795326000\t%s\t%d\t0\tAES-256-GCM\r\n"
              .formatted(
                  client.name,
                  client.up ? "10.8.0." + (client.number + 2) : "",
                  client.name,
                  client.number));
    }
    return rows.append("END\r\n").toString();
  }
}
