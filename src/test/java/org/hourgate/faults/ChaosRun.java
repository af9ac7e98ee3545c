package org.hourgate.faults;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabException;
import org.hourgate.chain.ChainException;
import org.hourgate.chain.Receipt;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.management.fake.FakeVpnClient;
import org.hourgate.testing.Faults;
import org.hourgate.testing.FaultyRpc;
import org.hourgate.testing.FaultyRpc.Behaviour;

/**
 * Lets things happen to a gate at random, and writes down what: faults of its nodes come and go,
 * wallets buy, top up, revoke and are refunded, blocks are taken back, clients come, renegotiate
 * and go. The same seed makes the same choices, though not at the same instants.
 */
final class ChaosRun implements AutoCloseable {

  private static final int WALLETS = 16;
  private static final Duration BLOCK_TIME = Duration.ofSeconds(1);
  private static final Duration MAX_HEAD_AGE = Duration.ofSeconds(10);
  private static final Pattern VERDICT =
      Pattern.compile(
          "(client-auth|client-auth-nt|client-deny) (\\d+) (\\d+)(?: \"?([a-z_]+)\"?)?.*",
          Pattern.DOTALL);
  private static final Pattern KILL =
      Pattern.compile("client-kill (\\d+) \"?(HALT|RESTART|AUTH_FAILED),(.*?)\"?");
  private static final Pattern CODE = Pattern.compile("\\[([a-z_]+)]$");

  private final FaultWorld world;
  private final History history;
  private final Random chainDice;
  private final Random faultDice;
  private final Random clientDice;
  private final List<WalletKey> wallets =
      IntStream.range(0, WALLETS).mapToObj(_ -> FaultWorld.newWallet()).toList();
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Throwable> failures = new ArrayList<>();
  private final Map<WalletKey, Entitlement> told = new HashMap<>();
  private final Map<WalletKey, FakeVpnClient> newest = new HashMap<>();
  private final long firstBlock;
  private Optional<byte[]> lastTransaction = Optional.empty();

  private record Pass(String text, long issuedAt) {}

  ChaosRun(Path folder, Path file, int nodes, long seed) throws IOException {
    Random dice = new Random(seed);
    chainDice = new Random(dice.nextLong());
    faultDice = new Random(dice.nextLong());
    clientDice = new Random(dice.nextLong());
    world =
        new FaultWorld(
            folder,
            nodes,
            Anvil.Options.standard().withBlockTime(BLOCK_TIME),
            chain -> chain.withMaxHeadAge(Optional.of(MAX_HEAD_AGE)).withQuorum(quorum(nodes)));
    history = new History(file);
    world.openVpn.onCommand(this::command);
    for (WalletKey wallet : wallets) {
      world.anvil.call("anvil_setBalance", wallet.address().lowerCase(), "0xde0b6b3a7640000");
    }
    firstBlock = world.anvil.blockNumber();
  }

  /** Two of three can outvote one that lies in somebody's favour; one of two can't. */
  static int quorum(int nodes) {
    return nodes > 2 ? 2 : 1;
  }

  /** Lets things happen for so long. */
  void run(Duration duration) throws Exception {
    tell(now(), /* reorganised= */ false);
    List<Thread> actors =
        List.of(
            act("chain", this::chain), act("faults", this::faults), act("clients", this::clients));
    var _ = over.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    over.countDown();
    for (Thread actor : actors) {
      actor.join();
    }
    history.add(new Event.End(now()));
    history.close();
    synchronized (failures) {
      failures.addAll(world.time.failures());
      if (!failures.isEmpty()) {
        throw new IllegalStateException(failures.size() + " failures", failures.getFirst());
      }
    }
  }

  /** One of those who make things happen. */
  private interface Actor {
    void act() throws Exception;
  }

  private Thread act(String name, Actor actor) {
    return Thread.ofPlatform()
        .name(name)
        .start(
            () -> {
              try {
                actor.act();
              } catch (Exception | Error e) {
                synchronized (failures) {
                  failures.add(e);
                }
                over.countDown();
              }
            });
  }

  /** Waits; returns whether it goes on. */
  private boolean goesOn(Random dice, int leastMillis, int mostMillis) throws InterruptedException {
    return !over.await(dice.nextInt(leastMillis, mostMillis), TimeUnit.MILLISECONDS);
  }

  private static long now() {
    return Instant.now().toEpochMilli();
  }

  private static <T> T oneOf(List<T> list, Random dice) {
    return list.get(dice.nextInt(list.size()));
  }

  // The chain

  private void chain() throws InterruptedException {
    while (goesOn(chainDice, 100, 1_000)) {
      long from = now();
      boolean reorganised = chainDice.nextInt(8) == 0;
      try {
        if (reorganised) {
          reorganise();
        } else {
          transact(oneOf(wallets, chainDice));
        }
      } catch (ChainException | LabException e) {
        // The dice asked for what can't be: what the chain says now is read all the same.
      }
      tell(from, reorganised);
    }
  }

  private void transact(WalletKey wallet) {
    Duration duration = Duration.ofSeconds(chainDice.nextInt(10, 120));
    Receipt receipt =
        switch (chainDice.nextInt(9)) {
          case 0 -> world.contract.revokeCredentials(wallet);
          case 1, 2 ->
              world.contract.refund(
                  FaultWorld.OWNER, wallet.address(), wallet.address(), BigInteger.ZERO);
          default -> world.contract.grant(FaultWorld.OWNER, wallet.address(), duration);
        };
    lastTransaction = Optional.of(world.signed(receipt.transaction()));
  }

  private void reorganise() {
    int deepest = (int) Math.min(20, world.anvil.blockNumber() - firstBlock);
    if (deepest < 1) {
      return;
    }
    int depth = chainDice.nextInt(4) == 0 ? deepest : Math.min(deepest, 1 + chainDice.nextInt(3));
    if (chainDice.nextBoolean() && lastTransaction.isPresent()) {
      world.reorganise(depth, lastTransaction.get());
    } else {
      world.reorganise(depth);
    }
    // The node leaves the chain's clock behind by as much as it took back.
    world.anvil.setNextBlockTimestamp(Instant.now());
  }

  /** Writes down what the chain says of each wallet, where that is news. */
  private void tell(long from, boolean reorganised) {
    for (WalletKey wallet : wallets) {
      Entitlement entitlement = world.contract.entitlementOf(wallet.address());
      if (!entitlement.equals(told.put(wallet, entitlement))) {
        history.add(
            new Event.Chain(
                from,
                now(),
                wallet.address().lowerCase(),
                entitlement.paidUntil().getEpochSecond(),
                entitlement.credentialsFrom().getEpochSecond(),
                reorganised));
      }
    }
  }

  // The nodes

  private void faults() throws InterruptedException {
    List<NodeFault> silent = NodeFault.all().toList();
    Map<Integer, Event.Fault> active = new HashMap<>();
    while (goesOn(faultDice, 300, 6_000)) {
      boolean ends = !active.isEmpty() && faultDice.nextInt(3) > 0;
      int number =
          ends
              ? oneOf(List.copyOf(active.keySet()), faultDice)
              : faultDice.nextInt(world.nodes.size());
      FaultyRpc node = world.nodes.get(number);
      Event.Fault before = active.remove(number);
      if (before != null) {
        NodeFault.end(node);
        history.add(
            new Event.Fault(
                now(), number, before.name(), before.misleading(), /* begins= */ false));
      } else {
        boolean misleading =
            faultDice.nextInt(4) == 0
                && active.values().stream().noneMatch(Event.Fault::misleading);
        NodeFault fault = misleading ? misleading() : oneOf(silent, faultDice);
        Event.Fault begins =
            new Event.Fault(now(), number, fault.name(), misleading, /* begins= */ true);
        history.add(begins);
        active.put(number, begins);
        fault.begin(node);
      }
    }
  }

  private NodeFault misleading() {
    long head = world.anvil.blockNumber();
    WalletAddress wallet = oneOf(wallets, faultDice).address();
    return switch (faultDice.nextInt(world.nodes.size() > 2 ? 5 : 4)) {
      case 0 -> misleading("stands still", Faults.frozenAt(head));
      case 1 -> misleading("every second stands still", Faults.everySecondFrozenAt(head));
      case 2 -> misleading("invented logs", Faults.inventedLogs(world.contract.address(), wallet));
      case 3 -> misleading("less time", Faults.paidUntil(wallet, _ -> Instant.EPOCH));
      default ->
          misleading(
              "more time", Faults.paidUntil(wallet, _ -> Instant.now().plus(FaultWorld.HOUR)));
    };
  }

  private static NodeFault misleading(String name, Behaviour behaviour) {
    return new NodeFault(name, node -> node.behave(behaviour));
  }

  // The clients

  private void clients() throws InterruptedException {
    Map<WalletKey, Pass> oldPasses = new HashMap<>();
    while (goesOn(clientDice, 20, 300)) {
      WalletKey wallet = oneOf(wallets, clientDice);
      FakeVpnClient client = newest.get(wallet);
      boolean in = client != null && client.passesTraffic();
      int dice = clientDice.nextInt(10);
      if (client != null && in && dice < 7) {
        renegotiate(client);
      } else if (client != null && in && dice < 8) {
        leave(client);
      } else if (dice == 9) {
        WalletKey signer = oneOf(wallets, clientDice);
        FakeVpnClient claim = connect(wallet, pass(signer), signer.equals(wallet));
        if (signer.equals(wallet)) {
          newest.put(wallet, claim);
        }
      } else {
        Pass old = clientDice.nextBoolean() ? oldPasses.get(wallet) : null;
        Pass pass = old == null ? pass(wallet) : old;
        oldPasses.put(wallet, pass);
        newest.put(wallet, connect(wallet, pass, /* proved= */ true));
      }
    }
  }

  private Pass pass(WalletKey wallet) {
    Instant issuedAt = world.time.wallTime();
    return new Pass(world.devicePass(wallet, issuedAt), issuedAt.getEpochSecond());
  }

  private FakeVpnClient connect(WalletKey wallet, Pass pass, boolean proved) {
    long at = now();
    FakeVpnClient client = world.connect(wallet, pass.text());
    history.add(
        new Event.Connect(
            at, client.id().value(), wallet.address().lowerCase(), proved, pass.issuedAt()));
    return client;
  }

  private void leave(FakeVpnClient client) {
    history.add(new Event.Left(now(), client.id().value()));
    client.vanish();
  }

  private void renegotiate(FakeVpnClient client) {
    world.openVpn.inOneStep(
        () -> {
          if (client.passesTraffic()) {
            long at = now();
            long key = client.renegotiate().value();
            history.add(new Event.Reauth(at, client.id().value(), key));
          }
        });
  }

  // The gate

  private void command(String command) {
    Matcher verdict = VERDICT.matcher(command);
    if (verdict.matches()) {
      boolean denied = verdict.group(1).equals("client-deny");
      history.add(
          new Event.Verdict(
              now(),
              Long.parseLong(verdict.group(2)),
              Long.parseLong(verdict.group(3)),
              denied ? verdict.group(4) : ""));
      return;
    }
    Matcher kill = KILL.matcher(command);
    if (kill.matches()) {
      long client = Long.parseLong(kill.group(1));
      Matcher code = CODE.matcher(kill.group(3));
      history.add(
          kill.group(2).equals("RESTART")
              ? new Event.Reconnect(now(), client)
              : new Event.Cut(now(), client, code.find() ? code.group(1) : "without a reason"));
    }
  }

  @Override
  public void close() {
    world.close();
  }
}
