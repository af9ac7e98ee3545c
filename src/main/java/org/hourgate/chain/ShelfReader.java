package org.hourgate.chain;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.hourgate.chain.NodeException.Kind;
import org.hourgate.credential.WalletAddress;
import org.web3j.protocol.core.DefaultBlockParameter;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.methods.request.EthFilter;

/**
 * Reads what a contract sells. What can't change is read once: all of a product but whether it is
 * on sale, and what a token says of itself. A token is a stranger: of what it says only a short
 * plain word and a small number are taken. Blocks the calling thread; safe for any thread.
 */
final class ShelfReader {

  /** More would be no page any more; the newest count. */
  private static final int MAX_PRODUCTS = 200;

  private static final int ETHER_DECIMALS = 18;
  static final int MAX_DECIMALS = 36;
  static final Pattern SYMBOL = Pattern.compile("[A-Za-z0-9$.+_-]{1,11}");
  private static final String GET_OWNER = Words.selector("getOwner()");
  private static final String PAUSED = Words.selector("paused()");
  private static final String PRODUCT_COUNT = Words.selector("productCount()");
  private static final String PRODUCT = Words.selector("product(uint256)");
  private static final String TOKEN_SYMBOL = Words.selector("symbol()");
  private static final String TOKEN_DECIMALS = Words.selector("decimals()");
  private static final String[] CHANGES = {
    Words.topic("ProductAdded(uint256,address,uint96,uint32)"),
    Words.topic("ProductActive(uint256,bool)"),
    Words.topic("Paused(address)"),
    Words.topic("Unpaused(address)"),
    Words.topic("OwnershipTransferred(address,address)")
  };

  private final Map<WalletAddress, Token> tokens = new ConcurrentHashMap<>();

  private record Token(String symbol, int decimals) {}

  /** Whether these blocks, both included, changed what {@link #read} answers. */
  boolean changed(ChainNode node, WalletAddress contract, long from, long to) {
    EthFilter filter = ChainNode.filter(List.of(contract), from, to);
    filter.addOptionalTopics(CHANGES);
    return !node.logs(filter).isEmpty();
  }

  Shelf read(ChainNode node, WalletAddress contract, long block, Instant now) {
    DefaultBlockParameter at = ChainNode.at(block);
    try {
      WalletAddress owner = owner(node, contract, at);
      boolean paused = Words.of(node.call(contract, PAUSED, at), 1).truth(0);
      long count =
          Words.of(node.call(contract, PRODUCT_COUNT, at), 1).number(0, 63).longValueExact();
      List<Offer> offers = new ArrayList<>();
      for (long id = Math.max(0, count - MAX_PRODUCTS); id < count; id++) {
        offers.add(offer(node, product(node, contract, id, at)));
      }
      return new Shelf(offers, owner, paused, now);
    } catch (AccessCodec.UndecodableException e) {
      throw node.nonsense(contract.lowerCase() + " does not answer: " + e.getMessage());
    }
  }

  /** Whose the contract is by the newest block. */
  WalletAddress owner(ChainNode node, WalletAddress contract) {
    try {
      return owner(node, contract, DefaultBlockParameterName.LATEST);
    } catch (AccessCodec.UndecodableException e) {
      throw node.nonsense(contract.lowerCase() + " does not answer: " + e.getMessage());
    }
  }

  private static WalletAddress owner(
      ChainNode node, WalletAddress contract, DefaultBlockParameter block)
      throws AccessCodec.UndecodableException {
    return Words.of(node.call(contract, GET_OWNER, block), 1).address(0);
  }

  Product product(ChainNode node, WalletAddress contract, long id) {
    try {
      return product(node, contract, id, DefaultBlockParameterName.LATEST);
    } catch (AccessCodec.UndecodableException e) {
      throw node.nonsense(contract.lowerCase() + " does not answer: " + e.getMessage());
    }
  }

  private static Product product(
      ChainNode node, WalletAddress contract, long id, DefaultBlockParameter block)
      throws AccessCodec.UndecodableException {
    Words words = Words.of(node.call(contract, PRODUCT + Words.word(id), block), 4);
    WalletAddress token = words.address(0);
    BigInteger price = words.number(1, 96);
    return new Product(
        id,
        Optional.of(token).filter(t -> !t.equals(Nodes.NOBODY)),
        price,
        Duration.ofSeconds(words.number(2, 32).longValueExact()),
        words.truth(3));
  }

  Offer offer(ChainNode node, Product product) {
    if (product.token().isEmpty()) {
      return new Offer(product, "", ETHER_DECIMALS);
    }
    WalletAddress address = product.token().get();
    Token token = tokens.get(address);
    if (token == null) {
      token = token(node, address);
      tokens.put(address, token);
    }
    return new Offer(product, token.symbol(), token.decimals());
  }

  /** A token that does not say who it is goes by its address, and its price by smallest units. */
  private static Token token(ChainNode node, WalletAddress address) {
    Optional<String> symbol =
        said(node, address, TOKEN_SYMBOL).flatMap(Words::text).filter(SYMBOL.asMatchPredicate());
    Optional<Integer> decimals =
        said(node, address, TOKEN_DECIMALS).flatMap(ShelfReader::smallNumber);
    return symbol.isPresent() && decimals.isPresent()
        ? new Token(symbol.get(), decimals.get())
        : new Token(address.shortened(), 0);
  }

  private static Optional<String> said(ChainNode node, WalletAddress token, String question) {
    try {
      return Optional.of(node.call(token, question, DefaultBlockParameterName.LATEST));
    } catch (NodeException e) {
      if (e.kind() == Kind.SILENT) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static Optional<Integer> smallNumber(String reply) {
    try {
      int number = Words.of(reply, 1).number(0, 31).intValueExact();
      return number <= MAX_DECIMALS ? Optional.of(number) : Optional.empty();
    } catch (AccessCodec.UndecodableException e) {
      return Optional.empty();
    }
  }
}
