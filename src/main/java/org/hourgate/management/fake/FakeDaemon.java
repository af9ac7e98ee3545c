package org.hourgate.management.fake;

import java.util.ArrayList;
import java.util.List;
import org.hourgate.management.KeyId;

/**
 * What an OpenVPN 2.6.14 server knows and answers, without sockets and clocks: command lines in,
 * output lines out. Answers are those of the real daemon, word for word; {@code FakeOpenVpnIT}
 * compares them. This class is the process: its state, its hold, its signals, its log. One thread.
 */
final class FakeDaemon {

  static final String TITLE =
      "OpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)] [LZO] [LZ4] [EPOLL] [PKCS11] [MH/PKTINFO]"
          + " [AEAD] [DCO]";

  /** The level of {@code verb} from which on clients and commands appear in the log. */
  private static final int TALKATIVE = 3;

  private static final String DEVICE_ADDRESS = "10.88.0.1";

  private final World world;
  private final int pid;
  private final LiveHistory log;
  private final LiveHistory states;
  private final LiveHistory echoes;
  private final ClientLives lives;
  private final DaemonCommands commands;
  private final List<Runnable> waitingForRelease = new ArrayList<>();
  private final long startTime;
  private boolean holdFlag;
  private boolean held;
  private int holdSeconds;
  private boolean deviceOpen;
  private boolean softRestarted;
  private int envFilter;
  private int verb = TALKATIVE;

  FakeDaemon(FakeOpenVpn openVpn, World world, Settings settings, int pid) {
    this.world = world;
    this.pid = pid;
    log = new LiveHistory(world, "log", settings.logCache());
    states = new LiveHistory(world, "state", settings.logCache());
    echoes = new LiveHistory(world, "echo", settings.logCache());
    lives = new ClientLives(openVpn, world, settings, this);
    commands = new DaemonCommands(world, this, lives, log, states, echoes);
    startTime = world.unixTime();
    envFilter = settings.envFilter();
    holdFlag = settings.hold();
    held = holdFlag;
    log("I", TITLE);
    changeState("CONNECTING", "", "");
    if (!held) {
      becomeReady();
    }
  }

  List<FakeVpnClient> clients() {
    return lives.all();
  }

  int pid() {
    return pid;
  }

  // The controller

  /** A controller attached: flags of the last one are gone, but not its env-filter. */
  void attached() {
    List.of(log, states, echoes).forEach(LiveHistory::forgetController);
    commands.forgetController();
    log("", "MANAGEMENT: Client connected from management.sock");
    world.print(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info");
    if (held) {
      printHold();
    }
  }

  void detached() {
    commands.forgetController();
    log("", "MANAGEMENT: Client disconnected");
  }

  /** Whether the next line belongs to a block that its END has not ended yet. */
  boolean inBlock() {
    return commands.inBlock();
  }

  /** Takes one line from the controller. */
  void command(String line) {
    commands.take(line);
  }

  // Clients

  FakeVpnClient connect(FakeLogin login) {
    return lives.connect(login);
  }

  FakeVpnClient reconnect(FakeVpnClient old) {
    return lives.reconnect(old);
  }

  void countClientsFrom(long id) {
    lives.countFrom(id);
  }

  KeyId renegotiate(FakeVpnClient client) {
    return lives.renegotiate(client);
  }

  void challengeResponse(FakeVpnClient client, String response) {
    lives.challengeResponse(client, response);
  }

  void leave(FakeVpnClient client) {
    lives.leave(client);
  }

  void close(FakeVpnClient client) {
    lives.close(client);
  }

  // Hold

  boolean isHeld() {
    return held;
  }

  boolean holdFlag() {
    return holdFlag;
  }

  void setHoldFlag(boolean on) {
    holdFlag = on;
  }

  void releaseHold() {
    if (held) {
      held = false;
      becomeReady();
      List<Runnable> waiting = List.copyOf(waitingForRelease);
      waitingForRelease.clear();
      waiting.forEach(Runnable::run);
    }
  }

  void whenReleased(Runnable task) {
    if (held) {
      waitingForRelease.add(task);
    } else {
      task.run();
    }
  }

  void printHold() {
    world.print(">HOLD:Waiting for hold release:" + holdSeconds);
  }

  // Its life

  /** SIGUSR1 or SIGHUP: the process and the connection stay, every client goes. */
  void softRestart(String signal) {
    lives.closeAll();
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
    lives.forgetAll();
  }

  void terminate() {
    lives.closeAll();
    changeState("EXITING", "SIGTERM", "");
    world.exit();
  }

  /** With {@code persist-tun} the device gets its address once. */
  private void becomeReady() {
    if (!deviceOpen) {
      deviceOpen = true;
      changeState("ASSIGN_IP", "", DEVICE_ADDRESS);
    }
    changeState("CONNECTED", "SUCCESS", DEVICE_ADDRESS);
    log("I", "Initialization Sequence Completed");
  }

  private void changeState(String name, String detail, String ip) {
    states.add("%d,%s,%s,%s,,,,".formatted(world.unixTime(), name, detail, ip));
  }

  // What it says of itself

  int envFilter() {
    return envFilter;
  }

  void setEnvFilter(int level) {
    envFilter = level;
  }

  int verb() {
    return verb;
  }

  void setVerb(int level) {
    verb = level;
  }

  /** {@code ssl_verify.c verify_user_pass}, at verb 3. */
  void logDeferred(FakeVpnClient client, String prefix) {
    log(
        "",
        "%s%s:%d TLS: Username/Password authentication deferred for username '%s' [CN SET]"
            .formatted(prefix, client.address, client.port, client.username));
  }

  void log(String flags, String text) {
    if (verb >= TALKATIVE) {
      log.add(world.unixTime() + "," + flags + "," + text);
    }
  }

  /** The variables of the daemon itself, which stand at the end of every block. */
  void addVariables(List<String> lines) {
    lines.add("remote_port_1=1194");
    lines.add("local_port_1=1194");
    lines.add("proto_1=udp");
    lines.add("daemon_pid=" + pid);
    lines.add("daemon_start_time=" + startTime);
    lines.add("daemon_log_redirect=0");
    lines.add("daemon=0");
    lines.add("verb=" + verb);
    lines.add("config=server.conf");
    lines.add("ifconfig_local=" + DEVICE_ADDRESS);
    lines.add("ifconfig_netmask=255.255.0.0");
    if (!softRestarted) {
      lines.add("script_context=init");
      lines.add("tun_mtu=1500");
      lines.add("dev=tun0");
      lines.add("dev_type=tun");
      lines.add("redirect_gateway=0");
    }
  }
}
