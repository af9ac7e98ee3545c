package org.hourgate.chain;

import static java.math.BigInteger.ONE;
import static java.math.BigInteger.ZERO;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The contract's rules once more, written from its specification: what a call does at a second, and
 * if it is refused, why. Beside it a token and the ether of some recipients. Unlike the contract it
 * asks everything first and changes its books last, and it keeps seconds left, not ends added up.
 *
 * <p>Addresses are numbers; no thread of its own.
 */
final class ContractModel {

  static final BigInteger NOBODY = ZERO;
  static final long MAX_AHEAD = 2L * 365 * 24 * 60 * 60;
  private static final BigInteger UNLIMITED = ONE.shiftLeft(256).subtract(ONE);

  /**
   * A permit as it was signed.
   *
   * @param nonce which of the signer's permits it is
   */
  record Permit(BigInteger signer, BigInteger value, BigInteger deadline, long nonce) {}

  /**
   * One transaction.
   *
   * @param to the contract or the token
   * @param function its name; empty for none
   * @param permit what the signature among the arguments really signs
   */
  record Step(
      BigInteger sender,
      BigInteger to,
      BigInteger value,
      String function,
      List<BigInteger> arguments,
      Optional<Permit> permit) {

    BigInteger argument(int index) {
      return arguments.get(index);
    }
  }

  record Event(String name, List<BigInteger> values) {}

  /**
   * What becomes of a transaction.
   *
   * @param refusal the revert's data, {@code 0x} in front; empty if it succeeds
   * @param events the contract's, not the token's
   */
  record Outcome(Optional<String> refusal, List<Event> events) {}

  record Product(BigInteger token, BigInteger price, long duration, boolean active) {}

  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String data;

    RefusedException(String data) {
      super(data, null, false, false);
      this.data = data;
    }
  }

  private final ContractAbi abi;
  private final BigInteger contract;
  private final BigInteger token;
  private final List<Event> events = new ArrayList<>();
  private long now;

  BigInteger owner;
  BigInteger pendingOwner = NOBODY;
  boolean paused;
  BigInteger takings = ZERO;
  final List<Product> products = new ArrayList<>();
  private final Map<BigInteger, Long> paidUntil = new HashMap<>();
  private final Map<BigInteger, Long> credentialsFrom = new HashMap<>();
  private final Map<BigInteger, BigInteger> credits = new HashMap<>();
  private final Map<BigInteger, BigInteger> ether = new HashMap<>();
  private final Map<BigInteger, BigInteger> tokens = new HashMap<>();
  private final Map<BigInteger, BigInteger> allowances = new HashMap<>();
  private final Map<BigInteger, Long> permitNonces = new HashMap<>();

  ContractModel(ContractAbi abi, BigInteger contract, BigInteger token, BigInteger owner) {
    this.abi = abi;
    this.contract = contract;
    this.token = token;
    this.owner = owner;
  }

  long paidUntil(BigInteger account) {
    return paidUntil.getOrDefault(account, 0L);
  }

  long credentialsFrom(BigInteger account) {
    return credentialsFrom.getOrDefault(account, 0L);
  }

  BigInteger credit(BigInteger payee) {
    return credits.getOrDefault(payee, ZERO);
  }

  BigInteger creditTotal() {
    return credits.values().stream().reduce(ZERO, BigInteger::add);
  }

  /** What the contract has paid to an address that has no other income. */
  BigInteger ether(BigInteger recipient) {
    return ether.getOrDefault(recipient, ZERO);
  }

  BigInteger tokens(BigInteger account) {
    return tokens.getOrDefault(account, ZERO);
  }

  long permitNonce(BigInteger account) {
    return permitNonces.getOrDefault(account, 0L);
  }

  Outcome apply(Step step, long time) {
    now = time;
    events.clear();
    try {
      if (step.to().equals(token)) {
        callToken(step);
      } else {
        callContract(step);
      }
      return new Outcome(Optional.empty(), List.copyOf(events));
    } catch (RefusedException e) {
      return new Outcome(Optional.of(e.data), List.of());
    }
  }

  private void callContract(Step step) {
    String function = step.function();
    if (!abi.has(function)
        || (!abi.isPayable(function) && step.value().signum() != 0)
        || !abi.takes(function, step.arguments())) {
      throw new RefusedException("0x");
    }
    BigInteger sender = step.sender();
    switch (function) {
      case "purchaseProduct" -> purchase(step, sender);
      case "purchaseFor", "purchaseWithPermit" -> purchase(step, step.argument(1));
      case "revokeCredentials" -> {
        credentialsFrom.put(sender, now);
        emit("CredentialsRevoked", sender, number(now));
        emit("AccessChanged", sender, number(paidUntil(sender)));
      }
      case "claim" -> claim(sender, step.argument(0));
      case "acceptOwnership" -> {
        require(sender.equals(pendingOwner), "OwnableUnauthorizedAccount", sender);
        emit("OwnershipTransferred", owner, sender);
        owner = sender;
        pendingOwner = NOBODY;
      }
      case "renounceOwnership" -> throw refused("CannotRenounce");
      default -> {
        require(sender.equals(owner), "OwnableUnauthorizedAccount", sender);
        rule(step);
      }
    }
  }

  /** What the owner alone may do. */
  private void rule(Step step) {
    switch (step.function()) {
      case "addProduct" -> addProduct(step.argument(0), step.argument(1), step.argument(2));
      case "setActive" -> {
        Product old = product(step.argument(0));
        boolean active = step.argument(1).equals(ONE);
        products.set(
            step.argument(0).intValueExact(),
            new Product(old.token(), old.price(), old.duration(), active));
        emit("ProductActive", step.argument(0), step.argument(1));
      }
      case "grant" -> {
        BigInteger account = step.argument(0);
        long duration = step.argument(1).longValueExact();
        require(duration != 0, "ZeroDuration");
        long end = extended(account, duration);
        paidUntil.put(account, end);
        emit("AccessChanged", account, number(end));
      }
      case "refund" -> {
        BigInteger account = step.argument(0);
        BigInteger payee = step.argument(1);
        require(!account.equals(NOBODY) && !payee.equals(NOBODY), "ZeroAccount");
        if (secondsLeft(account) > 0) {
          paidUntil.put(account, now);
        }
        credits.merge(payee, step.value(), BigInteger::add);
        emit("AccessChanged", account, number(paidUntil(account)));
        emit("Refunded", account, payee, step.value());
      }
      case "withdraw" -> withdraw(step.argument(0), step.argument(1));
      case "pause" -> {
        require(!paused, "EnforcedPause");
        paused = true;
        emit("Paused", step.sender());
      }
      case "unpause" -> {
        require(paused, "ExpectedPause");
        paused = false;
        emit("Unpaused", step.sender());
      }
      case "transferOwnership" -> {
        pendingOwner = step.argument(0);
        emit("OwnershipTransferStarted", owner, pendingOwner);
      }
      case String other -> throw new IllegalArgumentException(other);
    }
  }

  private void purchase(Step step, BigInteger account) {
    BigInteger id = step.argument(0);
    require(!paused, "EnforcedPause");
    Product product = product(id);
    require(product.active(), "ProductInactive", id);
    boolean inEther = product.token().equals(NOBODY);
    BigInteger value = inEther ? product.price() : ZERO;
    require(step.value().equals(value), "WrongValue", value, step.value());
    require(!step.sender().equals(owner), "OwnerNotAllowed", step.sender());
    long end = extended(account, product.duration());
    if (inEther) {
      takings = takings.add(product.price());
    } else {
      pay(step.sender(), product.price(), step.permit().filter(permit -> isGood(permit, step)));
    }
    paidUntil.put(account, end);
    emit("AccessChanged", account, number(end));
    emit("ProductPurchased", id, account, step.sender(), product.price(), number(end));
  }

  private void claim(BigInteger payee, BigInteger to) {
    BigInteger amount = credit(payee);
    require(amount.signum() != 0, "NothingToClaim", payee);
    requireTaker(to, amount);
    credits.remove(payee);
    ether.merge(to, amount, BigInteger::add);
    emit("Claimed", payee, to, amount);
  }

  private void withdraw(BigInteger what, BigInteger to) {
    if (what.equals(NOBODY)) {
      requireTaker(to, takings);
      emit("Withdrawn", what, to, takings);
      ether.merge(to, takings, BigInteger::add);
      takings = ZERO;
    } else {
      require(what.equals(token), "UnsupportedToken", what);
      require(!to.equals(NOBODY), "ZeroAccount");
      BigInteger amount = tokens(contract);
      emit("Withdrawn", what, to, amount);
      tokens.put(contract, ZERO);
      tokens.merge(to, amount, BigInteger::add);
    }
  }

  private void addProduct(BigInteger what, BigInteger price, BigInteger duration) {
    require(what.equals(NOBODY) || what.equals(token), "UnsupportedToken", what);
    boolean sellable =
        price.signum() != 0
            && duration.signum() != 0
            && duration.compareTo(BigInteger.valueOf(MAX_AHEAD)) <= 0;
    require(sellable, "BadProduct", price, duration);
    emit("ProductAdded", number(products.size()), what, price, duration);
    products.add(new Product(what, price, duration.longValueExact(), true));
  }

  private Product product(BigInteger id) {
    require(id.compareTo(number(products.size())) < 0, "UnknownProduct", id);
    return products.get(id.intValueExact());
  }

  /** The end of an account's time if it were given so many seconds more. */
  private long extended(BigInteger account, long duration) {
    require(!account.equals(NOBODY), "ZeroAccount");
    require(!account.equals(owner), "OwnerNotAllowed", account);
    long left = secondsLeft(account) + duration;
    require(left <= MAX_AHEAD, "TooFarAhead", number(now + left), number(now + MAX_AHEAD));
    return now + left;
  }

  private long secondsLeft(BigInteger account) {
    return Math.max(0, paidUntil(account) - now);
  }

  /** The contract and the token take no ether; everybody else does. */
  private void requireTaker(BigInteger to, BigInteger amount) {
    require(!to.equals(NOBODY), "ZeroAccount");
    require(!to.equals(contract) && !to.equals(token), "TransferFailed", to, amount);
  }

  // The token, as OpenZeppelin writes it.

  private void callToken(Step step) {
    switch (step.function()) {
      case "mint" -> tokens.merge(step.argument(0), step.argument(1), BigInteger::add);
      case "approve" -> allowances.put(step.sender(), step.argument(1));
      case "permit" ->
          step.permit()
              .filter(this::isGood)
              .ifPresentOrElse(
                  this::use,
                  () -> {
                    throw new RefusedException("");
                  });
      case String other -> throw new IllegalArgumentException(other);
    }
  }

  private boolean isGood(Permit permit, Step step) {
    return isGood(permit)
        && permit.signer().equals(step.sender())
        && permit.value().equals(step.argument(2))
        && permit.deadline().equals(step.argument(3));
  }

  private boolean isGood(Permit permit) {
    return permit.nonce() == permitNonce(permit.signer())
        && permit.deadline().compareTo(number(now)) >= 0;
  }

  private void use(Permit permit) {
    permitNonces.merge(permit.signer(), 1L, Long::sum);
    allowances.put(permit.signer(), permit.value());
  }

  private void pay(BigInteger payer, BigInteger price, Optional<Permit> permit) {
    BigInteger allowance = permit.map(Permit::value).orElse(allowances.getOrDefault(payer, ZERO));
    if (allowance.compareTo(price) < 0) {
      throw new RefusedException(
          ContractAbi.selector("ERC20InsufficientAllowance(address,uint256,uint256)")
              + ContractAbi.words(List.of(contract, allowance, price)));
    }
    if (tokens(payer).compareTo(price) < 0) {
      throw new RefusedException(
          ContractAbi.selector("ERC20InsufficientBalance(address,uint256,uint256)")
              + ContractAbi.words(List.of(payer, tokens(payer), price)));
    }
    permit.ifPresent(this::use);
    if (!allowance.equals(UNLIMITED)) {
      allowances.put(payer, allowance.subtract(price));
    }
    tokens.put(payer, tokens(payer).subtract(price));
    tokens.merge(contract, price, BigInteger::add);
  }

  private void emit(String name, BigInteger... values) {
    events.add(new Event(name, List.of(values)));
  }

  private void require(boolean condition, String error, BigInteger... values) {
    if (!condition) {
      throw refused(error, values);
    }
  }

  private RefusedException refused(String error, BigInteger... values) {
    return new RefusedException(abi.error(error, List.of(values)));
  }

  private static BigInteger number(long value) {
    return BigInteger.valueOf(value);
  }
}
