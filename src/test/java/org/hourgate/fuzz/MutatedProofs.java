package org.hourgate.fuzz;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.Epoch;
import org.hourgate.management.KeyId;
import org.hourgate.management.Notification;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.RecordingConnection;
import org.hourgate.testing.StubLedger;

/**
 * Logins with passwords that are nearly right, at a whole gate with real cryptography. Whether one
 * may come in is known beforehand, from a list of the very texts that were signed or minted: an
 * accept of any other is wrong, and so is a refusal of one of those.
 */
final class MutatedProofs {

  private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
  private static final WalletKey ALICE = WalletKey.parse("11".repeat(32));
  private static final WalletKey BOB = WalletKey.parse("22".repeat(32));
  private static final WalletKey CAROL = WalletKey.parse("33".repeat(32));
  private static final int TRIES_OF_A_POOL = 2_000;
  private static final int MOST_WRONG = 20;
  private static final int MOST_TOKENS = 64;

  /**
   * What came of it.
   *
   * @param wrong what should have been decided otherwise
   */
  record Tally(long tries, long accepts, Map<Mutation, Long> byMutation, List<String> wrong) {}

  private final Random random;
  private final Path folder;
  private final CredentialAuthority authority;
  private final ManualTime time = new ManualTime(NOW);
  private final RecordingConnection openVpn = new RecordingConnection();
  private final BareGate gate;
  private final Epoch epoch = new Epoch(1);
  private final Set<String> allowed = new HashSet<>();
  private final List<String> tokens = new ArrayList<>();
  private final Map<Mutation, Long> byMutation = new EnumMap<>(Mutation.class);
  private final List<String> wrong = new ArrayList<>();
  private long client;
  private long accepts;

  MutatedProofs(long seed, Path folder) {
    this.folder = folder;
    random = new Random(seed);
    authority = BareGate.authority(folder, "ab".repeat(32), BareGate.IDENTITY, seed);
    StubLedger ledger = new StubLedger();
    ledger.paid(ALICE.address(), NOW.plusSeconds(86_400));
    ledger.paid(BOB.address(), NOW.plusSeconds(86_400));
    gate = new BareGate(folder, authority, time, time, Runnable::run, ledger, openVpn);
    openVpn.epoch(epoch);
    gate.listener().attached(epoch);
    time.settle();
    openVpn.take();
  }

  Tally run(long tries) {
    List<Mutation> mutations = List.of(Mutation.values());
    ProofPool pool = newPool();
    for (long i = 0; i < tries; i++) {
      if (i % TRIES_OF_A_POOL == TRIES_OF_A_POOL - 1) {
        pool = newPool();
      }
      Mutation mutation = mutations.get(random.nextInt(mutations.size()));
      Mutation.Attempt attempt = mutation.attempt(pool, tokens, random);
      byMutation.merge(mutation, 1L, Long::sum);
      attempt(mutation, attempt);
    }
    return new Tally(tries, accepts, byMutation, wrong);
  }

  private ProofPool newPool() {
    allowed.clear();
    tokens.clear();
    ProofPool pool =
        new ProofPool(folder, authority, List.of(ALICE, BOB), CAROL, time.wallTime(), random);
    for (ProofPool.Proof proof : pool.genuine()) {
      proof.spellings().forEach(password -> allow(proof.wallet().address(), password));
    }
    return pool;
  }

  private void allow(WalletAddress wallet, String password) {
    for (String name :
        List.of(
            wallet.checksummed(),
            wallet.lowerCase(),
            "0x" + wallet.lowerCase().substring(2).toUpperCase(Locale.ROOT))) {
      allowed.add(name + "\n" + password);
    }
  }

  private void attempt(Mutation mutation, Mutation.Attempt attempt) {
    client++;
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("username", attempt.username());
    environment.put("password", attempt.password());
    environment.put("untrusted_ip", "10.99.0.2");
    tell(
        new Notification.ClientConnect(
            new ClientId(client), new KeyId(1), new ClientEnvironment(environment, false)));
    List<Command> commands = openVpn.takeCommands();
    boolean accepted = commands.getFirst() instanceof Command.ClientAuth;
    boolean right = allowed.contains(attempt.username() + "\n" + attempt.password());
    if (accepted != right && wrong.size() < MOST_WRONG) {
      wrong.add(
          "%s: %s %s: %s".formatted(mutation, attempt.username(), attempt.password(), commands));
    }
    if (accepted) {
      accepts++;
      remember(attempt.username(), (Command.ClientAuth) commands.getFirst());
    }
    tell(new Notification.ClientDisconnect(new ClientId(client), ClientEnvironment.EMPTY));
    openVpn.take();
  }

  /** The token that was pushed is good for its wallet from now on. */
  private void remember(String username, Command.ClientAuth accept) {
    for (String directive : accept.directives()) {
      if (directive.startsWith("push \"auth-token ") && tokens.size() < 2 * MOST_TOKENS) {
        String token = directive.substring("push \"auth-token ".length(), directive.length() - 1);
        WalletAddress wallet = WalletAddress.parse(username);
        tokens.add(wallet.checksummed());
        tokens.add(token);
        allow(wallet, token);
      }
    }
  }

  private void tell(Notification notification) {
    gate.listener().notified(epoch, notification);
    time.settle();
  }
}
