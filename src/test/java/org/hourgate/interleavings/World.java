package org.hourgate.interleavings;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.fuzz.BareGate;
import org.hourgate.gate.Ban;
import org.hourgate.gate.Gate;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.Reply;
import org.hourgate.management.client.SteppedConnection;

/**
 * One run of a story. What is written to OpenVPN is judged as it is written: at most one verdict on
 * each question of each life of OpenVPN, no accept behind a cut. Nobody is let in whose login came
 * ten seconds ago or more. What OpenVPN makes of it is judged at the end: every client that still
 * waits was answered, and nobody passes data who may not.
 */
final class World {

  static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");

  /** From client-kill to DISCONNECT. */
  private static final int SECONDS_TO_CLOSE = 5;

  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Pattern VERDICT =
      Pattern.compile("client-(auth|auth-nt|deny) ([0-9]+) ([0-9]+)( .*)?");
  private static final Pattern HALT = Pattern.compile("client-kill ([0-9]+) \"HALT,.*");
  private static final Pattern QUESTION =
      Pattern.compile(">CLIENT:(?:CONNECT|REAUTH),([0-9]+),([0-9]+)\r\n");

  /** Something that happens, as soon as it can. */
  private record Event(String name, BooleanSupplier possible, Runnable happening) {}

  private record Actor(String name, BooleanSupplier ready, Runnable step) {}

  private final SteppedTime time = new SteppedTime(NOW);
  private final SlowChain chain = new SlowChain();
  private final SmallOpenVpn openVpn = new SmallOpenVpn();
  private final SteppedConnection connection = new SteppedConnection();
  private final Map<Long, Long> loginAskedAt = new HashMap<>();
  private final Gate gate;
  private final List<Deque<Event>> scripts = new ArrayList<>();
  private final List<Actor> actors = new ArrayList<>();
  private final StringBuilder history = new StringBuilder();

  private final Set<String> asked = new HashSet<>();
  private final Map<String, Integer> verdicts = new HashMap<>();
  private final Set<String> cut = new HashSet<>();
  private boolean inBlock;
  private String tooLate = "";

  World(Path folder, CredentialAuthority authority) {
    BareGate bare = new BareGate(folder, authority, time, time, time::offer, chain, new Judged());
    gate = bare.gate();
    chain.listener(gate);
    connection.open(bare.listener());
    actors.add(new Actor("gate", time::hasWork, time::step));
    actors.add(new Actor("worker", time::workersHaveWork, time::workerStep));
    actors.add(new Actor("chain", chain::hasWork, chain::step));
    actors.add(new Actor("loop", connection::hasTasks, connection::runTasks));
    actors.add(new Actor("openvpn", openVpn::hasHeard, openVpn::step));
    actors.add(new Actor("wire", openVpn::hasSaid, this::read));
    openVpn.greet();
    settle();
  }

  SlowChain chain() {
    return chain;
  }

  SmallOpenVpn openVpn() {
    return openVpn;
  }

  /** Brings everything to rest, in one order, without time passing. */
  void settle() {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (Actor actor : actors) {
        while (actor.ready().getAsBoolean()) {
          take(actor.name(), actor.step());
          moved = true;
        }
      }
    }
  }

  private Deque<Event> script() {
    Deque<Event> script = new ArrayDeque<>();
    scripts.add(script);
    actors.add(
        new Actor(
            "script " + scripts.size(),
            () -> !script.isEmpty() && script.peek().possible().getAsBoolean(),
            () -> {
              Event event = script.remove();
              history.append("  ").append(event.name()).append('\n');
              event.happening().run();
            }));
    return script;
  }

  /** Adds events that happen in this order, and in any order to the others. */
  void happens(Object... namesAndActions) {
    Deque<Event> script = script();
    for (int i = 0; i < namesAndActions.length; i += 2) {
      script.add(
          new Event((String) namesAndActions[i], () -> true, (Runnable) namesAndActions[i + 1]));
    }
  }

  /** The same, once OpenVPN admits clients again. */
  void happensAfterRelease(String name, Runnable action, Object... before) {
    Deque<Event> script = script();
    for (int i = 0; i < before.length; i += 2) {
      script.add(new Event((String) before[i], () -> true, (Runnable) before[i + 1]));
    }
    script.add(new Event(name, () -> !openVpn.isHeld(), action));
  }

  void ban(String wallet) {
    var _ =
        gate.ban(
            new Ban(
                org.hourgate.credential.WalletAddress.parse(wallet),
                time.wallTime(),
                Optional.empty(),
                "noise",
                "root"));
  }

  Gate gate() {
    return gate;
  }

  void pass(Duration duration) {
    time.pass(duration);
    connection.pass(duration);
  }

  /** Goes on until nothing is left to do, as the choices say; then lets time pass and judges. */
  void run(Explorer.Choices choices) {
    while (true) {
      List<Actor> ready = actors.stream().filter(actor -> actor.ready().getAsBoolean()).toList();
      if (ready.isEmpty()) {
        break;
      }
      Actor actor = ready.size() == 1 ? ready.getFirst() : ready.get(choices.next(ready.size()));
      take(actor.name(), actor.step());
    }
    for (int second = 0; second < 15; second++) {
      pass(Duration.ofSeconds(1));
      if (second == SECONDS_TO_CLOSE) {
        openVpn.closeKilled();
      }
      settle();
    }
  }

  private void take(String name, Runnable step) {
    history.append(name).append('\n');
    step.run();
    require(tooLate.isEmpty(), tooLate);
    String written = connection.written();
    look(written);
    openVpn.hear(written);
  }

  private void read() {
    String words = openVpn.nextWords();
    connection.read(words.getBytes(StandardCharsets.ISO_8859_1));
    Matcher question = QUESTION.matcher(words);
    if (question.lookingAt()) {
      asked.add(key(question.group(1), question.group(2)));
      if (words.startsWith(">CLIENT:CONNECT")) {
        loginAskedAt.put(Long.valueOf(question.group(1)), time.nanoTime());
      }
    }
  }

  /** Hears what the gate decides, when it does. */
  private final class Judged implements ManagementConnection {

    @Override
    public CompletionStage<List<Reply>> send(CommandPriority priority, List<Command> commands) {
      return connection.send(priority, commands);
    }

    @Override
    public CompletionStage<List<Reply>> send(
        Epoch ofEpoch, CommandPriority priority, List<Command> commands) {
      for (Command command : commands) {
        if (command instanceof Command.ClientAuth(ClientId client, var _, var _)) {
          long waited = time.nanoTime() - loginAskedAt.getOrDefault(client.value(), 0L);
          if (waited >= DEADLINE.toNanos()) {
            tooLate = "let in after the deadline: " + client;
          }
        }
      }
      return connection.send(ofEpoch, priority, commands);
    }
  }

  private String key(String client, String key) {
    return connection.epoch().number() + "/" + client + "/" + key;
  }

  private void look(String written) {
    for (String line : written.lines().toList()) {
      history.append("    > ").append(line).append('\n');
      if (inBlock) {
        inBlock = !line.equals("END");
        continue;
      }
      Matcher halt = HALT.matcher(line);
      Matcher verdict = VERDICT.matcher(line);
      if (halt.matches()) {
        cut.add(connection.epoch().number() + "/" + halt.group(1));
      } else if (verdict.matches()) {
        inBlock = verdict.group(1).equals("auth");
        judge(verdict.group(1), verdict.group(2), verdict.group(3));
      }
    }
  }

  private void judge(String word, String client, String keyId) {
    String key = key(client, keyId);
    boolean isCut = cut.contains(connection.epoch().number() + "/" + client);
    if (isCut && word.equals("deny")) {
      return; // Part of the cut, or of what came of it.
    }
    require(!isCut, "an accept behind a cut: " + key);
    require(asked.contains(key), "a verdict on no question of this life: " + key);
    require(verdicts.merge(key, 1, Integer::sum) == 1, "a second verdict: " + key);
  }

  void require(boolean good, String what) {
    if (!good) {
      throw failure(what);
    }
  }

  private AssertionError failure(String what) {
    return new AssertionError(what + "\n" + history);
  }

  /** What holds at the end of any story. */
  void judgeTheEnd(String... mayPass) {
    require(connection.failures().isEmpty(), "the connection failed: " + connection.failures());
    require(connection.listenerFailures() == 0, "the listener threw");
    for (SmallOpenVpn.Client client : openVpn.all()) {
      boolean present = openVpn.client(client.number) == client;
      for (int key : client.asked) {
        require(
            !present || client.killed || client.verdicts.containsKey(key),
            "never answered: " + client.number + "/" + key);
      }
      require(
          !present || !client.passesData() || Arrays.asList(mayPass).contains(client.name),
          "passes data: " + client.name);
      require(
          client.verdicts.values().stream().noneMatch(good -> good)
              || mayHaveCome.contains(client.name),
          "was let in: " + client.name);
    }
  }

  private final Set<String> mayHaveCome = new HashSet<>();

  /** Whose password is right. Nobody else may ever be accepted. */
  void isNoStranger(String name) {
    mayHaveCome.add(name);
  }
}
