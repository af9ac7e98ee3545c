package org.hourgate.chain;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.entitlement.Entitlement;
import org.jspecify.annotations.Nullable;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.FunctionReturnDecoder;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.Bool;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.abi.datatypes.generated.Uint32;
import org.web3j.abi.datatypes.generated.Uint96;
import org.web3j.crypto.Hash;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.Sign;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.methods.request.Transaction;
import org.web3j.protocol.core.methods.response.EthBlock;
import org.web3j.protocol.core.methods.response.TransactionReceipt;
import org.web3j.protocol.exceptions.TransactionException;
import org.web3j.tx.response.PollingTransactionReceiptProcessor;

/**
 * The contract as its owner and its customers use it, transactions included: for the command line,
 * demos and tests. A transaction is tried out first, so that what the contract would refuse costs
 * nothing; each method returns when its transaction is part of the chain. All failures are {@link
 * ChainException}s in words.
 *
 * <p>Blocks the calling thread. Transactions of one sender must go through one object.
 */
public final class HourgateContract implements AutoCloseable {

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
  private static final long RECEIPT_POLL_MILLIS = 200;
  private static final int RECEIPT_POLLS = 900;
  private static final BigInteger USUAL_TIP = BigInteger.valueOf(1_000_000_000L);
  private static final String PRODUCT_ADDED = topic("ProductAdded(uint256,address,uint96,uint32)");

  private final JsonRpc rpc;
  private final long chainId;
  private final WalletAddress address;

  private HourgateContract(JsonRpc rpc, long chainId, WalletAddress address) {
    this.rpc = rpc;
    this.chainId = chainId;
    this.address = address;
  }

  /**
   * What became of a transaction.
   *
   * @param transaction its hash, {@code 0x} in front
   * @param block the number of the block it is part of
   */
  public record Receipt(String transaction, long block, BigInteger gasUsed) {}

  /** The contract at an address; asks nothing yet. */
  public static HourgateContract at(URI node, long chainId, WalletAddress address) {
    return new HourgateContract(connect(node), chainId, address);
  }

  /** Puts a new contract on the chain. */
  public static HourgateContract deploy(
      URI node, long chainId, WalletKey sender, WalletAddress owner) {
    JsonRpc rpc = connect(node);
    try {
      String constructor = FunctionEncoder.encodeConstructor(List.of(new Address(owner.hex())));
      TransactionReceipt receipt =
          new HourgateContract(rpc, chainId, owner)
              .send(sender, null, "0x" + creationCode() + constructor, BigInteger.ZERO);
      return new HourgateContract(
          rpc, chainId, WalletAddress.parse(receipt.getContractAddress().toLowerCase(Locale.ROOT)));
    } catch (RuntimeException e) {
      rpc.close();
      throw e;
    }
  }

  public WalletAddress address() {
    return address;
  }

  public WalletAddress owner() {
    return wallet(read("getOwner", List.of(), List.of(new TypeReference<Address>() {})).getFirst());
  }

  public boolean isPaused() {
    return (Boolean)
        read("paused", List.of(), List.of(new TypeReference<Bool>() {})).getFirst().getValue();
  }

  /** All products, on sale or not, in the order of their numbers. */
  public List<Product> products() {
    long count =
        number(read("productCount", List.of(), List.of(new TypeReference<Uint256>() {})).getFirst())
            .longValueExact();
    List<Product> products = new ArrayList<>();
    for (long id = 0; id < count; id++) {
      products.add(product(id));
    }
    return products;
  }

  public Product product(long id) {
    List<Type<?>> values =
        read(
            "product",
            List.of(new Uint256(id)),
            List.of(
                new TypeReference<Address>() {},
                new TypeReference<Uint96>() {},
                new TypeReference<Uint32>() {},
                new TypeReference<Bool>() {}));
    WalletAddress token = wallet(values.get(0));
    return new Product(
        id,
        Optional.of(token).filter(t -> !t.equals(Nodes.NOBODY)),
        number(values.get(1)),
        Duration.ofSeconds(number(values.get(2)).longValueExact()),
        (Boolean) values.get(3).getValue());
  }

  /** What the newest block says about a wallet. */
  public Entitlement entitlementOf(WalletAddress wallet) {
    String reply = call(AccessCodec.encode(List.of(wallet)));
    try {
      Access access = AccessCodec.decode(reply, 1).getFirst();
      return new Entitlement(
          Instant.ofEpochSecond(access.paidUntil()),
          Instant.ofEpochSecond(access.credentialsFrom()));
    } catch (AccessCodec.UndecodableException e) {
      throw new ChainException(
          address.checksummed() + " does not answer accessOf: " + e.getMessage());
    }
  }

  /** Adds a product to be paid in ether; returns its number. */
  public long addProduct(WalletKey owner, BigInteger price, Duration duration) {
    TransactionReceipt receipt =
        send(
            owner,
            BigInteger.ZERO,
            "addProduct",
            Address.DEFAULT,
            new Uint96(price),
            new Uint32(duration.toSeconds()));
    return receipt.getLogs().stream()
        .filter(log -> log.getTopics().getFirst().equals(PRODUCT_ADDED))
        .map(log -> new BigInteger(log.getTopics().get(1).substring(2), 16).longValueExact())
        .findFirst()
        .orElseThrow(() -> new ChainException("the product was added, but not its event"));
  }

  public Receipt setActive(WalletKey owner, long product, boolean active) {
    return receipt(
        send(owner, BigInteger.ZERO, "setActive", new Uint256(product), new Bool(active)));
  }

  public Receipt purchaseProduct(WalletKey customer, long product, BigInteger value) {
    return receipt(send(customer, value, "purchaseProduct", new Uint256(product)));
  }

  public Receipt purchaseFor(
      WalletKey customer, long product, WalletAddress account, BigInteger value) {
    return receipt(
        send(customer, value, "purchaseFor", new Uint256(product), new Address(account.hex())));
  }

  public Receipt grant(WalletKey owner, WalletAddress account, Duration duration) {
    return receipt(
        send(
            owner,
            BigInteger.ZERO,
            "grant",
            new Address(account.hex()),
            new Uint32(duration.toSeconds())));
  }

  public Receipt revokeCredentials(WalletKey customer) {
    return receipt(send(customer, BigInteger.ZERO, "revokeCredentials"));
  }

  /** Takes out all ether. */
  public Receipt withdraw(WalletKey owner, WalletAddress to) {
    return receipt(
        send(owner, BigInteger.ZERO, "withdraw", Address.DEFAULT, new Address(to.hex())));
  }

  public Receipt pause(WalletKey owner) {
    return receipt(send(owner, BigInteger.ZERO, "pause"));
  }

  public Receipt unpause(WalletKey owner) {
    return receipt(send(owner, BigInteger.ZERO, "unpause"));
  }

  @Override
  public void close() {
    rpc.close();
  }

  private static JsonRpc connect(URI node) {
    return new JsonRpc(node, CALL_TIMEOUT, new SimpleMeterRegistry());
  }

  private List<Type<?>> read(
      String function, List<Type<?>> arguments, List<TypeReference<?>> results) {
    Function asked = function(function, arguments, results);
    List<Type<?>> values = new ArrayList<>();
    for (Type<?> value :
        FunctionReturnDecoder.decode(
            call(FunctionEncoder.encode(asked)), asked.getOutputParameters())) {
      values.add(value);
    }
    if (values.size() != results.size()) {
      throw new ChainException(address.checksummed() + " does not answer " + function);
    }
    return values;
  }

  private String call(String data) {
    try {
      return rpc.ask(
              rpc.web3j()
                  .ethCall(
                      Transaction.createEthCallTransaction(null, address.lowerCase(), data),
                      DefaultBlockParameterName.LATEST))
          .orElse("0x");
    } catch (NodeException e) {
      throw inWords(e);
    }
  }

  private TransactionReceipt send(
      WalletKey sender, BigInteger value, String function, Type<?>... arguments) {
    return send(
        sender,
        address.lowerCase(),
        FunctionEncoder.encode(function(function, List.of(arguments), List.of())),
        value);
  }

  private synchronized TransactionReceipt send(
      WalletKey sender, @Nullable String to, String data, BigInteger value) {
    try {
      String from = sender.address().lowerCase();
      requireChain();
      BigInteger gas =
          quantity(
              rpc.ask(
                  rpc.web3j()
                      .ethEstimateGas(new Transaction(from, null, null, null, to, value, data))));
      BigInteger nonce =
          quantity(
              rpc.ask(rpc.web3j().ethGetTransactionCount(from, DefaultBlockParameterName.PENDING)));
      BigInteger tip = tip();
      RawTransaction transaction =
          RawTransaction.createTransaction(
              chainId,
              nonce,
              gas.multiply(BigInteger.valueOf(5)).divide(BigInteger.valueOf(4)),
              to,
              value,
              data,
              tip,
              baseFee().multiply(BigInteger.TWO).add(tip));
      String hash =
          rpc.ask(rpc.web3j().ethSendRawTransaction(sign(transaction, sender)))
              .orElseThrow(() -> rpc.nonsense("no transaction hash"));
      return await(hash);
    } catch (NodeException e) {
      throw inWords(e);
    }
  }

  private void requireChain() {
    BigInteger id = quantity(rpc.ask(rpc.web3j().ethChainId()));
    if (!id.equals(BigInteger.valueOf(chainId))) {
      throw new ChainException(
          "%s: wrong chain id: configured %d, node says %d".formatted(rpc.name(), chainId, id));
    }
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
    EthBlock.Block head =
        rpc.ask(rpc.web3j().ethGetBlockByNumber(DefaultBlockParameterName.LATEST, false))
            .orElseThrow(() -> rpc.nonsense("no newest block"));
    if (head.getBaseFeePerGasRaw() == null) {
      throw new ChainException(rpc.name() + ": the chain has no base fee (EIP-1559)");
    }
    return quantity(Optional.of(head.getBaseFeePerGasRaw()));
  }

  private TransactionReceipt await(String hash) {
    TransactionReceipt receipt;
    try {
      receipt =
          new PollingTransactionReceiptProcessor(rpc.web3j(), RECEIPT_POLL_MILLIS, RECEIPT_POLLS)
              .waitForTransactionReceipt(hash);
    } catch (IOException | TransactionException | RuntimeException e) {
      throw new ChainException("no receipt for the transaction " + hash + ": " + e.getMessage());
    }
    if (!receipt.isStatusOK()) {
      throw new ChainException("the transaction " + hash + " was refused by the contract");
    }
    return receipt;
  }

  private BigInteger quantity(Optional<String> text) {
    try {
      return new BigInteger(text.orElse("").replaceFirst("^0x", ""), 16);
    } catch (NumberFormatException e) {
      throw rpc.nonsense("no proper number");
    }
  }

  private static ChainException inWords(NodeException e) {
    return e.revertData()
        .flatMap(ContractError::describe)
        .map(words -> new ChainException("the contract refuses: " + words))
        .orElse(e);
  }

  private static String sign(RawTransaction transaction, WalletKey sender) {
    byte[] rsv = sender.signHash(Hash.sha3(TransactionEncoder.encode(transaction)));
    Sign.SignatureData signature =
        new Sign.SignatureData(
            rsv[64], Arrays.copyOfRange(rsv, 0, 32), Arrays.copyOfRange(rsv, 32, 64));
    return "0x" + HexFormat.of().formatHex(TransactionEncoder.encode(transaction, signature));
  }

  private static Receipt receipt(TransactionReceipt receipt) {
    return new Receipt(
        receipt.getTransactionHash(),
        receipt.getBlockNumber().longValueExact(),
        receipt.getGasUsed());
  }

  @SuppressWarnings("rawtypes") // web3j's signature
  private static Function function(
      String name, List<Type<?>> arguments, List<TypeReference<?>> results) {
    List<Type> raw = new ArrayList<>(arguments);
    return new Function(name, raw, results);
  }

  private static WalletAddress wallet(Type<?> value) {
    return WalletAddress.parse(value.getValue().toString().toLowerCase(Locale.ROOT));
  }

  private static BigInteger number(Type<?> value) {
    return (BigInteger) value.getValue();
  }

  private static String topic(String event) {
    return "0x" + HexFormat.of().formatHex(Hash.sha3(event.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String creationCode() {
    String name = "contract/Hourgate.bin";
    try (InputStream in = HourgateContract.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing beside the classes");
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }
}
