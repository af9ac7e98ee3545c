package org.hourgate.chain;

import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.entitlement.Entitlement;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Uint256;

/**
 * The contract as its owner and its customers use it, transactions included: for the command line,
 * demos and tests. A transaction is tried out first, so that what the contract would refuse costs
 * nothing; each method returns when its transaction is part of the chain. All failures are {@link
 * ChainException}s in words.
 *
 * <p>Blocks the calling thread. Transactions of one sender must go through one object.
 */
public final class HourgateContract implements AutoCloseable {

  /** Products are asked for one by one, so many at once. */
  private static final int QUESTIONS_AT_ONCE = 8;

  /** Enough for the year 6000. */
  private static final int TIME_BITS = 37;

  private static final String PRODUCT_ADDED =
      Words.topic("ProductAdded(uint256,address,uint96,uint32)");
  private static final String ACCESS_CHANGED = Words.topic("AccessChanged(address,uint64)");
  private static final String REFUNDED = Words.topic("Refunded(address,address,uint256)");
  private static final String CLAIMED = Words.topic("Claimed(address,address,uint256)");
  private static final String WITHDRAWN = Words.topic("Withdrawn(address,address,uint256)");

  private final Transactor transactor;
  private final WalletAddress address;

  private HourgateContract(Transactor transactor, WalletAddress address) {
    this.transactor = transactor;
    this.address = address;
  }

  /** The contract at an address; asks nothing yet. */
  public static HourgateContract at(URI node, long chainId, WalletAddress address) {
    return at(Transactor.at(node, chainId), address);
  }

  /** The contract at an address, which closes the transactor with itself; asks nothing yet. */
  public static HourgateContract at(Transactor transactor, WalletAddress address) {
    return new HourgateContract(transactor, address);
  }

  /** Puts a new contract on the chain. */
  public static HourgateContract deploy(
      URI node, long chainId, WalletKey sender, WalletAddress owner) {
    Transactor transactor = Transactor.at(node, chainId);
    try {
      Receipt receipt = transactor.send(sender, Optional.empty(), ContractCall.deployment(owner));
      return new HourgateContract(transactor, receipt.created().orElseThrow());
    } catch (RuntimeException e) {
      transactor.close();
      throw e;
    }
  }

  public WalletAddress address() {
    return address;
  }

  public Transactor transactor() {
    return transactor;
  }

  public Erc20 token(WalletAddress token) {
    return new Erc20(transactor, token);
  }

  public WalletAddress owner() {
    return read("getOwner", 1, words -> words.address(0));
  }

  public boolean isPaused() {
    return read("paused", 1, words -> words.truth(0));
  }

  /** All products, on sale or not, in the order of their numbers. */
  public List<Product> products() {
    try (ExecutorService threads =
        Executors.newFixedThreadPool(QUESTIONS_AT_ONCE, Thread.ofVirtual().factory())) {
      List<Future<Product>> questions =
          LongStream.range(0, amount("productCount").longValueExact())
              .mapToObj(id -> threads.submit(() -> product(id)))
              .toList();
      List<Product> products = new ArrayList<>();
      try {
        for (Future<Product> question : questions) {
          products.add(question.get());
        }
      } catch (ExecutionException e) {
        threads.shutdownNow();
        if (e.getCause() instanceof ChainException known) {
          throw known;
        }
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        threads.shutdownNow();
        throw new ChainException("interrupted");
      }
      return products;
    }
  }

  public Product product(long id) {
    return read(
        "product",
        4,
        words ->
            new Product(
                id,
                Optional.of(words.address(0)).filter(token -> !token.equals(Nodes.NOBODY)),
                words.number(1, 96),
                Duration.ofSeconds(words.number(2, 32).longValueExact()),
                words.truth(3)),
        new Uint256(id));
  }

  /** What the newest block says about a wallet. */
  public Entitlement entitlementOf(WalletAddress wallet) {
    String reply = transactor.call(address, AccessCodec.encode(List.of(wallet)));
    try {
      Access access = AccessCodec.decode(reply, 1).getFirst();
      return new Entitlement(
          Instant.ofEpochSecond(access.paidUntil()),
          Instant.ofEpochSecond(access.credentialsFrom()));
    } catch (AccessCodec.UndecodableException e) {
      throw notOne("it does not answer accessOf: " + e.getMessage());
    }
  }

  /** The ether credited to a wallet by refunds, in wei. */
  public BigInteger claimable(WalletAddress payee) {
    return amount("claimable", ContractCall.address(payee));
  }

  /** What its owner can withdraw. */
  public BigInteger takings(Optional<WalletAddress> token) {
    return token
        .map(erc20 -> token(erc20).balanceOf(address))
        .orElseGet(() -> transactor.balance(address).subtract(amount("claimableTotal")));
  }

  /** Tries out what a transaction would do; sends nothing. */
  public Draft tryOut(WalletAddress sender, ContractCall call) {
    return transactor.tryOut(sender, Optional.of(address), call);
  }

  public Receipt send(WalletKey sender, ContractCall call) {
    return transactor.send(sender, Optional.of(address), call);
  }

  /** The number of the product that a transaction added. */
  public long addedProduct(Receipt receipt) {
    return told(receipt, PRODUCT_ADDED, event -> event.topics().get(1), 63).longValueExact();
  }

  /** The end of an account's time after a transaction that moved it. */
  public Instant newEnd(Receipt receipt) {
    return Instant.ofEpochSecond(
        told(receipt, ACCESS_CHANGED, Receipt.Event::data, TIME_BITS).longValueExact());
  }

  /** How much a transaction credited to its payee, in wei. */
  public BigInteger refundedAmount(Receipt receipt) {
    return told(receipt, REFUNDED, Receipt.Event::data, 256);
  }

  /** How much a transaction claimed, in wei. */
  public BigInteger claimedAmount(Receipt receipt) {
    return told(receipt, CLAIMED, Receipt.Event::data, 256);
  }

  /** How much a transaction withdrew. */
  public BigInteger withdrawnAmount(Receipt receipt) {
    return told(receipt, WITHDRAWN, Receipt.Event::data, 256);
  }

  /** Adds a product to be paid in ether; returns its number. */
  public long addProduct(WalletKey owner, BigInteger price, Duration duration) {
    return addedProduct(send(owner, ContractCall.addProduct(Optional.empty(), price, duration)));
  }

  /** Adds a product to be paid in a token; returns its number. */
  public long addProduct(
      WalletKey owner, WalletAddress token, BigInteger price, Duration duration) {
    return addedProduct(send(owner, ContractCall.addProduct(Optional.of(token), price, duration)));
  }

  public Receipt setActive(WalletKey owner, long product, boolean active) {
    return send(owner, ContractCall.setActive(product, active));
  }

  public Receipt purchaseProduct(WalletKey customer, long product, BigInteger value) {
    return send(customer, ContractCall.purchaseProduct(product, value));
  }

  public Receipt purchaseFor(
      WalletKey customer, long product, WalletAddress account, BigInteger value) {
    return send(customer, ContractCall.purchaseFor(product, account, value));
  }

  public Receipt purchaseWithPermit(
      WalletKey customer, long product, WalletAddress account, Erc20.Permit permit) {
    return send(customer, ContractCall.purchaseWithPermit(product, account, permit));
  }

  public Receipt grant(WalletKey owner, WalletAddress account, Duration duration) {
    return send(owner, ContractCall.grant(account, duration));
  }

  public Receipt refund(
      WalletKey owner, WalletAddress account, WalletAddress payee, BigInteger value) {
    return send(owner, ContractCall.refund(account, payee, value));
  }

  public Receipt claim(WalletKey payee, WalletAddress to) {
    return send(payee, ContractCall.claim(to));
  }

  public Receipt revokeCredentials(WalletKey customer) {
    return send(customer, ContractCall.revokeCredentials());
  }

  /** Takes out all ether that is not credited to anybody. */
  public Receipt withdraw(WalletKey owner, WalletAddress to) {
    return send(owner, ContractCall.withdraw(Optional.empty(), to));
  }

  /** Takes out all there is of a token. */
  public Receipt withdraw(WalletKey owner, WalletAddress token, WalletAddress to) {
    return send(owner, ContractCall.withdraw(Optional.of(token), to));
  }

  public Receipt pause(WalletKey owner) {
    return send(owner, ContractCall.pause());
  }

  public Receipt unpause(WalletKey owner) {
    return send(owner, ContractCall.unpause());
  }

  @Override
  public void close() {
    transactor.close();
  }

  private BigInteger amount(String function, Type<?>... arguments) {
    return read(function, 1, words -> words.number(0, 256), arguments);
  }

  private <T> T read(String function, int words, Decoder<T> decoder, Type<?>... arguments) {
    String reply = transactor.call(address, ContractCall.of(function, arguments).data());
    try {
      return decoder.decode(Words.of(reply, words));
    } catch (AccessCodec.UndecodableException e) {
      throw notOne(
          reply.equals("0x")
              ? "nothing there answers " + function
              : "it does not answer %s: %s".formatted(function, e.getMessage()));
    }
  }

  private interface Decoder<T> {
    T decode(Words reply) throws AccessCodec.UndecodableException;
  }

  /** A number that an event of ours tells. */
  private BigInteger told(
      Receipt receipt, String topic, Function<Receipt.Event, String> word, int bits) {
    Receipt.Event told =
        receipt.events().stream()
            .filter(event -> event.contract().equals(address))
            .filter(event -> event.topics().getFirst().equalsIgnoreCase(topic))
            .findFirst()
            .orElseThrow(() -> notOne("its event is missing in " + receipt.transaction()));
    try {
      return Words.of(word.apply(told), 1).number(0, bits);
    } catch (AccessCodec.UndecodableException e) {
      throw notOne("its event in %s has %s".formatted(receipt.transaction(), e.getMessage()));
    }
  }

  private ChainException notOne(String why) {
    return new ChainException(
        "%s is no Hourgate contract on chain %d: %s. Check the address and the chain"
            .formatted(address.checksummed(), transactor.chainId(), why));
  }
}
