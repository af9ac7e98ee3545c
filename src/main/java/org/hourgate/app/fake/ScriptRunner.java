package org.hourgate.app.fake;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.hourgate.infrastructure.config.Parsers;
import org.hourgate.management.codec.CommandLexer;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.management.fake.FakeVpnClient;
import org.jspecify.annotations.Nullable;

/** Carries out a script on a stand-in for OpenVPN, line by line. One thread. */
final class ScriptRunner {

  private static final String HELP =
      """
      clients:  connect USER PASSWORD      a client logs in and is called by its CID from then on
                crowd COUNT USER PASSWORD  so many at once: USER-1, USER-2 …
                reauth CID [PASSWORD]      it renegotiates
                reconnect CID              it comes again, with its token if it has one
                respond CID TEXT           it sends a challenge response
                traffic CID IN OUT         adds to its byte counts
                float CID IP PORT          its address changes
                leave CID, vanish CID      it says good-bye, or just goes
                clients                    prints them
      stream:   notify LINE, write TEXT    prints a line, or characters without a line end
                enqueue [LINE]…            answers the next command with these lines instead
                lose COUNT, delay DURATION what becomes of the coming replies
                pieces BYTES               writes in pieces of so many
                stall [BYTES]              stands still, at once or in the middle of a line
                resume, behave             goes on; ends every fault
      daemon:   drop, refuse on|off        closes the connection, or every new one
                soft-restart, restart      SIGUSR1; a new process
                advance DURATION           with --virtual-time: lets time pass
      script:   attached                   waits until a controller is attached
                expect BEGINNING           waits for a command of the controller that begins so
                sleep DURATION, quit""";

  private final FakeOpenVpn openVpn;
  private final PrintWriter out;
  private final Duration patience;
  private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
  private final Map<String, FakeVpnClient> clients = new HashMap<>();

  /**
   * Begins to listen to the controller.
   *
   * @param patience how long the script waits for it
   */
  ScriptRunner(FakeOpenVpn openVpn, PrintWriter out, Duration patience) {
    this.openVpn = openVpn;
    this.out = out;
    this.patience = patience;
    openVpn.onCommand(
        command -> {
          commands.add(command);
          say("< " + command.replace("\n", "\n<   "));
        });
  }

  /**
   * Runs the script up to its end.
   *
   * @throws ScriptException at the first line that can't be carried out
   * @throws InVainException at the first wait that has no end
   */
  void run(BufferedReader lines) throws IOException {
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      try {
        List<String> words = split(line);
        if (!words.isEmpty() && words.getFirst().equals("quit")) {
          return;
        }
        if (!words.isEmpty()) {
          carryOut(words.getFirst(), words.subList(1, words.size()));
        }
      } catch (InVainException e) {
        throw new InVainException(where(number, line, e.getMessage()));
      } catch (NumberFormatException e) {
        throw new ScriptException(where(number, line, "a number is none: " + e.getMessage()));
      } catch (IndexOutOfBoundsException e) {
        throw new ScriptException(where(number, line, "words are missing; see help"));
      } catch (ScriptException | IllegalArgumentException | IllegalStateException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new ScriptException(where(number, line, cause.getMessage()));
      }
    }
  }

  private static String where(int number, String line, @Nullable String why) {
    return "line %d: %s: %s".formatted(number, line, why);
  }

  private static List<String> split(String line) {
    return switch (CommandLexer.split(line)) {
      case CommandLexer.Words(List<String> words) -> words;
      case CommandLexer.Refused(String text) -> throw new ScriptException(text);
    };
  }

  private void carryOut(String verb, List<String> words) {
    switch (verb) {
      case "help" -> say(HELP);
      case "connect" -> connect(words.get(0), words.get(1));
      case "crowd" -> crowd(count(words), words.get(1), words.get(2));
      case "reauth" -> {
        var _ =
            words.size() > 1
                ? client(words).renegotiate(words.get(1))
                : client(words).renegotiate();
      }
      case "reconnect" -> remember(client(words).reconnect());
      case "respond" -> client(words).respond(words.get(1));
      case "traffic" ->
          client(words).transfer(Long.parseLong(words.get(1)), Long.parseLong(words.get(2)));
      case "float" -> client(words).moveTo(words.get(1), Integer.parseInt(words.get(2)));
      case "leave" -> client(words).leave();
      case "vanish" -> client(words).vanish();
      case "clients" -> openVpn.clients().forEach(client -> say(describe(client)));
      case "notify" -> openVpn.notify(words.get(0));
      case "write" -> openVpn.write(words.get(0));
      case "enqueue" -> openVpn.enqueue(words.toArray(String[]::new));
      case "lose" -> openVpn.loseReplies(count(words));
      case "delay" -> openVpn.delayReplies(duration(words.get(0)));
      case "pieces" -> openVpn.writeInPiecesOf(count(words));
      case "stall" -> {
        if (words.isEmpty()) {
          openVpn.stall();
        } else {
          openVpn.stallAfter(count(words));
        }
      }
      case "resume" -> openVpn.resume();
      case "behave" -> openVpn.behave();
      case "drop" -> openVpn.drop();
      case "refuse" -> openVpn.refuseControllers(isOn(words.get(0)));
      case "soft-restart" -> openVpn.softRestart();
      case "restart" -> openVpn.restart();
      case "advance" -> openVpn.advance(duration(words.get(0)));
      case "attached" -> awaitAttached();
      case "expect" -> expect(words.get(0));
      case "sleep" -> sleep(duration(words.get(0)));
      default -> throw new ScriptException("there is no such verb; help lists them");
    }
  }

  private static int count(List<String> words) {
    int count = Integer.parseInt(words.get(0));
    if (count < 0) {
      throw new ScriptException("a count is 0 or more");
    }
    return count;
  }

  private static boolean isOn(String word) {
    return switch (word) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new ScriptException("either on or off");
    };
  }

  private void requireReleased() {
    if (openVpn.isHeld()) {
      throw new ScriptException("OpenVPN is held: nobody has released it");
    }
  }

  private void connect(String username, String password) {
    requireReleased();
    remember(openVpn.connect(username, password));
  }

  private void crowd(int count, String username, String password) {
    requireReleased();
    openVpn.inOneStep(
        () -> {
          for (int i = 1; i <= count; i++) {
            FakeVpnClient client = openVpn.connect(username + "-" + i, password);
            clients.put(client.id().toString(), client);
          }
        });
    say(count + " clients");
  }

  private void remember(FakeVpnClient client) {
    clients.put(client.id().toString(), client);
    say(describe(client));
  }

  private static String describe(FakeVpnClient client) {
    return "client %s %s key %s %s%s"
        .formatted(
            client.id(),
            client.username(),
            client.key(),
            client.state(),
            client.denyText().or(client::killMessage).map(text -> ": " + text).orElse(""));
  }

  private FakeVpnClient client(List<String> words) {
    FakeVpnClient client = clients.get(words.getFirst());
    if (client == null) {
      throw new ScriptException("there is no client " + words.getFirst());
    }
    return client;
  }

  private void awaitAttached() {
    for (long waited = 0; !openVpn.isAttached(); waited += 10) {
      if (waited > patience.toMillis()) {
        throw new InVainException("nobody attached");
      }
      sleep(Duration.ofMillis(10));
    }
  }

  private void expect(String beginning) {
    try {
      String command = commands.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      while (command != null && !command.startsWith(beginning)) {
        command = commands.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      }
      if (command == null) {
        throw new InVainException("no such command came");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException("interrupted");
    }
  }

  private static void sleep(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException("interrupted");
    }
  }

  private static Duration duration(String text) {
    return Parsers.duration(Duration.ofMillis(1), Duration.ofDays(365)).parse(text);
  }

  private void say(String text) {
    synchronized (out) {
      out.println(text);
      out.flush();
    }
  }
}
