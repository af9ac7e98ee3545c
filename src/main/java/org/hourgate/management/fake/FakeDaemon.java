package org.hourgate.management.fake;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;
import org.hourgate.management.codec.CommandLexer;
import org.jspecify.annotations.Nullable;

/**
 * What an OpenVPN 2.6.14 server knows and answers, without sockets and clocks: command lines in,
 * output lines out. Answers are those of the real daemon, word for word ({@code manage.c}); {@code
 * FakeOpenVpnIT} compares them. One thread.
 */
final class FakeDaemon {

  private static final String TITLE =
      "OpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)] [LZO] [LZ4] [EPOLL] [PKCS11] [MH/PKTINFO]"
          + " [AEAD] [DCO]";
  private static final DateTimeFormatter ASCII_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final Pattern NUMBER = Pattern.compile("\\s*([+-]?[0-9]+).*", Pattern.DOTALL);
  private static final int MAX_COMMON_NAME = 64;
  private static final int MAX_LIVE_KEYS = 2;

  /** What the daemon needs of the world around it. */
  interface World {
    /** Prints a line to the controller, if one is attached. */
    void print(String line);

    /** Closes the connection of the controller. */
    void hangUp();

    /** Ends the process. */
    void exit();

    void schedule(Duration delay, Runnable task);

    long unixTime();
  }

  private record LogEntry(long time, String flags, String text) {
    @Override
    public String toString() {
      return time + "," + flags + "," + text;
    }
  }

  private final FakeOpenVpn openVpn;
  private final World world;
  private final FakeOpenVpn.Settings settings;
  private final int pid;
  private final Map<Long, FakeVpnClient> clients = new LinkedHashMap<>();
  private final Map<String, List<FakeVpnClient>> established = new HashMap<>();
  private int establishedCount;
  private final Deque<LogEntry> log = new ArrayDeque<>();
  private final List<String> states = new ArrayList<>();
  private final List<Runnable> waitingForRelease = new ArrayList<>();
  private long nextClient;
  private int nextPort = 20_000;
  private int nextHost = 2;
  private boolean holdFlag;
  private boolean held;
  private int holdSeconds;
  private boolean deviceOpen;
  private boolean softRestarted;
  private int envFilter;
  private int verb = 3;
  private boolean stateOn;
  private boolean logOn;
  private @Nullable BlockCommand block;

  /** A client-auth whose END has not come yet. */
  private record BlockCommand(long client, long key, List<String> lines) {}

  FakeDaemon(FakeOpenVpn openVpn, World world, FakeOpenVpn.Settings settings, int pid) {
    this.openVpn = openVpn;
    this.world = world;
    this.settings = settings;
    this.pid = pid;
    holdFlag = settings.hold();
    held = holdFlag;
    log("I", TITLE);
    changeState("CONNECTING", "", "");
    if (!held) {
      becomeReady();
    }
  }

  List<FakeVpnClient> clients() {
    return List.copyOf(clients.values());
  }

  boolean isHeld() {
    return held;
  }

  int pid() {
    return pid;
  }

  int envFilter() {
    return envFilter;
  }

  /** A controller attached: flags of the last one are gone, but not its env-filter. */
  void attached() {
    stateOn = false;
    logOn = false;
    block = null;
    log("", "MANAGEMENT: Client connected from management.sock");
    world.print(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info");
    if (held) {
      printHold();
    }
  }

  void detached() {
    block = null;
    log("", "MANAGEMENT: Client disconnected");
  }

  // Commands

  /** Whether the line belongs to a block that its END has not ended yet. */
  boolean inBlock() {
    return block != null;
  }

  /** Takes one line from the controller. */
  void command(String line) {
    if (block != null) {
      continueBlock(block, line);
      return;
    }
    switch (CommandLexer.split(line)) {
      case CommandLexer.Refused(String text) -> world.print("ERROR: " + text);
      case CommandLexer.Words(List<String> words) -> {
        if (!line.equals("load-stats")) {
          log("D", "MANAGEMENT: CMD '" + line + "'");
        }
        if (!words.isEmpty()) {
          dispatch(words);
        }
      }
    }
  }

  private void dispatch(List<String> words) {
    List<String> parameters = words.subList(1, words.size());
    switch (words.getFirst()) {
      case "exit", "quit" -> world.hangUp();
      case "version" -> version(parameters);
      case "pid" -> success("pid=" + pid);
      case "nclients" -> success("nclients=" + establishedCount);
      case "load-stats" -> success("nclients=" + establishedCount + ",bytesin=0,bytesout=0");
      case "env-filter" -> {
        envFilter = parameters.isEmpty() ? 0 : (int) atoi(parameters.getFirst());
        success("env_filter_level=" + envFilter);
      }
      case "signal" -> {
        if (needs(words, 1, false)) {
          signal(parameters.getFirst());
        }
      }
      case "status" -> status(parameters.isEmpty() ? 1 : atoi(parameters.getFirst()));
      case "kill" -> {
        if (needs(words, 1, false)) {
          kill(parameters.getFirst());
        }
      }
      case "verb" -> verb(parameters);
      case "mute" -> success(parameters.isEmpty() ? "mute=0" : "mute level changed");
      case "state" -> {
        history("state", parameters.isEmpty() ? "1" : parameters.getFirst());
        parameters.stream().skip(1).limit(1).forEach(word -> history("state", word));
      }
      case "log" -> {
        if (needs(words, 1, true)) {
          parameters.stream().limit(2).forEach(word -> history("log", word));
        }
      }
      case "hold" -> hold(parameters);
      case "bytecount" -> {
        if (needs(words, 1, false)) {
          success("bytecount interval changed");
        }
      }
      case "client-kill" -> {
        if (needs(words, 1, true)) {
          clientKill(parameters);
        }
      }
      case "client-deny" -> {
        if (needs(words, 3, true)) {
          clientDeny(parameters);
        }
      }
      case "client-auth-nt" -> {
        if (needs(words, 2, false)) {
          clientAuth(parameters, false);
        }
      }
      case "client-auth" -> {
        if (needs(words, 2, false)) {
          clientAuth(parameters, true);
        }
      }
      case "client-pending-auth" -> {
        if (needs(words, 4, false)) {
          clientPendingAuth(parameters);
        }
      }
      case "remote-entry-count", "remote-entry-get" -> unsupported(words.getFirst());
      case "auth-retry" -> success("auth-retry=none");
      case "forget-passwords" -> success("Passwords were forgotten");
      case "net" -> error("Sorry, this command is currently only implemented on Windows");
      default -> error("unknown command, enter 'help' for more options");
    }
  }

  private boolean needs(List<String> words, int count, boolean atLeast) {
    if (words.size() > count) {
      return true;
    }
    error(
        "the '%s' command requires %s%d parameter%s"
            .formatted(words.getFirst(), atLeast ? "at least " : "", count, count > 1 ? "s" : ""));
    return false;
  }

  private void version(List<String> parameters) {
    if (parameters.isEmpty()) {
      world.print("OpenVPN Version: " + TITLE);
      world.print("Management Version: 5");
      world.print("END");
    }
  }

  private void verb(List<String> parameters) {
    if (parameters.isEmpty()) {
      success("verb=" + verb);
      return;
    }
    int level = (int) atoi(parameters.getFirst());
    if (level < 0 || level > 15) {
      error("verb level is out of range");
    } else {
      verb = level;
      success("verb level changed");
    }
  }

  private void signal(String name) {
    if (!List.of("SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2").contains(name)) {
      error("signal '%s' is not a known signal type".formatted(name));
    } else if (held && !name.equals("SIGTERM")) {
      error("signal '%s' is currently ignored".formatted(name));
      printHold();
    } else {
      success("signal %s thrown".formatted(name));
      switch (name) {
        case "SIGHUP", "SIGUSR1" -> softRestart(name);
        case "SIGTERM" -> terminate();
        default -> {
          // SIGUSR2 prints the status into the log.
        }
      }
    }
  }

  private void history(String what, String parameter) {
    boolean isState = what.equals("state");
    long count = parameter.equals("all") ? Long.MAX_VALUE : atoi(parameter);
    if (parameter.equals("on") || parameter.equals("off")) {
      boolean on = parameter.equals("on");
      if (isState) {
        stateOn = on;
      } else {
        logOn = on;
      }
      success("real-time %s notification set to %s".formatted(what, on ? "ON" : "OFF"));
    } else if (count > 0) {
      List<String> rows = isState ? states : log.stream().map(LogEntry::toString).toList();
      rows.stream().skip(Math.max(0, rows.size() - count)).forEach(world::print);
      world.print("END");
    } else {
      error(what + " parameter must be 'on' or 'off' or some number n or 'all'");
    }
  }

  private void hold(List<String> parameters) {
    switch (parameters.isEmpty() ? "" : parameters.getFirst()) {
      case "" -> success("hold=" + (holdFlag ? 1 : 0));
      case "on" -> {
        holdFlag = true;
        success("hold flag set to ON");
      }
      case "off" -> {
        holdFlag = false;
        success("hold flag set to OFF");
      }
      case "release" -> {
        success("hold release succeeded");
        if (held) {
          held = false;
          becomeReady();
          List<Runnable> waiting = List.copyOf(waitingForRelease);
          waitingForRelease.clear();
          waiting.forEach(Runnable::run);
        }
      }
      default -> error("bad hold command parameter");
    }
  }

  private void kill(String victim) {
    if (held) {
      unsupported("kill");
      return;
    }
    String[] parts = victim.split(":", 3);
    if (parts.length > 1 && !parts[0].isEmpty() && !parts[1].isEmpty()) {
      killAddress(parts[0], parts[1]);
    } else if (parts[0].isEmpty()) {
      error("kill parse");
    } else {
      List<FakeVpnClient> victims =
          clients().stream().filter(client -> client.username.equals(parts[0])).toList();
      victims.forEach(this::close);
      if (victims.isEmpty()) {
        error("common name '%s' not found".formatted(parts[0]));
      } else {
        success("common name '%s' found, %d client(s) killed".formatted(parts[0], victims.size()));
      }
    }
  }

  private void killAddress(String address, String port) {
    if (!address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
      error("error parsing IP address: " + address);
      return;
    }
    long number = atoi(port);
    if (number < 1 || number > 65_535) {
      error("port number is out of range: " + port);
      return;
    }
    List<FakeVpnClient> victims =
        clients().stream()
            .filter(client -> client.address.equals(address) && client.port == number)
            .toList();
    victims.forEach(this::close);
    if (victims.isEmpty()) {
      error("client at address %s:%d not found".formatted(address, number));
    } else {
      success("%d client(s) at address %s:%d killed".formatted(victims.size(), address, number));
    }
  }

  private void status(long version) {
    if (held) {
      unsupported("status");
      return;
    }
    switch ((int) version) {
      case 0, 1 -> statusOne();
      case 2 -> statusTable(",");
      case 3 -> statusTable("\t");
      default -> error("bad status format version number");
    }
  }

  private void statusOne() {
    world.print("OpenVPN CLIENT LIST");
    world.print("Updated," + time(world.unixTime()));
    world.print("Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since");
    for (FakeVpnClient client : clients.values()) {
      world.print(
          "%s,%s:%d,0,0,%s"
              .formatted(client.username, client.address, client.port, time(client.since)));
    }
    world.print("ROUTING TABLE");
    world.print("Virtual Address,Common Name,Real Address,Last Ref");
    for (FakeVpnClient client : clients.values()) {
      client
          .virtualAddress()
          .ifPresent(
              address ->
                  world.print(
                      "%s,%s,%s:%d,%s"
                          .formatted(
                              address,
                              client.username,
                              client.address,
                              client.port,
                              time(client.since))));
    }
    world.print("GLOBAL STATS");
    world.print("Max bcast/mcast queue length,0");
    world.print("END");
  }

  private void statusTable(String separator) {
    row(separator, "TITLE", TITLE);
    row(separator, "TIME", time(world.unixTime()), "" + world.unixTime());
    row(
        separator,
        "HEADER",
        "CLIENT_LIST",
        "Common Name",
        "Real Address",
        "Virtual Address",
        "Virtual IPv6 Address",
        "Bytes Received",
        "Bytes Sent",
        "Connected Since",
        "Connected Since (time_t)",
        "Username",
        "Client ID",
        "Peer ID",
        "Data Channel Cipher");
    for (FakeVpnClient client : clients.values()) {
      row(
          separator,
          "CLIENT_LIST",
          client.username,
          client.address + ":" + client.port,
          client.virtualAddress().orElse(""),
          "",
          "0",
          "0",
          time(client.since),
          "" + client.since,
          client.username.isEmpty() ? "UNDEF" : client.username,
          client.id.toString(),
          client.id.toString(),
          client.virtualAddress().isPresent() ? "AES-256-GCM" : "BF-CBC");
    }
    row(
        separator,
        "HEADER",
        "ROUTING_TABLE",
        "Virtual Address",
        "Common Name",
        "Real Address",
        "Last Ref",
        "Last Ref (time_t)");
    for (FakeVpnClient client : clients.values()) {
      client
          .virtualAddress()
          .ifPresent(
              address ->
                  row(
                      separator,
                      "ROUTING_TABLE",
                      address,
                      client.username,
                      client.address + ":" + client.port,
                      time(client.since),
                      "" + client.since));
    }
    row(separator, "GLOBAL_STATS", "Max bcast/mcast queue length", "0");
    row(separator, "GLOBAL_STATS", "dco_enabled", "0");
    world.print("END");
  }

  private void row(String separator, String... fields) {
    world.print(String.join(separator, fields));
  }

  private void clientKill(List<String> parameters) {
    OptionalLong id = parse(parameters.getFirst(), "CID");
    if (id.isEmpty()) {
      return;
    }
    FakeVpnClient client = clients.get(id.getAsLong());
    report("client-kill", client != null);
    if (client != null) {
      client.killMessage = parameters.size() > 1 ? parameters.get(1) : "RESTART";
      closeLater(client);
    }
  }

  private void clientDeny(List<String> parameters) {
    OptionalLong id = parse(parameters.getFirst(), "CID");
    OptionalLong key = id.isEmpty() ? id : parse(parameters.get(1), "KID");
    if (key.isEmpty()) {
      return;
    }
    FakeVpnClient client = clients.get(id.getAsLong());
    boolean known = client != null && hasKey(client, key.getAsLong());
    report("client-deny", known);
    if (client == null || !known || key.getAsLong() == 0) {
      return;
    }
    if (client.denyText == null) {
      client.denyText = parameters.size() > 3 ? "AUTH_FAILED," + parameters.get(3) : "AUTH_FAILED";
    }
    client.verdicts.putIfAbsent(new KeyId(key.getAsLong()), false);
    client.keysDenied |= key.getAsLong() == client.newestKey.value();
    if (client.state == FakeVpnClient.State.PENDING
        || client.state == FakeVpnClient.State.ADMITTED) {
      client.state = FakeVpnClient.State.DENIED;
    }
    closeLater(client);
  }

  private void clientAuth(List<String> parameters, boolean withBlock) {
    OptionalLong id = parse(parameters.getFirst(), "CID");
    OptionalLong key = id.isEmpty() ? id : parse(parameters.get(1), "KID");
    if (key.isEmpty()) {
      return;
    }
    BlockCommand command = new BlockCommand(id.getAsLong(), key.getAsLong(), new ArrayList<>());
    if (withBlock) {
      block = command;
    } else {
      accept(command);
    }
  }

  private void continueBlock(BlockCommand command, String line) {
    if (!line.equals("END")) {
      command.lines().add(line);
      return;
    }
    block = null;
    accept(command);
  }

  private void accept(BlockCommand command) {
    FakeVpnClient client = clients.get(command.client());
    boolean known = client != null && hasKey(client, command.key());
    report("client-auth", known);
    if (client == null || !known || command.key() == 0) {
      return;
    }
    boolean first = client.verdicts.putIfAbsent(new KeyId(command.key()), true) == null;
    if (!first || client.state != FakeVpnClient.State.PENDING) {
      return;
    }
    if (client.username.length() > MAX_COMMON_NAME) {
      client.state = FakeVpnClient.State.DENIED;
      closeLater(client);
      return;
    }
    client.directives = List.copyOf(command.lines());
    client.state = FakeVpnClient.State.ADMITTED;
    if (settings.establishDelay().isZero()) {
      establish(client);
    } else {
      world.schedule(settings.establishDelay(), () -> establish(client));
    }
  }

  private void clientPendingAuth(List<String> parameters) {
    OptionalLong id = parse(parameters.getFirst(), "CID");
    OptionalLong key = id.isEmpty() ? id : parse(parameters.get(1), "KID");
    if (key.isEmpty() || parse(parameters.get(3), "TIMEOUT").isEmpty()) {
      return;
    }
    FakeVpnClient client = clients.get(id.getAsLong());
    boolean known = client != null && hasKey(client, key.getAsLong());
    if (held || known) {
      report("client-pending-auth", true);
    } else {
      error("client-pending-auth command failed. Extra parameter might be too long");
    }
  }

  private OptionalLong parse(String text, String what) {
    Matcher number = NUMBER.matcher(text);
    if (number.matches() && number.group(1).length() < 20) {
      return OptionalLong.of(Long.parseLong(number.group(1)));
    }
    error("cannot parse " + what);
    return OptionalLong.empty();
  }

  /** Free key states answer to 0. */
  private static boolean hasKey(FakeVpnClient client, long key) {
    return key == 0 || client.keys.contains(new KeyId(key));
  }

  private void report(String command, boolean succeeded) {
    if (held) {
      unsupported(command);
    } else if (succeeded) {
      success(command + " command succeeded");
    } else {
      error(command + " command failed");
    }
  }

  private void unsupported(String command) {
    error("The '%s' command is not supported by the current daemon mode".formatted(command));
  }

  private void success(String text) {
    world.print("SUCCESS: " + text);
  }

  private void error(String text) {
    world.print("ERROR: " + text);
  }

  // Clients

  /** Begins a login; with hold it waits for the release. */
  FakeVpnClient connect(String username, String password, Map<String, String> peerInfo) {
    FakeVpnClient client =
        new FakeVpnClient(
            openVpn,
            new ClientId(nextClient++),
            masked(username),
            masked(password),
            "10.99.0.2",
            nextPort++,
            world.unixTime(),
            peerInfo);
    clients.put(client.id.value(), client);
    printConnect(client);
    return client;
  }

  void whenReleased(Runnable task) {
    if (held) {
      waitingForRelease.add(task);
    } else {
      task.run();
    }
  }

  private void printConnect(FakeVpnClient client) {
    logDeferred(client, "");
    List<String> lines = new ArrayList<>();
    lines.add("n_clients=" + establishedCount);
    lines.add("password=" + client.password);
    lines.add("untrusted_port=" + client.port);
    lines.add("untrusted_ip=" + client.address);
    lines.add("username=" + client.username);
    addPeerInfo(client, lines);
    addDaemon(lines);
    printBlock(">CLIENT:CONNECT,%s,%s".formatted(client.id, client.newestKey), lines);
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

  KeyId renegotiate(FakeVpnClient client) {
    KeyId key = new KeyId(client.newestKey.value() == 1 ? 3 : client.newestKey.value() + 1);
    client.newestKey = key;
    client.keys.addFirst(key);
    while (client.keys.size() > MAX_LIVE_KEYS) {
      client.keys.removeLast();
    }
    logDeferred(client, client.username + "/");
    List<String> lines = new ArrayList<>();
    lines.add("n_clients=" + establishedCount);
    lines.add("password=" + client.password);
    addUser(client, lines);
    addPeerInfo(client, lines);
    addTunnel(client, lines);
    addDaemon(lines);
    printBlock(">CLIENT:REAUTH,%s,%s".formatted(client.id, key), lines);
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
    List<String> lines = new ArrayList<>();
    addUser(client, lines);
    addPeerInfo(client, lines);
    addDaemon(lines);
    printBlock(
        ">CLIENT:CR_RESPONSE,%s,%s,%s".formatted(client.id, client.newestKey, response), lines);
  }

  void leave(FakeVpnClient client) {
    world.print(">NOTIFY:info,remote-exit,EXIT");
    closeLater(client);
  }

  private void establish(FakeVpnClient client) {
    if (client.state != FakeVpnClient.State.ADMITTED) {
      return;
    }
    List<FakeVpnClient> namesakes =
        established.computeIfAbsent(client.username, name -> new ArrayList<>());
    if (!settings.duplicateCommonNames()) {
      List.copyOf(namesakes).forEach(this::close);
    }
    namesakes.add(client);
    establishedCount++;
    client.virtualAddress = "10.88.%d.%d".formatted(nextHost / 250, nextHost % 250 + 1);
    nextHost++;
    client.state = FakeVpnClient.State.ESTABLISHED;
    client.establishedAt = world.unixTime();
    world.print(">CLIENT:ADDRESS,%s,%s,1".formatted(client.id, client.virtualAddress));
    List<String> lines = new ArrayList<>();
    lines.add("n_clients=" + establishedCount);
    addTunnel(client, lines);
    addUser(client, lines);
    addPeerInfo(client, lines);
    addDaemon(lines);
    printBlock(">CLIENT:ESTABLISHED," + client.id, lines);
    sessionTimeout(client).ifPresent(timeout -> world.schedule(timeout, () -> close(client)));
  }

  private static Optional<Duration> sessionTimeout(FakeVpnClient client) {
    return client.directives.stream()
        .filter(line -> line.startsWith("session-timeout "))
        .map(line -> Duration.ofSeconds(atoi(line.substring("session-timeout ".length()))))
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
      boolean wasUp = client.virtualAddress != null;
      if (wasUp && established.getOrDefault(client.username, List.of()).remove(client)) {
        establishedCount--;
      }
      client.state = FakeVpnClient.State.GONE;
      List<String> lines = new ArrayList<>();
      if (wasUp) {
        lines.add("time_duration=" + (world.unixTime() - client.since));
        lines.add("bytes_sent=1902");
        lines.add("bytes_received=1015");
        addTunnel(client, lines);
        addUser(client, lines);
        addPeerInfo(client, lines);
        addDaemon(lines);
      }
      printBlock(">CLIENT:DISCONNECT," + client.id, lines);
    }
  }

  /** SIGUSR1 or SIGHUP: the process and the connection stay, every client goes. */
  void softRestart(String signal) {
    clients().reversed().forEach(this::close);
    nextClient = 0;
    softRestarted = true;
    changeState("RECONNECTING", signal, "");
    holdSeconds = signal.equals("SIGUSR1") ? 1 : 0;
    if (holdFlag) {
      held = true;
      printHold();
    } else {
      becomeReady();
    }
  }

  /** The process is gone: clients go without a word. */
  void die() {
    clients().forEach(client -> client.state = FakeVpnClient.State.GONE);
    clients.clear();
    established.clear();
    establishedCount = 0;
  }

  private void terminate() {
    changeState("EXITING", "SIGTERM", "");
    clients().reversed().forEach(this::close);
    world.exit();
  }

  /** With {@code persist-tun} the device gets its address once. */
  private void becomeReady() {
    if (!deviceOpen) {
      deviceOpen = true;
      changeState("ASSIGN_IP", "", "10.88.0.1");
    }
    changeState("CONNECTED", "SUCCESS", "10.88.0.1");
    log("I", "Initialization Sequence Completed");
  }

  private void printHold() {
    world.print(">HOLD:Waiting for hold release:" + holdSeconds);
  }

  private void changeState(String name, String detail, String ip) {
    String row = "%d,%s,%s,%s,,,,".formatted(world.unixTime(), name, detail, ip);
    states.add(row);
    if (stateOn) {
      world.print(">STATE:" + row);
    }
  }

  /** {@code ssl_verify.c verify_user_pass}, at verb 3. */
  private void logDeferred(FakeVpnClient client, String prefix) {
    log(
        "",
        "%s%s:%d TLS: Username/Password authentication deferred for username '%s' [CN SET]"
            .formatted(prefix, client.address, client.port, client.username));
  }

  private void log(String flags, String text) {
    if (verb < 3) {
      return;
    }
    LogEntry entry = new LogEntry(world.unixTime(), flags, text);
    log.addLast(entry);
    if (log.size() > settings.logCache()) {
      log.removeFirst();
    }
    if (logOn) {
      world.print(">LOG:" + entry);
    }
  }

  private void printBlock(String head, List<String> variables) {
    world.print(head);
    variables.forEach(variable -> world.print(">CLIENT:ENV," + variable));
    world.print(">CLIENT:ENV,END");
  }

  private static void addUser(FakeVpnClient client, List<String> lines) {
    lines.add("untrusted_port=" + client.port);
    lines.add("untrusted_ip=" + client.address);
    lines.add("common_name=" + client.username);
    lines.add("username=" + client.username);
  }

  private static void addTunnel(FakeVpnClient client, List<String> lines) {
    lines.add("ifconfig_pool_netmask=255.255.0.0");
    lines.add("ifconfig_pool_remote_ip=" + client.virtualAddress);
    lines.add("time_unix=" + client.since);
    lines.add("time_ascii=" + time(client.since));
    lines.add("trusted_port=" + client.port);
    lines.add("trusted_ip=" + client.address);
  }

  private static void addPeerInfo(FakeVpnClient client, List<String> lines) {
    client.peerInfo.forEach((name, value) -> lines.add(name + "=" + value));
  }

  private void addDaemon(List<String> lines) {
    lines.add("remote_port_1=1194");
    lines.add("local_port_1=1194");
    lines.add("proto_1=udp");
    lines.add("daemon_pid=" + pid);
    lines.add("daemon_start_time=1795289185");
    lines.add("daemon_log_redirect=0");
    lines.add("daemon=0");
    lines.add("verb=" + verb);
    lines.add("config=server.conf");
    lines.add("ifconfig_local=10.88.0.1");
    lines.add("ifconfig_netmask=255.255.0.0");
    if (!softRestarted) {
      lines.add("script_context=init");
      lines.add("tun_mtu=1500");
      lines.add("dev=tun0");
      lines.add("dev_type=tun");
      lines.add("redirect_gateway=0");
    }
  }

  /** Control bytes of user name and password become underscores ({@code buffer.c string_mod}). */
  private static String masked(String text) {
    return text.replaceAll("[\\x00-\\x1f\\x7f]", "_");
  }

  private static String time(long unixTime) {
    return ASCII_TIME.format(Instant.ofEpochSecond(unixTime));
  }

  /** As C's: leading digits, or 0. */
  private static long atoi(String text) {
    Matcher number = Pattern.compile("\\s*([+-]?[0-9]{1,9}).*", Pattern.DOTALL).matcher(text);
    return number.matches() ? Long.parseLong(number.group(1)) : 0;
  }
}
