package org.hourgate.management.fake;

import java.time.Duration;
import java.util.List;
import org.hourgate.management.codec.CommandLexer;

/**
 * Which command does what, and what is answered to those that are not about clients ({@code
 * manage.c man_dispatch_command}).
 */
final class DaemonCommands {

  private static final List<String> SIGNALS = List.of("SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2");
  private static final List<String> RETRY_MODES = List.of("none", "nointeract", "interact");
  private static final int MAX_VERB = 15;

  private final World world;
  private final FakeDaemon daemon;
  private final ClientLives lives;
  private final ClientCommands clients;
  private final LiveHistory log;
  private final LiveHistory states;
  private final LiveHistory echoes;
  private final StatusReport status;
  private int byteCountRound;
  private int mute;
  private String authRetry = "none";

  DaemonCommands(
      World world,
      FakeDaemon daemon,
      ClientLives lives,
      LiveHistory log,
      LiveHistory states,
      LiveHistory echoes) {
    this.world = world;
    this.daemon = daemon;
    this.lives = lives;
    this.log = log;
    this.states = states;
    this.echoes = echoes;
    clients = new ClientCommands(world, daemon, lives);
    status = new StatusReport(world, FakeDaemon.TITLE, lives);
  }

  boolean inBlock() {
    return clients.inBlock();
  }

  /** Byte counts and an open block belong to the connection. */
  void forgetController() {
    clients.forgetBlock();
    byteCountRound++;
  }

  void take(String line) {
    if (clients.inBlock()) {
      clients.blockLine(line);
      return;
    }
    switch (CommandLexer.split(line)) {
      case CommandLexer.Refused(String text) -> world.error(text);
      case CommandLexer.Words(List<String> words) -> {
        if (!line.equals("load-stats")) {
          daemon.log("D", "MANAGEMENT: CMD '" + line + "'");
        }
        if (!words.isEmpty()) {
          dispatch(words);
        }
      }
    }
  }

  private void dispatch(List<String> words) {
    List<String> parameters = words.subList(1, words.size());
    String first = parameters.isEmpty() ? "" : parameters.getFirst();
    switch (words.getFirst()) {
      case "exit", "quit" -> world.hangUp();
      case "help" -> help();
      case "version" -> version(parameters);
      case "pid" -> world.success("pid=" + daemon.pid());
      case "nclients" -> world.success("nclients=" + lives.establishedCount());
      case "load-stats" -> loadStats();
      case "env-filter" -> {
        daemon.setEnvFilter(CNumbers.atoi(first));
        world.success("env_filter_level=" + daemon.envFilter());
      }
      case "signal" -> with(words, 1, () -> signal(first));
      case "status" -> status(parameters.isEmpty() ? 1 : CNumbers.atoi(first));
      case "kill" -> with(words, 1, () -> clients.kill(first));
      case "verb" -> verb(parameters);
      case "mute" -> mute(parameters);
      case "state" -> history(states, parameters.isEmpty() ? List.of("1") : parameters);
      case "log" -> withAtLeast(words, 1, () -> history(log, parameters));
      case "echo" -> withAtLeast(words, 1, () -> history(echoes, parameters));
      case "hold" -> hold(first);
      case "bytecount" -> with(words, 1, () -> byteCount(CNumbers.atoi(first)));
      case "client-kill" -> withAtLeast(words, 1, () -> clients.clientKill(parameters));
      case "client-deny" -> withAtLeast(words, 3, () -> clients.deny(parameters));
      case "client-auth-nt" -> with(words, 2, () -> clients.auth(parameters, false));
      case "client-auth" -> with(words, 2, () -> clients.auth(parameters, true));
      case "client-pending-auth" -> with(words, 4, () -> clients.pendingAuth(parameters));
      case "remote-entry-count" -> world.unsupported(words.getFirst());
      case "remote-entry-get" -> withAtLeast(words, 1, () -> world.unsupported(words.getFirst()));
      case "auth-retry" -> authRetry(parameters);
      case "forget-passwords" -> world.success("Passwords were forgotten");
      case "username", "password" -> with(words, 2, () -> notNeeded(words.getFirst()));
      case "needok" -> with(words, 2, () -> notNeeded("needok-confirmation"));
      case "needstr" -> with(words, 2, () -> notNeeded("needstr-string"));
      case "rsa-sig", "pk-sig", "certificate" ->
          world.error("The %s command is not currently available".formatted(words.getFirst()));
      case "cr-response" -> with(words, 1, () -> world.unsupported("cr-repsonse")); // as it says
      case "proxy", "remote" -> withAtLeast(words, 1, () -> world.unsupported(words.getFirst()));
      case "pkcs11-id-count" -> world.print(">PKCS11ID-COUNT:0");
      case "pkcs11-id-get" ->
          with(words, 1, () -> world.print(">PKCS11ID-ENTRY:'%d'".formatted(CNumbers.atoi(first))));
      case "test" -> with(words, 1, () -> test(CNumbers.atoi(first)));
      case "net" -> world.error("Sorry, this command is currently only implemented on Windows");
      default -> world.error("unknown command, enter 'help' for more options");
    }
  }

  private void with(List<String> words, int count, Runnable command) {
    need(words, count, "", command);
  }

  private void withAtLeast(List<String> words, int count, Runnable command) {
    need(words, count, "at least ", command);
  }

  private void need(List<String> words, int count, String atLeast, Runnable command) {
    if (words.size() > count) {
      command.run();
    } else {
      world.error(
          "the '%s' command requires %s%d parameter%s"
              .formatted(words.getFirst(), atLeast, count, count > 1 ? "s" : ""));
    }
  }

  private void notNeeded(String what) {
    world.error("no %s is currently needed at this time".formatted(what));
  }

  private void test(int lines) {
    for (int i = 0; i < lines; i++) {
      world.print(
          "[%d] The purpose of this command is to generate large amounts of output.".formatted(i));
    }
  }

  /** The one answer that is not the daemon's own: its text is a page long. */
  private void help() {
    world.print("Management Interface for " + FakeDaemon.TITLE);
    world.print("Commands:");
    world.print("see management-notes.txt");
    world.print("END");
  }

  /** {@code version N} tells the daemon the controller's version and has no reply in 2.6. */
  private void version(List<String> parameters) {
    if (parameters.isEmpty()) {
      world.print("OpenVPN Version: " + FakeDaemon.TITLE);
      world.print("Management Version: 5");
      world.print("END");
    }
  }

  private void loadStats() {
    List<FakeVpnClient> all = lives.all();
    world.success(
        "nclients=%d,bytesin=%d,bytesout=%d"
            .formatted(
                lives.establishedCount(),
                all.stream().mapToLong(client -> client.received).sum(),
                all.stream().mapToLong(client -> client.sent).sum()));
  }

  private void status(int version) {
    if (daemon.isHeld()) {
      world.unsupported("status");
    } else {
      status.print(version);
    }
  }

  private void verb(List<String> parameters) {
    if (parameters.isEmpty()) {
      world.success("verb=" + daemon.verb());
      return;
    }
    int level = CNumbers.atoi(parameters.getFirst());
    if (level < 0 || level > MAX_VERB) {
      world.error("verb level is out of range");
    } else {
      daemon.setVerb(level);
      world.success("verb level changed");
    }
  }

  private void mute(List<String> parameters) {
    if (parameters.isEmpty()) {
      world.success("mute=" + mute);
      return;
    }
    int level = CNumbers.atoi(parameters.getFirst());
    if (level < 0) {
      world.error("mute level is out of range");
    } else {
      mute = level;
      world.success("mute level changed");
    }
  }

  private void authRetry(List<String> parameters) {
    if (parameters.isEmpty()) {
      world.success("auth-retry=" + authRetry);
    } else if (RETRY_MODES.contains(parameters.getFirst())) {
      authRetry = parameters.getFirst();
      world.success("auth-retry parameter changed");
    } else {
      world.print("--auth-retry method must be 'interact', 'nointeract', or 'none'");
      world.error("bad auth-retry parameter");
    }
  }

  private static void history(LiveHistory history, List<String> parameters) {
    parameters.stream().limit(2).forEach(history::command);
  }

  private void signal(String name) {
    if (!SIGNALS.contains(name)) {
      world.error("signal '%s' is not a known signal type".formatted(name));
    } else if (daemon.isHeld() && !name.equals("SIGTERM")) {
      world.error("signal '%s' is currently ignored".formatted(name));
      daemon.printHold();
    } else {
      world.success("signal %s thrown".formatted(name));
      switch (name) {
        case "SIGHUP", "SIGUSR1" -> daemon.softRestart(name);
        case "SIGTERM" -> daemon.terminate();
        default -> {
          // SIGUSR2 prints the status into the log.
        }
      }
    }
  }

  private void hold(String parameter) {
    switch (parameter) {
      case "" -> world.success("hold=" + (daemon.holdFlag() ? 1 : 0));
      case "on" -> {
        daemon.setHoldFlag(true);
        world.success("hold flag set to ON");
      }
      case "off" -> {
        daemon.setHoldFlag(false);
        world.success("hold flag set to OFF");
      }
      case "release" -> {
        world.success("hold release succeeded");
        daemon.releaseHold();
      }
      default -> world.error("bad hold command parameter");
    }
  }

  private void byteCount(int seconds) {
    byteCountRound++;
    world.success("bytecount interval changed");
    if (seconds > 0) {
      countAfter(Duration.ofSeconds(seconds), byteCountRound);
    }
  }

  private void countAfter(Duration interval, int round) {
    world.schedule(
        interval,
        () -> {
          if (byteCountRound == round) {
            lives.printByteCounts();
            countAfter(interval, round);
          }
        });
  }
}
