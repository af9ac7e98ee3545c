package org.hourgate.chain;

import static java.math.BigInteger.ONE;
import static java.math.BigInteger.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.ContractModel.Outcome;
import org.hourgate.chain.ContractModel.Permit;
import org.hourgate.chain.ContractModel.Product;
import org.hourgate.chain.ContractModel.Step;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.TestDollar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Hash;
import org.web3j.utils.Numeric;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The contract on a real EVM and {@link ContractModel} do the same random things, refused ones and
 * the owner's among them, and must agree about every one: success or the reason of the refusal, and
 * the events; after each block about all that can be read. {@code -Dhourgate.differential.steps=N}
 * and {@code -Dhourgate.differential.seed=N} ask for more steps and for others.
 */
final class ContractDifferentialTest {

  private static final int STEPS = Integer.getInteger("hourgate.differential.steps", 100_000);
  private static final long SEED = Long.getLong("hourgate.differential.seed", 1);
  private static final int LARGEST_BLOCK = 400;
  private static final BigInteger GAS = BigInteger.valueOf(400_000);
  private static final List<String> NEEDS_A_BAD_TOKEN =
      List.of(
          "WrongPayment",
          "SafeERC20FailedOperation",
          "ReentrancyGuardReentrantCall",
          "OwnableInvalidOwner"); // of the constructor
  private static final List<String> FUNCTIONS =
      List.of(
          "purchaseProduct",
          "purchaseFor",
          "purchaseWithPermit",
          "grant",
          "revokeCredentials",
          "refund",
          "claim",
          "withdraw",
          "addProduct",
          "setActive",
          "pause",
          "unpause",
          "transferOwnership",
          "acceptOwnership");
  private static final List<String> ODD =
      List.of("claim", "revokeCredentials", "pause", "noSuchFunction", "");
  private static final Map<String, String> TOKEN_FUNCTIONS =
      Map.of(
          "mint",
          "mint(address,uint256)",
          "approve",
          "approve(address,uint256)",
          "permit",
          "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)");

  private final Anvil anvil =
      Anvil.start(Anvil.Options.standard().withGenesisTime(Instant.ofEpochSecond(1_800_000_000)));
  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private final Random random = new Random(SEED);
  private final ContractAbi abi = new ContractAbi();

  private final List<WalletKey> keys = IntStream.range(0, 8).mapToObj(Anvil::key).toList();
  private final List<BigInteger> actors =
      keys.stream().map(key -> address(key.address().hex())).toList();
  private final List<BigInteger> tills =
      Stream.of("711", "712", "713").map(ContractDifferentialTest::address).toList();
  private final long[] nonces = new long[keys.size()];
  private final Set<String> refusals = new TreeSet<>();
  private final Set<String> successes = new TreeSet<>();

  private BigInteger contract = ZERO;
  private BigInteger token = ZERO;
  private String tokenDomain = "";
  private ContractModel model = new ContractModel(abi, ZERO, ZERO, ZERO);
  private long now;

  @AfterEach
  void stop() {
    http.shutdownNow();
    anvil.close();
  }

  @Test
  void theContractAgreesWithTheModelAboutEveryStep() {
    setUp();
    int done = 0;
    while (done < STEPS) {
      int size = Math.min(STEPS - done, 1 + random.nextInt(LARGEST_BLOCK));
      now += timeStep();
      mine(Stream.generate(this::step).limit(size).toList(), done);
      compareState();
      done += size;
    }
    if (STEPS >= 10_000) {
      // The token is honest, and calls nobody; a contract is deployed once.
      assertThat(refusals)
          .containsExactlyInAnyOrderElementsOf(
              abi.errors().stream().filter(error -> !NEEDS_A_BAD_TOKEN.contains(error)).toList());
      assertThat(successes).containsAll(FUNCTIONS);
    }
  }

  private void setUp() {
    try (HourgateContract deployed =
        HourgateContract.deploy(anvil.rpc(), Anvil.CHAIN_ID, keys.get(0), keys.get(0).address())) {
      contract = address(deployed.address().hex());
      token = address(TestDollar.deploy(deployed.transactor(), keys.get(0)).hex());
    }
    model = new ContractModel(abi, contract, token, actors.get(0));
    anvil.setAutomine(false);
    anvil.call("evm_setBlockGasLimit", hex(GAS.multiply(number(LARGEST_BLOCK))));
    for (int i = 0; i < actors.size(); i++) {
      String account = account(actors.get(i));
      anvil.call("anvil_setBalance", account, hex(ONE.shiftLeft(140)));
      nonces[i] = Long.decode(anvil.call("eth_getTransactionCount", account, "latest").asString());
    }
    now = anvil.headTime().getEpochSecond();
  }

  // One block.

  private void mine(List<Step> steps, int first) {
    List<String> hashes = batch(steps, "eth_sendTransaction", this::transaction);
    anvil.setNextBlockTimestamp(Instant.ofEpochSecond(now));
    anvil.mine(1);
    List<JsonNode> receipts = list(anvil.call("eth_getBlockReceipts", "latest"));
    assertThat(receipts)
        .as("transactions in the order sent")
        .extracting(receipt -> receipt.get("transactionHash").asString())
        .isEqualTo(hashes);
    Map<String, String> replies =
        list(anvil.call("trace_block", "latest")).stream()
            .filter(trace -> trace.get("traceAddress").isEmpty())
            .filter(trace -> trace.has("transactionHash"))
            .collect(
                Collectors.toMap(
                    trace -> trace.get("transactionHash").asString(),
                    trace -> trace.path("result").path("output").asString("0x")));
    for (int i = 0; i < steps.size(); i++) {
      String name = "step %d of seed %d at %d: ".formatted(first + i, SEED, now) + steps.get(i);
      compare(name, steps.get(i), receipts.get(i), replies.getOrDefault(hashes.get(i), "none"));
    }
  }

  private void compare(String name, Step step, JsonNode receipt, String reply) {
    Outcome expected = model.apply(step, now);
    boolean succeeds = expected.refusal().isEmpty();
    assertThat(receipt.get("status").asString()).as(name).isEqualTo(succeeds ? "0x1" : "0x0");
    if (step.to().equals(contract)) {
      expected.refusal().ifPresent(data -> assertThat(reply).as(name).isEqualTo(data));
      List<ContractAbi.Log> said =
          list(receipt.get("logs")).stream()
              .filter(log -> log.get("address").asString().equals(account(contract)))
              .map(
                  log ->
                      new ContractAbi.Log(
                          list(log.get("topics")).stream().map(JsonNode::asString).toList(),
                          log.get("data").asString()))
              .toList();
      assertThat(said)
          .as(name)
          .isEqualTo(expected.events().stream().map(e -> abi.event(e.name(), e.values())).toList());
    }
    expected
        .refusal()
        .ifPresentOrElse(
            data -> abi.errorOf(data).ifPresent(refusals::add),
            () -> successes.add(step.function()));
  }

  private void compareState() {
    List<BigInteger> access =
        ask(
            contract,
            ContractAbi.selector("accessOf(address[])")
                + ContractAbi.words(List.of(number(32), number(actors.size())))
                + ContractAbi.words(actors));
    Map<String, BigInteger> expected = new LinkedHashMap<>();
    Map<String, BigInteger> got = new LinkedHashMap<>();
    for (int i = 0; i < actors.size(); i++) {
      BigInteger actor = actors.get(i);
      expected.put("paidUntil " + i, number(model.paidUntil(actor)));
      got.put("paidUntil " + i, access.get(2 + 2 * i));
      expected.put("credentialsFrom " + i, number(model.credentialsFrom(actor)));
      got.put("credentialsFrom " + i, access.get(3 + 2 * i));
      expected.put("claimable " + i, model.credit(actor));
      got.put("claimable " + i, askOne("claimable", actor));
      expected.put("tokens " + i, model.tokens(actor));
      got.put("tokens " + i, tokens(actor));
    }
    for (BigInteger till : tills) {
      expected.put("ether of " + till, model.ether(till));
      got.put("ether of " + till, ether(till));
      expected.put("tokens of " + till, model.tokens(till));
      got.put("tokens of " + till, tokens(till));
    }
    expected.put("ether", model.takings.add(model.creditTotal()));
    got.put("ether", ether(contract));
    expected.put("tokens", model.tokens(contract));
    got.put("tokens", tokens(contract));
    expected.put("claimableTotal", model.creditTotal());
    got.put("claimableTotal", askOne("claimableTotal"));
    expected.put("owner", model.owner);
    got.put("owner", askOne("getOwner"));
    expected.put("pendingOwner", model.pendingOwner);
    got.put("pendingOwner", askOne("pendingOwner"));
    expected.put("paused", model.paused ? ONE : ZERO);
    got.put("paused", askOne("paused"));
    expected.put("productCount", number(model.products.size()));
    got.put("productCount", askOne("productCount"));
    assertThat(got).as("seed " + SEED + " at " + now).isEqualTo(expected);
    if (!model.products.isEmpty()) {
      int id = random.nextInt(model.products.size());
      Product product = model.products.get(id);
      assertThat(ask(contract, abi.call("product", List.of(number(id)))))
          .containsExactly(
              product.token(),
              product.price(),
              number(product.duration()),
              product.active() ? ONE : ZERO);
    }
  }

  // What is done.

  private long timeStep() {
    return switch (random.nextInt(4)) {
      case 0 -> 1;
      case 1 -> 1 + random.nextInt(3600);
      case 2 -> 1 + random.nextInt(30 * 24 * 3600);
      default -> 1 + random.nextInt((int) ContractModel.MAX_AHEAD / 8);
    };
  }

  private Step step() {
    return switch (random.nextInt(40)) {
      case 0, 1, 2, 3, 4, 5 -> purchase("purchaseProduct");
      case 6, 7, 8, 9 -> purchase("purchaseFor");
      case 10, 11, 12, 13 -> purchaseWithPermit();
      case 14, 15 -> step(mostlyOwner(), "grant", accountOrWrong(), duration());
      case 16, 17 -> step(actor(), "revokeCredentials");
      case 18, 19, 20 -> refund();
      case 21, 22 -> step(actor(), "claim", recipient());
      case 23, 24 -> step(mostlyOwner(), "withdraw", tokenOrWrong(), recipient());
      case 25, 26 -> step(mostlyOwner(), "addProduct", tokenOrWrong(), price(), duration());
      case 27 -> step(mostlyOwner(), "setActive", productId(), number(random.nextInt(8) % 3));
      case 28 -> step(random.nextInt(4) == 0 ? model.owner : actor(), "pause");
      case 29 -> step(mostlyOwner(), "unpause");
      case 30 -> step(mostlyOwner(), "transferOwnership", accountOrWrong());
      case 31 -> step(random.nextBoolean() ? model.pendingOwner : actor(), "acceptOwnership");
      case 32 -> step(mostlyOwner(), "renounceOwnership");
      case 33 -> odd();
      case 34, 35 -> onToken("mint", List.of(actor(), price()), Optional.empty());
      case 36, 37, 38 -> onToken("approve", List.of(contract, allowance()), Optional.empty());
      default -> permit();
    };
  }

  private Step purchase(String function) {
    BigInteger id = productId();
    BigInteger price = priceOf(id, ContractModel.NOBODY);
    BigInteger value =
        switch (random.nextInt(10)) {
          case 0 -> price.add(ONE);
          case 1 -> price.subtract(ONE).max(ZERO);
          default -> price;
        };
    List<BigInteger> arguments =
        function.equals("purchaseFor") ? List.of(id, accountOrWrong()) : List.of(id);
    return new Step(actor(), contract, value, function, arguments, Optional.empty());
  }

  /** Often good; else signed for other words, by somebody else, too late or too often. */
  private Step purchaseWithPermit() {
    BigInteger id = productId();
    BigInteger sender = actor();
    Permit permit = newPermit(random.nextInt(8) == 0 ? actor() : sender, priceOf(id, token));
    BigInteger value = random.nextInt(8) == 0 ? price() : permit.value();
    byte[] signature = sign(permit);
    return new Step(
        sender,
        contract,
        random.nextInt(32) == 0 ? ONE : ZERO,
        "purchaseWithPermit",
        List.of(
            id,
            accountOrWrong(),
            value,
            permit.deadline(),
            number(signature[64]),
            new BigInteger(1, Arrays.copyOfRange(signature, 0, 32)),
            new BigInteger(1, Arrays.copyOfRange(signature, 32, 64))),
        Optional.of(permit));
  }

  /** Somebody hands in a permit that is not his own. */
  private Step permit() {
    Permit permit = newPermit(actor(), price());
    byte[] signature = sign(permit);
    return onToken(
        "permit",
        List.of(
            permit.signer(),
            contract,
            permit.value(),
            permit.deadline(),
            number(signature[64]),
            new BigInteger(1, Arrays.copyOfRange(signature, 0, 32)),
            new BigInteger(1, Arrays.copyOfRange(signature, 32, 64))),
        Optional.of(permit));
  }

  private Permit newPermit(BigInteger signer, BigInteger price) {
    return new Permit(
        signer,
        price.add(number(random.nextInt(4))).subtract(ONE).max(ZERO),
        number(now - (random.nextInt(8) == 0 ? 1 : 0)),
        model.permitNonce(signer) + (random.nextInt(8) == 0 ? 1 : 0));
  }

  private Step refund() {
    BigInteger value = random.nextInt(4) == 0 ? ZERO : new BigInteger(80, random);
    return new Step(
        mostlyOwner(),
        contract,
        value,
        "refund",
        List.of(accountOrWrong(), accountOrWrong()),
        Optional.empty());
  }

  /** Ether for what takes none, and what does not exist. */
  private Step odd() {
    String function = ODD.get(random.nextInt(ODD.size()));
    List<BigInteger> arguments = function.equals("claim") ? List.of(actor()) : List.of();
    return new Step(actor(), contract, ONE, function, arguments, Optional.empty());
  }

  private Step step(BigInteger sender, String function, BigInteger... arguments) {
    BigInteger from = actors.contains(sender) ? sender : actor();
    return new Step(from, contract, ZERO, function, List.of(arguments), Optional.empty());
  }

  private Step onToken(String function, List<BigInteger> arguments, Optional<Permit> permit) {
    return new Step(actor(), token, ZERO, function, arguments, permit);
  }

  private BigInteger actor() {
    return actors.get(random.nextInt(actors.size()));
  }

  private BigInteger mostlyOwner() {
    return random.nextInt(4) == 0 ? actor() : model.owner;
  }

  private BigInteger accountOrWrong() {
    return switch (random.nextInt(40)) {
      case 0, 1 -> ZERO;
      case 2 -> ONE.shiftLeft(160).add(actor()); // no address at all
      default -> actor();
    };
  }

  private BigInteger recipient() {
    return switch (random.nextInt(10)) {
      case 0 -> ZERO;
      case 1 -> token;
      case 2 -> contract;
      default -> tills.get(random.nextInt(tills.size()));
    };
  }

  private BigInteger tokenOrWrong() {
    return switch (random.nextInt(10)) {
      case 0 -> tills.getFirst();
      case 1, 2, 3, 4 -> token;
      default -> ZERO;
    };
  }

  private BigInteger productId() {
    int count = model.products.size();
    return switch (random.nextInt(20)) {
      case 0 -> number(count);
      case 1 -> ONE.shiftLeft(256).subtract(ONE);
      // mostly the newest, so that old prices don't rule for ever
      default -> number(Math.max(0, count - 1 - random.nextInt(12)));
    };
  }

  private BigInteger priceOf(BigInteger id, BigInteger inToken) {
    if (id.compareTo(number(model.products.size())) >= 0) {
      return ONE;
    }
    Product product = model.products.get(id.intValueExact());
    return product.token().equals(inToken) ? product.price() : ZERO;
  }

  private BigInteger price() {
    return switch (random.nextInt(16)) {
      case 0 -> ZERO;
      case 1 -> ONE;
      case 2 -> ONE.shiftLeft(96).subtract(ONE);
      case 3 -> ONE.shiftLeft(96);
      default -> new BigInteger(1 + random.nextInt(60), random);
    };
  }

  private BigInteger allowance() {
    return switch (random.nextInt(4)) {
      case 0 -> ONE.shiftLeft(256).subtract(ONE);
      case 1 -> ZERO;
      default -> price();
    };
  }

  private BigInteger duration() {
    return switch (random.nextInt(16)) {
      case 0 -> ZERO;
      case 1 -> ONE;
      case 2 -> number(ContractModel.MAX_AHEAD);
      case 3 -> number(ContractModel.MAX_AHEAD + 1);
      case 4 -> ONE.shiftLeft(32).subtract(ONE);
      case 5 -> ONE.shiftLeft(32);
      case 6, 7 -> number(random.nextInt((int) ContractModel.MAX_AHEAD));
      default -> number(1 + random.nextInt(30 * 24 * 3600));
    };
  }

  // How it is said.

  private Object transaction(Step step, int index) {
    int sender = actors.indexOf(step.sender());
    return Map.of(
        "from", account(step.sender()),
        "to", account(step.to()),
        "value", hex(step.value()),
        "data", data(step),
        "nonce", hex(number(nonces[sender]++)),
        "gas", hex(GAS),
        // who pays more comes first: so the block has them in the order sent
        "gasPrice", hex(number(10_000_000_000L - index)));
  }

  private String data(Step step) {
    String function = step.function();
    if (step.to().equals(token)) {
      return ContractAbi.selector(Objects.requireNonNull(TOKEN_FUNCTIONS.get(function)))
          + ContractAbi.words(step.arguments());
    }
    if (abi.has(function)) {
      return abi.call(function, step.arguments());
    }
    return function.isEmpty() ? "0x" : ContractAbi.selector(function + "()");
  }

  /** EIP-2612. */
  private byte[] sign(Permit permit) {
    if (tokenDomain.isEmpty()) {
      tokenDomain =
          anvil
              .call(
                  "eth_call",
                  Map.of("to", account(token), "data", ContractAbi.selector("DOMAIN_SEPARATOR()")),
                  "latest")
              .asString()
              .substring(2);
    }
    String type =
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";
    String struct =
        Hash.sha3(
            Hash.sha3String(type)
                + ContractAbi.words(
                    List.of(
                        permit.signer(),
                        contract,
                        permit.value(),
                        number(permit.nonce()),
                        permit.deadline())));
    String digest = Hash.sha3("0x1901" + tokenDomain + struct.substring(2));
    return keys.get(actors.indexOf(permit.signer())).signHash(Numeric.hexStringToByteArray(digest));
  }

  private List<BigInteger> ask(BigInteger to, String data) {
    return ContractAbi.numbers(
        anvil.call("eth_call", Map.of("to", account(to), "data", data), "latest").asString());
  }

  private BigInteger askOne(String function, BigInteger... arguments) {
    return ask(contract, abi.call(function, List.of(arguments))).getFirst();
  }

  private BigInteger tokens(BigInteger holder) {
    String call = ContractAbi.selector("balanceOf(address)") + ContractAbi.words(List.of(holder));
    return ask(token, call).getFirst();
  }

  private BigInteger ether(BigInteger holder) {
    String balance = anvil.call("eth_getBalance", account(holder), "latest").asString();
    return new BigInteger(balance.substring(2), 16);
  }

  /** The same question about each, in one request; the answers in the same order. */
  private List<String> batch(
      List<Step> steps, String method, BiFunction<Step, Integer, Object> parameter) {
    List<Map<String, Object>> requests = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      requests.add(
          Map.of(
              "jsonrpc",
              "2.0",
              "id",
              i,
              "method",
              method,
              "params",
              List.of(parameter.apply(steps.get(i), i))));
    }
    HttpRequest request =
        HttpRequest.newBuilder(anvil.rpc())
            .timeout(Duration.ofMinutes(2))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(requests)))
            .build();
    try {
      String reply = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return list(json.readTree(reply)).stream()
          .sorted(Comparator.comparingInt(answer -> answer.get("id").asInt()))
          .map(answer -> answer.path("result").asString(answer.toString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<JsonNode> list(JsonNode array) {
    return array.valueStream().toList();
  }

  private static BigInteger address(String hex) {
    return new BigInteger(hex, 16);
  }

  private static String account(BigInteger address) {
    return Numeric.toHexStringWithPrefixZeroPadded(address, 40);
  }

  private static String hex(BigInteger number) {
    return "0x" + number.toString(16);
  }

  private static BigInteger number(long value) {
    return BigInteger.valueOf(value);
  }
}
