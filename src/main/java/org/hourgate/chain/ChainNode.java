package org.hourgate.chain;

import io.micrometer.core.instrument.MeterRegistry;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hourgate.chain.NodeException.Kind;
import org.hourgate.credential.WalletAddress;
import org.jspecify.annotations.Nullable;
import org.web3j.protocol.core.DefaultBlockParameter;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.request.Transaction;
import org.web3j.protocol.core.methods.response.EthBlock;
import org.web3j.protocol.core.methods.response.EthLog;
import org.web3j.protocol.core.methods.response.Log;

/**
 * The questions we ask one node, with replies checked to the last digit: whatever leaves a doubt is
 * a {@link NodeException}. Blocks the calling thread; safe for any thread.
 */
final class ChainNode implements AutoCloseable {

  /** keccak256("AccessChanged(address,uint64)"). */
  static final String ACCESS_CHANGED =
      "0x2edac1612d4ce6b3e8036952c24908dec3837bd62706872cb7870a58da44391f";

  private static final List<String> METHODS =
      List.of("eth_chainId", "eth_getCode", "eth_getBlockByNumber", "eth_getLogs", "eth_call");
  private static final Pattern QUANTITY = Pattern.compile("0x[0-9a-fA-F]{1,15}");
  private static final Pattern AMOUNT = Pattern.compile("0x[0-9a-fA-F]{1,64}");
  private static final Pattern HASH = Pattern.compile("0x[0-9a-fA-F]{64}");
  private static final Pattern ACCOUNT = Pattern.compile("0x0{24}[0-9a-fA-F]{40}");

  private final JsonRpc rpc;
  private volatile Optional<BlockHeader> lastHead = Optional.empty();

  ChainNode(URI uri, Duration timeout, MeterRegistry meters) {
    rpc = new JsonRpc(uri, timeout, meters);
    METHODS.forEach(rpc::prepare);
  }

  String name() {
    return rpc.name();
  }

  long chainId() {
    return quantity("chain id", rpc.ask(rpc.web3j().ethChainId()).orElse(null));
  }

  /** Returns the code at the address, empty if there is none. */
  byte[] code(WalletAddress contract) {
    String code =
        rpc.ask(rpc.web3j().ethGetCode(contract.lowerCase(), DefaultBlockParameterName.LATEST))
            .orElseThrow(() -> rpc.nonsense("no reply to eth_getCode"));
    if (!code.startsWith("0x")) {
      throw rpc.nonsense("code without 0x");
    }
    try {
      return HexFormat.of().parseHex(code, 2, code.length());
    } catch (IllegalArgumentException e) {
      throw rpc.nonsense("code that is not hexadecimal");
    }
  }

  BlockHeader latest() {
    BlockHeader head =
        rpc.ask(rpc.web3j().ethGetBlockByNumber(DefaultBlockParameterName.LATEST, false))
            .map(this::header)
            .orElseThrow(() -> rpc.nonsense("no newest block"));
    lastHead = Optional.of(head);
    return head;
  }

  /** The newest block it told of when it was last asked; asks nobody. */
  Optional<BlockHeader> lastHead() {
    return lastHead;
  }

  Optional<BlockHeader> block(long number) {
    Optional<BlockHeader> header =
        rpc.ask(rpc.web3j().ethGetBlockByNumber(at(number), false)).map(this::header);
    if (header.isPresent() && header.get().number() != number) {
      throw rpc.nonsense("another block than asked for");
    }
    return header;
  }

  /** A question for the logs of these contracts in these blocks, both included. */
  static EthFilter filter(List<WalletAddress> contracts, long from, long to) {
    return new EthFilter(
        at(from), at(to), contracts.stream().map(WalletAddress::lowerCase).toList());
  }

  List<Log> logs(EthFilter filter) {
    List<EthLog.LogResult<?>> results =
        rpc.ask(rpc.web3j().ethGetLogs(filter))
            .orElseThrow(() -> rpc.nonsense("no reply to eth_getLogs"));
    List<Log> logs = new ArrayList<>(results.size());
    for (EthLog.LogResult<?> result : results) {
      if (!(result.get() instanceof Log log) || log.isRemoved()) {
        throw rpc.nonsense("a log that is none");
      }
      logs.add(log);
    }
    return logs;
  }

  /** Asks one contract about wallets, at a block by number or name. */
  List<Access> accessOf(
      WalletAddress contract, List<WalletAddress> wallets, DefaultBlockParameter block) {
    String reply = call(contract, AccessCodec.encode(wallets), block);
    try {
      return AccessCodec.decode(reply, wallets.size());
    } catch (AccessCodec.UndecodableException e) {
      throw new NodeException(
          Kind.NONSENSE,
          "%s: %s does not answer accessOf: %s"
              .formatted(name(), contract.lowerCase(), e.getMessage()));
    }
  }

  /** Calls a function without changing anything; returns what it returned, as it was written. */
  String call(WalletAddress contract, String data, DefaultBlockParameter block) {
    return rpc.ask(
            rpc.web3j()
                .ethCall(
                    Transaction.createEthCallTransaction(null, contract.lowerCase(), data), block))
        .orElseThrow(() -> rpc.nonsense("no reply to eth_call"));
  }

  /** The ether of a contract, in wei, at a block by number or name. */
  BigInteger balance(WalletAddress contract, DefaultBlockParameter block) {
    String balance = rpc.ask(rpc.web3j().ethGetBalance(contract.lowerCase(), block)).orElse("");
    if (!AMOUNT.matcher(balance).matches()) {
      throw rpc.nonsense("no proper balance");
    }
    return new BigInteger(balance.substring(2), 16);
  }

  NodeException nonsense(String what) {
    return rpc.nonsense(what);
  }

  NodeException unfit(String why) {
    return new NodeException(Kind.UNFIT, name() + ": " + why);
  }

  @Override
  public void close() {
    rpc.close();
  }

  static DefaultBlockParameter at(long number) {
    return DefaultBlockParameter.valueOf(BigInteger.valueOf(number));
  }

  /** Whose access changed, by a log that says so. */
  WalletAddress account(Log log) {
    List<String> topics = log.getTopics();
    if (topics == null
        || topics.size() != 2
        || !topics.get(0).equalsIgnoreCase(ACCESS_CHANGED)
        || !ACCOUNT.matcher(topics.get(1)).matches()) {
      throw rpc.nonsense("a log that is not AccessChanged");
    }
    return new WalletAddress(topics.get(1).substring(26).toLowerCase(Locale.ROOT));
  }

  private BlockHeader header(EthBlock.Block block) {
    long time = quantity("block time", block.getTimestampRaw());
    if (time > AccessCodec.END_OF_TIME) {
      throw rpc.nonsense("a block time beyond all reason");
    }
    return new BlockHeader(
        quantity("block number", block.getNumberRaw()),
        hash("block hash", block.getHash()),
        hash("block hash", block.getParentHash()),
        Instant.ofEpochSecond(time));
  }

  private long quantity(String what, @Nullable String text) {
    if (text == null || !QUANTITY.matcher(text).matches()) {
      throw rpc.nonsense("no proper " + what);
    }
    return Long.parseLong(text, 2, text.length(), 16);
  }

  /** A number as nodes write it. */
  long number(@Nullable String text) {
    return quantity("number", text);
  }

  /** A hash as nodes write it. */
  String hash(String what, @Nullable String text) {
    if (text == null || !HASH.matcher(text).matches()) {
      throw rpc.nonsense("no proper " + what);
    }
    return text.toLowerCase(Locale.ROOT);
  }
}
