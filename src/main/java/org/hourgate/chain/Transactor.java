package org.hourgate.chain;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.hourgate.chain.NodeException.Kind;
import org.hourgate.credential.CredentialException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.time.Pause;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Hash;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.Sign;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.methods.request.Transaction;
import org.web3j.protocol.core.methods.response.EthBlock;
import org.web3j.protocol.core.methods.response.TransactionReceipt;

/**
 * Sends transactions by one node. A transaction is tried out first ({@link #tryOut}), so that what
 * would be refused costs nothing; only then is it signed and sent ({@link #submit}), and waited for
 * ({@link #await}). All failures are {@link ChainException}s in words.
 *
 * <p>Blocks the calling thread.
 */
public final class Transactor implements AutoCloseable {

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
  private static final BigInteger USUAL_TIP = BigInteger.valueOf(1_000_000_000L);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int LONGEST_SILENCE = 30;

  private final JsonRpc rpc;
  private final long chainId;

  private Transactor(JsonRpc rpc, long chainId) {
    this.rpc = rpc;
    this.chainId = chainId;
  }

  /**
   * A transaction on its way.
   *
   * @param hash {@code 0x} in front
   */
  public record Submitted(Draft draft, String hash) {}

  /** Uses a node; asks nothing yet. */
  static Transactor at(URI node, long chainId) {
    return new Transactor(new JsonRpc(node, CALL_TIMEOUT, new SimpleMeterRegistry()), chainId);
  }

  /** Uses the first of these nodes that answers and is of this chain. */
  public static Transactor connect(List<URI> nodes, long chainId) {
    List<String> troubles = new ArrayList<>();
    boolean silent = true;
    for (URI node : nodes) {
      Transactor transactor = at(node, chainId);
      try {
        transactor.requireChain();
        return transactor;
      } catch (ChainException e) {
        transactor.close();
        troubles.add(e.getMessage());
        silent &= e.isUnreachable();
      }
    }
    String message = String.join("; ", troubles);
    throw silent ? new NodeException(Kind.SILENT, message) : new ChainException(message);
  }

  /** The node's address without its path, which may hold an access key. */
  public String node() {
    return rpc.name();
  }

  public long chainId() {
    return chainId;
  }

  public BigInteger balance(WalletAddress wallet) {
    return ask(
        () ->
            quantity(
                rpc.ask(
                    rpc.web3j()
                        .ethGetBalance(wallet.lowerCase(), DefaultBlockParameterName.LATEST))));
  }

  /** The time of the newest block. */
  public Instant headTime() {
    BigInteger seconds = ask(() -> quantity(head().getTimestampRaw()));
    return Instant.ofEpochSecond(
        seconds.min(BigInteger.valueOf(AccessCodec.END_OF_TIME)).longValueExact());
  }

  /**
   * Tries out what a transaction would do, and finds out what it would cost.
   *
   * @throws ChainException if it would be refused, or the sender could not pay
   */
  public Draft tryOut(WalletAddress sender, Optional<WalletAddress> to, ContractCall call) {
    return ask(
        () -> {
          requireChain();
          BigInteger balance = balance(sender);
          if (balance.compareTo(call.value()) < 0) {
            throw tooPoor(sender, balance, call.value(), "what it sends along");
          }
          BigInteger gas = gas(sender, to, call);
          BigInteger tip = tip();
          BigInteger done = transactionCount(sender, DefaultBlockParameterName.LATEST);
          BigInteger nonce = transactionCount(sender, DefaultBlockParameterName.PENDING).max(done);
          Draft draft =
              new Draft(
                  sender,
                  to,
                  call,
                  gas.multiply(BigInteger.valueOf(5)).divide(BigInteger.valueOf(4)),
                  baseFee().multiply(BigInteger.TWO).add(tip),
                  tip,
                  nonce,
                  nonce.subtract(done).longValueExact());
          BigInteger needed = call.value().add(draft.feeAtMost());
          if (balance.compareTo(needed) < 0) {
            throw tooPoor(sender, balance, needed, "what it sends along and the gas");
          }
          return draft;
        });
  }

  /** Signs and sends. Whether it becomes part of the chain is for {@link #await} to tell. */
  public Submitted submit(WalletKey key, Draft draft) {
    if (!key.address().equals(draft.sender())) {
      throw new IllegalArgumentException("the draft is of another wallet than the key");
    }
    byte[] signed = signed(draft, key);
    String hash = "0x" + HexFormat.of().formatHex(Hash.sha3(signed));
    try {
      String reply =
          rpc.ask(rpc.web3j().ethSendRawTransaction("0x" + HexFormat.of().formatHex(signed)))
              .orElse("");
      if (!reply.equalsIgnoreCase(hash)) {
        throw rpc.nonsense("another transaction hash than ours");
      }
    } catch (NodeException e) {
      if (e.kind() != Kind.REFUSED) {
        throw new ChainException(
            ("the transaction %s was handed over, but whether it was taken is not known (%s): look"
                    + " it up before you try again")
                .formatted(hash, e.getMessage()));
      }
      if (!NodeRefusal.of(e).equals(Optional.of(NodeRefusal.ALREADY_KNOWN))) {
        throw NodeRefusal.inWords(e);
      }
    }
    return new Submitted(draft, hash);
  }

  /** Returns when the transaction is part of the chain and did what it should. */
  public Receipt await(Submitted submitted) {
    Duration pause = FIRST_PAUSE;
    Duration waited = Duration.ZERO;
    int silences = 0;
    while (true) {
      String trouble = "it is part of no block after " + PATIENCE.toMinutes() + " minutes";
      try {
        Optional<TransactionReceipt> receipt =
            rpc.ask(rpc.web3j().ethGetTransactionReceipt(submitted.hash()));
        if (receipt.isPresent()) {
          return checked(submitted, receipt.get());
        }
        silences = 0;
      } catch (NodeException e) {
        trouble = e.getMessage();
        silences++;
      }
      if (silences > LONGEST_SILENCE || waited.compareTo(PATIENCE) > 0) {
        throw new ChainException(
            "the transaction %s was sent, but is not confirmed: %s. Look it up before you try again"
                .formatted(submitted.hash(), trouble));
      }
      Pause.of(pause);
      waited = waited.plus(pause);
      Duration longer = pause.multipliedBy(5).dividedBy(4);
      pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
  }

  /** One after the other, for the next one's nonce. */
  synchronized Receipt send(WalletKey sender, Optional<WalletAddress> to, ContractCall call) {
    return await(submit(sender, tryOut(sender.address(), to, call)));
  }

  /** Asks a contract, at the newest block; {@code 0x} if there is none. */
  String call(WalletAddress contract, String data) {
    return ask(
        () ->
            rpc.ask(
                    rpc.web3j()
                        .ethCall(
                            Transaction.createEthCallTransaction(null, contract.lowerCase(), data),
                            DefaultBlockParameterName.LATEST))
                .orElse("0x"));
  }

  @Override
  public void close() {
    rpc.close();
  }

  private static <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (NodeException e) {
      throw NodeRefusal.inWords(e);
    }
  }

  private void requireChain() {
    BigInteger id = quantity(rpc.ask(rpc.web3j().ethChainId()));
    if (!id.equals(BigInteger.valueOf(chainId))) {
      throw new ChainException(
          "%s is a node of chain %d, not of %d: check the chain id and the node's address"
              .formatted(rpc.name(), id, chainId));
    }
  }

  private BigInteger gas(WalletAddress sender, Optional<WalletAddress> to, ContractCall call) {
    return quantity(
        rpc.ask(
            rpc.web3j()
                .ethEstimateGas(
                    new Transaction(
                        sender.lowerCase(),
                        null,
                        null,
                        null,
                        to.map(WalletAddress::lowerCase).orElse(null),
                        call.value(),
                        call.data()))));
  }

  private BigInteger transactionCount(WalletAddress sender, DefaultBlockParameterName block) {
    return quantity(rpc.ask(rpc.web3j().ethGetTransactionCount(sender.lowerCase(), block)));
  }

  /** What the node suggests to give the block's maker. */
  private BigInteger tip() {
    try {
      return quantity(rpc.ask(rpc.web3j().ethMaxPriorityFeePerGas()));
    } catch (NodeException e) {
      return USUAL_TIP;
    }
  }

  private BigInteger baseFee() {
    String fee = head().getBaseFeePerGasRaw();
    if (fee == null) {
      throw new ChainException(
          rpc.name()
              + ": the chain has no base fee (EIP-1559), and Hourgate sends no other transactions:"
              + " call the contract with another wallet program");
    }
    return quantity(fee);
  }

  private EthBlock.Block head() {
    return rpc.ask(rpc.web3j().ethGetBlockByNumber(DefaultBlockParameterName.LATEST, false))
        .orElseThrow(() -> rpc.nonsense("no newest block"));
  }

  private Receipt checked(Submitted submitted, TransactionReceipt receipt) {
    if (!receipt.isStatusOK()) {
      throw new ChainException(
          "the transaction %s failed in block %d, and its gas is spent; tried again now, %s"
              .formatted(
                  submitted.hash(),
                  quantity(receipt.getBlockNumberRaw()),
                  whyRefused(submitted.draft())));
    }
    try {
      return new Receipt(
          submitted.hash(),
          quantity(receipt.getBlockNumberRaw()).longValueExact(),
          Optional.ofNullable(receipt.getEffectiveGasPrice())
              .map(price -> quantity(price).multiply(quantity(receipt.getGasUsedRaw()))),
          Optional.ofNullable(receipt.getContractAddress()).map(Transactor::wallet),
          events(receipt));
    } catch (CredentialException | ArithmeticException e) {
      throw rpc.nonsense("no proper receipt for " + submitted.hash());
    }
  }

  /** The events that have a hash; all of ours do. */
  private List<Receipt.Event> events(TransactionReceipt receipt) {
    if (receipt.getLogs() == null) {
      throw rpc.nonsense("a receipt without events");
    }
    return receipt.getLogs().stream()
        .filter(log -> log.getTopics() != null && !log.getTopics().isEmpty())
        .map(log -> new Receipt.Event(wallet(log.getAddress()), log.getTopics(), log.getData()))
        .toList();
  }

  private String whyRefused(Draft draft) {
    try {
      tryOut(draft.sender(), draft.to(), draft.call());
      return "it would be taken";
    } catch (ChainException e) {
      return e.getMessage();
    }
  }

  private static ChainException tooPoor(
      WalletAddress wallet, BigInteger balance, BigInteger needed, String purpose) {
    return new ChainException(
        "%s has %s, and needs up to %s for %s: put some more there first"
            .formatted(
                wallet.checksummed(),
                Currency.ETHER.format(balance),
                Currency.ETHER.format(needed),
                purpose));
  }

  private BigInteger quantity(Optional<String> text) {
    return quantity(text.orElse(null));
  }

  private BigInteger quantity(@Nullable String text) {
    if (text == null || !text.matches("0x[0-9a-fA-F]{1,64}")) {
      throw rpc.nonsense("no proper number");
    }
    return new BigInteger(text.substring(2), 16);
  }

  private byte[] signed(Draft draft, WalletKey key) {
    RawTransaction transaction =
        RawTransaction.createTransaction(
            chainId,
            draft.nonce(),
            draft.gas(),
            draft.to().map(WalletAddress::lowerCase).orElse(null),
            draft.call().value(),
            draft.call().data(),
            draft.maxPriorityFeePerGas(),
            draft.maxFeePerGas());
    byte[] rsv = key.signHash(Hash.sha3(TransactionEncoder.encode(transaction)));
    return TransactionEncoder.encode(
        transaction,
        new Sign.SignatureData(
            rsv[64], Arrays.copyOfRange(rsv, 0, 32), Arrays.copyOfRange(rsv, 32, 64)));
  }

  static WalletAddress wallet(String text) {
    return WalletAddress.parse(text.toLowerCase(Locale.ROOT));
  }
}
