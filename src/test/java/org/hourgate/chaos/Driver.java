package org.hourgate.chaos;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabException;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.Namespace;
import org.hourgate.chain.ChainException;
import org.hourgate.chain.HourgateContract;
import org.hourgate.chain.Receipt;
import org.hourgate.chaos.Fields.Cell;
import org.hourgate.chaos.Patron.Arrival;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.operator.AdminClient;
import org.hourgate.operator.AdminRequest;
import org.hourgate.testing.Actors;
import org.hourgate.testing.TestDollar;

/**
 * Does the harm that the {@link Fields} say at the step that they say: brings a session to the
 * step, holds it there, does the harm, lets go, repairs, and waits until all who have paid are on
 * the net. Two regular customers stay all the time; strangers and impostors knock meanwhile.
 */
final class Driver implements AutoCloseable {

  private static final AtomicInteger WALLETS = new AtomicInteger(0x20_0000);
  private static final WalletKey PAYER = Anvil.key(3);

  /** Pays what may be lost on the way, so that nobody else waits for it. */
  private static final WalletKey REGULARS_PAYER = Anvil.key(4);

  private static final String ONE_ETHER = "0xde0b6b3a7640000";
  private static final BigInteger DOLLAR = BigInteger.valueOf(1_000_000);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofSeconds(12);
  private static final Duration TIME_TO_REACH = Duration.ofSeconds(40);
  private static final Duration TIME_TO_COME_BACK = Duration.ofSeconds(75);
  private static final Duration IMPOSTORS_PATIENCE = Duration.ofSeconds(8);

  private final House house;
  private final Chronicle chronicle;
  private final Fields fields;
  private final Random dice;
  private final Random impostorsDice;
  private final Teller teller;
  private final HourgateContract purse;
  private final long etherHour;
  private final long dollarHour;
  private final int confirmations;
  private final List<Patron> patrons = new CopyOnWriteArrayList<>();
  private final List<Patron> regulars = new ArrayList<>();
  private final List<WalletKey> banned = new CopyOnWriteArrayList<>();
  private final Deque<Namespace> homes = new ArrayDeque<>();
  private int names;
  private Optional<Patron> guest = Optional.empty();
  private Instant guestsEnd = Instant.MAX;

  /**
   * Prepares the house.
   *
   * @param fields what is to be done, shared with other drivers
   */
  Driver(House house, Chronicle chronicle, int confirmations, Fields fields, Random dice) {
    this.fields = fields;
    this.house = house;
    this.chronicle = chronicle;
    this.confirmations = confirmations;
    this.dice = dice;
    impostorsDice = new Random(dice.nextLong());
    teller = new Teller(house, chronicle);
    purse = HourgateContract.at(house.anvil().rpc(), Anvil.CHAIN_ID, house.contract().address());
    etherHour = house.contract().addProduct(LabGateway.OWNER, LabGateway.PRICE, HOUR);
    WalletAddress dollar = TestDollar.deploy(house.contract().transactor(), LabGateway.OWNER);
    dollarHour = house.contract().addProduct(LabGateway.OWNER, dollar, DOLLAR, HOUR);
    TestDollar.mint(
        house.contract().transactor(),
        LabGateway.OWNER,
        dollar,
        REGULARS_PAYER.address(),
        1_000_000);
    purse
        .token(dollar)
        .approve(REGULARS_PAYER, purse.address(), DOLLAR.multiply(BigInteger.valueOf(1_000_000)));
  }

  void run(Duration duration) throws Exception {
    long begin = System.nanoTime();
    try (Actors actors = new Actors()) {
      actors.start("witness", Duration.ZERO, new Witness(chronicle)::look);
      actors.start("teller", Duration.ofMillis(150), teller::look);
      actors.start("looks", Duration.ofMillis(250), () -> patrons.forEach(Patron::look));
      for (int i = 0; i < 2; i++) {
        regulars.add(regular(i));
      }
      Namespace street = home();
      actors.start("impostors", Duration.ofSeconds(3), () -> knock(street, actors));
      boolean done = false;
      // A machine that is too slow for the first steps has some more time.
      while (System.nanoTime() - begin < (done ? 1 : 3) * duration.toNanos()
          && actors.goesOn(Duration.ZERO)) {
        done |= harm(fields.next());
      }
    }
    teller.look(); // What it has not told yet, nobody could be judged by.
    chronicle.add(new Fact.End(chronicle.now()));
  }

  // One field

  /** Returns whether the step was reached. */
  private boolean harm(Cell cell) throws Exception {
    house.awaitReady();
    for (int i = 0; i < regulars.size(); i++) {
      if (!regulars.get(i).isRunning()) {
        regulars.set(i, regular(i)); // What ended the other is for the judge.
      }
      var _ = regulars.get(i).awaitOnline(TIME_TO_COME_BACK);
    }
    guest = Optional.empty();
    guestsEnd = Instant.MAX;
    Trap trap = reach(cell.step());
    boolean reached = trap.await(TIME_TO_REACH);
    if (reached) {
      chronicle.add(new Fact.Harmed(chronicle.now(), cell.harm(), cell.step(), true));
      house.harm(cell.harm());
      trap.release();
      TimeUnit.MILLISECONDS.sleep(length(cell.harm())); // As long as it lasts.
      house.repair(cell.harm());
      chronicle.add(new Fact.Harmed(chronicle.now(), cell.harm(), cell.step(), false));
    } else {
      chronicle.add(new Fact.Missed(chronicle.now(), cell.harm(), cell.step()));
      fields.missed(cell);
      trap.release();
    }
    house.node().behaveWell();
    house.awaitReady();
    awaitCalm();
    if (cell.step() == Step.PROFILE_REVOKED && guest.isPresent()) {
      arrive(newcomer(guest.get().wallet())); // With another profile.
      var _ = guest.get().awaitOnline(TIME_TO_COME_BACK);
      leave(guest.get());
    }
    return reached;
  }

  private int length(Harm harm) {
    int chance = dice.nextInt(200, 2_500);
    // Whoever goes by the clock sees within a second that it has changed.
    boolean ofTheClock = harm.victim == Harm.Victim.CLOCK || harm.victim == Harm.Victim.PACE;
    return ofTheClock ? chance + 3_000 : chance;
  }

  /** Until who has paid is on the net, and who has not is off it. */
  private void awaitCalm() throws InterruptedException {
    for (Patron regular : regulars) {
      var _ = regular.awaitOnline(TIME_TO_COME_BACK);
    }
    if (guest.isPresent()) {
      Patron patron = guest.get();
      if (guestsEnd.equals(Instant.MAX)) {
        var _ = patron.awaitOnline(TIME_TO_COME_BACK);
      } else {
        Instant latest = guestsEnd.plus(House.BELT).plusSeconds(5);
        while (Instant.now().isBefore(guestsEnd.plusSeconds(2))
            || (patron.isOnline() && Instant.now().isBefore(latest))) {
          TimeUnit.MILLISECONDS.sleep(100);
        }
      }
      leave(patron);
    }
  }

  /** Brings a session to the step; the trap springs when it is there. */
  private Trap reach(Step step) throws Exception {
    return switch (step) {
      case CONNECT -> onMessageAbout(Message.CONNECT);
      case UP -> onMessageAbout(Message.ESTABLISHED);
      case CHAIN_ASKED -> onQuestion();
      case VERDICT_WRITTEN -> {
        WalletKey wallet = paid(HOUR);
        Trap trap = set(of(wallet, message -> message.verdict().isPresent()));
        arrive(newcomer(wallet));
        yield trap;
      }
      case VERDICT_HEARD -> {
        WalletKey wallet = paid(HOUR);
        Trap trap =
            set(
                after(
                    of(wallet, message -> message.verdict().isPresent()),
                    message -> message.first().startsWith("SUCCESS: client-auth")));
        arrive(newcomer(wallet));
        yield trap;
      }
      case REAUTH ->
          set(
              message ->
                  isRegular(message)
                      && message
                          .about()
                          .filter(about -> about.event().equals(Message.REAUTH))
                          .isPresent());
      case REAUTH_WRITTEN ->
          set(
              message ->
                  isRegular(message)
                      && message.verdict().filter(verdict -> verdict.kid() > 1).isPresent());
      case BEFORE_END -> {
        arriveForAMoment();
        Instant moment = guestsEnd.minusMillis(dice.nextInt(100, 2_000));
        Trap trap = new Trap(_ -> false);
        while (Instant.now().isBefore(moment)) {
          TimeUnit.MILLISECONDS.sleep(10);
        }
        trap.spring();
        yield trap;
      }
      case CUT_WRITTEN -> onCut(message -> message.verdict().isPresent());
      case CUT_HALF -> onCut(message -> message.kill().isPresent());
      case CUT_HEARD -> {
        WalletKey wallet = paid(SHORT);
        Trap trap =
            set(
                after(
                    of(wallet, message -> message.kill().isPresent()),
                    message -> message.first().startsWith("SUCCESS: client-kill")));
        arriveForAMoment(wallet);
        yield trap;
      }
      case PURCHASE -> {
        WalletAddress regular = oneOf(regulars).wallet().address();
        boolean inDollars = dice.nextBoolean();
        var _ = Thread.ofPlatform().daemon().start(() -> buy(regular, inDollars));
        yield sprung();
      }
      case REORG -> {
        reorganise();
        yield sprung();
      }
      case TAKEN_BACK -> {
        Instant none = Instant.now().minus(HOUR);
        teller.expectReorganisation();
        WalletKey wallet = newWallet();
        Receipt receipt = buyEther(wallet);
        arrive(newcomer(wallet));
        var _ = guest.orElseThrow().awaitOnline(TIME_TO_REACH);
        takeBack(receipt);
        guestsEnd = none; // It may stay for a minute; nobody waits for that.
        yield sprung();
      }
      case BELT -> {
        WalletKey wallet = paid(SHORT);
        Trap trap =
            set(
                of(
                    wallet,
                    message ->
                        message.kill().filter(k -> k.reason().equals("RESTART")).isPresent()));
        arrive(newcomer(wallet));
        var _ = guest.orElseThrow().awaitOnline(SHORT);
        var _ = purse.purchaseFor(PAYER, etherHour, wallet.address(), LabGateway.PRICE);
        yield trap;
      }
      case REVOCATION -> {
        WalletKey wallet = paid(HOUR);
        arrive(newcomer(wallet));
        var _ = guest.orElseThrow().awaitOnline(TIME_TO_REACH);
        house.anvil().call("anvil_setBalance", wallet.address().checksummed(), ONE_ETHER);
        var _ = Thread.ofPlatform().daemon().start(() -> revoke(wallet));
        guestsEnd = Instant.now();
        yield sprung();
      }
      case ATTACHING -> {
        Trap trap = set(message -> !message.ofGate() && message.first().startsWith("TITLE"));
        house.tap().breakDown();
        house.tap().mend();
        yield trap;
      }
      case BAN -> {
        WalletKey wallet = paid(HOUR);
        arrive(newcomer(wallet));
        var _ = guest.orElseThrow().awaitOnline(TIME_TO_REACH);
        var _ = Thread.ofPlatform().daemon().start(() -> ban(wallet));
        guestsEnd = Instant.now();
        yield sprung();
      }
      case PROFILE_REVOKED -> {
        WalletKey wallet = paid(HOUR);
        arrive(newcomer(wallet));
        Patron patron = guest.orElseThrow();
        var _ = patron.awaitOnline(TIME_TO_REACH);
        var _ = Thread.ofPlatform().daemon().start(() -> revokeProfile(patron));
        guestsEnd = Instant.now();
        yield sprung();
      }
    };
  }

  private static Trap sprung() {
    Trap trap = new Trap(_ -> false);
    trap.spring();
    return trap;
  }

  private Trap set(Predicate<Message> fits) {
    Trap trap = new Trap(fits);
    house.tap().set(trap);
    return trap;
  }

  private static Predicate<Message> of(WalletKey wallet, Predicate<Message> what) {
    String address = wallet.address().checksummed();
    return message -> message.wallet().equals(address) && what.test(message);
  }

  /** Fits what comes after something else. */
  private static Predicate<Message> after(Predicate<Message> first, Predicate<Message> then) {
    return new Predicate<>() {
      private boolean seen;

      @Override
      public synchronized boolean test(Message message) {
        boolean fits = seen && then.test(message);
        seen |= first.test(message);
        return fits;
      }
    };
  }

  private boolean isRegular(Message message) {
    return regulars.stream()
        .anyMatch(regular -> regular.wallet().address().checksummed().equals(message.wallet()));
  }

  private Trap onMessageAbout(String event) throws InterruptedException {
    WalletKey wallet = paid(HOUR);
    Trap trap =
        set(
            of(
                wallet,
                message ->
                    message.about().filter(about -> about.event().equals(event)).isPresent()));
    arrive(newcomer(wallet));
    return trap;
  }

  private Trap onQuestion() throws InterruptedException {
    WalletKey wallet = paid(HOUR);
    String address = wallet.address().lowerCase().substring(2);
    Trap trap = new Trap(_ -> false);
    house
        .node()
        .behave(
            "eth_call",
            question -> {
              if (question.mentions(address)) {
                trap.spring();
                trap.awaitRelease();
              }
              question.passOn();
            });
    arrive(newcomer(wallet));
    return trap;
  }

  private Trap onCut(Predicate<Message> part) throws InterruptedException {
    WalletKey wallet = paid(SHORT);
    String address = wallet.address().checksummed();
    Trap trap =
        set(
            message ->
                message.wallet().equals(address)
                    && part.test(message)
                    && message.first().contains("expired"));
    arriveForAMoment(wallet);
    return trap;
  }

  private void arriveForAMoment() throws InterruptedException {
    arriveForAMoment(paid(SHORT));
    var _ = guest.orElseThrow().awaitOnline(SHORT);
  }

  private void arriveForAMoment(WalletKey wallet) {
    guestsEnd = house.contract().entitlementOf(wallet.address()).paidUntil();
    arrive(newcomer(wallet).asStubborn());
  }

  // The chain

  private static WalletKey newWallet() {
    return WalletKey.parse("%064x".formatted(WALLETS.incrementAndGet()));
  }

  /** A new wallet with so much time, which counts already. */
  private WalletKey paid(Duration time) throws InterruptedException {
    WalletKey wallet = newWallet();
    teller.watch(wallet.address());
    if (time.equals(HOUR)) {
      var _ = buyEther(wallet);
    } else {
      awaitCounted(house.contract().grant(LabGateway.OWNER, wallet.address(), time));
    }
    return wallet;
  }

  private Receipt buyEther(WalletKey wallet) throws InterruptedException {
    teller.watch(wallet.address());
    Receipt receipt = purse.purchaseFor(PAYER, etherHour, wallet.address(), LabGateway.PRICE);
    awaitCounted(receipt);
    return receipt;
  }

  private void awaitCounted(Receipt receipt) throws InterruptedException {
    while (house.anvil().blockNumber() < receipt.block() + confirmations - 1) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    TimeUnit.MILLISECONDS.sleep(500); // For the gate to see that block.
  }

  private void revoke(WalletKey wallet) {
    try (HourgateContract own = contract()) {
      var _ = own.revokeCredentials(wallet);
    } catch (ChainException e) {
      // It is lost with the node; whether it counts is what the teller reads.
    }
  }

  private void buy(WalletAddress wallet, boolean inDollars) {
    try (HourgateContract own = contract()) {
      if (inDollars) {
        own.purchaseFor(REGULARS_PAYER, dollarHour, wallet, BigInteger.ZERO);
      } else {
        own.purchaseFor(REGULARS_PAYER, etherHour, wallet, LabGateway.PRICE);
      }
    } catch (ChainException e) {
      // It is lost with the node; whether it counts is what the teller reads.
    }
  }

  private HourgateContract contract() {
    return HourgateContract.at(house.anvil().rpc(), Anvil.CHAIN_ID, house.contract().address());
  }

  private void reorganise() throws InterruptedException {
    teller.expectReorganisation();
    takeBack(buyEther(oneOf(regulars).wallet()));
  }

  private void takeBack(Receipt receipt) throws InterruptedException {
    teller.look();
    int depth = (int) (house.anvil().blockNumber() - receipt.block() + 1);
    house.anvil().reorg(depth);
    try {
      // The node leaves the chain's clock behind by as much as it took back.
      house.anvil().setNextBlockTimestamp(Instant.now());
    } catch (LabException e) {
      // A block has come meanwhile, with a time of its own.
    }
    teller.look();
  }

  private void ban(WalletKey wallet) {
    long from = chronicle.now();
    String address = wallet.address().checksummed();
    boolean sure = false;
    try {
      sure =
          AdminClient.ask(house.adminSocket(), AdminRequest.ban(address, "Chaos")).error() == null;
    } catch (IOException e) {
      // Whether it holds is what nobody knows.
    }
    chronicle.add(new Fact.Ban(from, chronicle.now(), address, sure));
    if (sure) {
      banned.add(wallet);
    }
  }

  private void revokeProfile(Patron patron) {
    long from = chronicle.now();
    boolean sure = house.revokeProfile(patron.wallet(), patron.password());
    chronicle.add(
        new Fact.ProfileRevoked(from, chronicle.now(), Chronicle.digest(patron.password()), sure));
  }

  // Who comes

  private synchronized Namespace home() {
    return homes.isEmpty() ? house.lab().network().addClient() : homes.removeFirst();
  }

  private Arrival newcomer(WalletKey wallet) {
    return Arrival.of("guest-" + ++names, wallet);
  }

  private Patron regular(int number) throws InterruptedException {
    WalletKey wallet = paid(HOUR);
    Patron patron =
        Patron.arrive(
            house,
            chronicle,
            home(),
            Arrival.of("regular-" + ++names, wallet).renegotiatingEvery(6 + 3 * number));
    patrons.add(patron);
    return patron;
  }

  private void arrive(Arrival arrival) {
    Patron patron = Patron.arrive(house, chronicle, home(), arrival);
    patrons.add(patron);
    guest = Optional.of(patron);
  }

  private void leave(Patron patron) {
    patron.close();
    patrons.remove(patron);
  }

  /** Somebody who must not come in tries. */
  private void knock(Namespace street, Actors actors) throws InterruptedException {
    WalletKey wallet = newWallet();
    teller.watch(wallet.address());
    Arrival arrival =
        switch (impostorsDice.nextInt(3)) {
          case 0 -> Arrival.of("unpaid-" + wallet.address().checksummed(), wallet);
          case 1 -> {
            WalletKey victim = regulars.get(impostorsDice.nextInt(regulars.size())).wallet();
            yield Arrival.of("impostor-" + wallet.address().checksummed(), victim).signedBy(wallet);
          }
          default ->
              banned.isEmpty()
                  ? Arrival.of("unpaid-" + wallet.address().checksummed(), wallet)
                  : Arrival.of(
                      "banned-" + wallet.address().checksummed(),
                      banned.get(impostorsDice.nextInt(banned.size())));
        };
    try (Patron patron = Patron.arrive(house, chronicle, street, arrival)) {
      long begin = System.nanoTime();
      while (patron.isRunning()
          && System.nanoTime() - begin < IMPOSTORS_PATIENCE.toNanos()
          && actors.goesOn(Duration.ofMillis(200))) {
        patron.look();
      }
    }
  }

  private <T> T oneOf(List<T> list) {
    return list.get(dice.nextInt(list.size()));
  }

  @Override
  public void close() {
    patrons.forEach(Patron::close);
    teller.close();
    purse.close();
  }
}
