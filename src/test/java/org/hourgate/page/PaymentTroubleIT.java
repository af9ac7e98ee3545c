package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.web3j.crypto.Hash;
import tools.jackson.databind.JsonNode;

/** Everything that can go wrong with a payment has its words and its way on. */
@Execution(CONCURRENT)
@ResourceLock("PaymentTroubleIT")
final class PaymentTroubleIT {

  @RegisterExtension static final PageWorld world = PageWorld.confirming(3);

  private static final String DAI_PERMIT =
      "0xea2aa0a1be11a07ed86d755c93467f4f82362b452371d1ba94d1715123511acb";

  @BeforeAll
  static void offers() {
    world.sell(Duration.ofHours(1));
  }

  @AfterEach
  void goOnMining() {
    world.anvil().mine(1);
    world.startMining();
  }

  @Test
  void aRejectedPaymentCostsNothingAndCanBeTriedAgain() {
    TestWallet wallet = world.newcomer().failNext("eth_sendTransaction", 4001);
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("1 hour");
      visitor.assertRefused("You declined. Nothing was paid.");
      assertThat(visitor.offer("1 hour").getByText("Buy")).isFocused();

      visitor.page().keyboard().press("Enter");
      visitor.assertSent();
      assertThat(visitor.alert()).isEmpty();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void nobodyPaysWhereThePageIsNotAtItsOwnAddress() {
    try (Visitor visitor = Visitor.open(world, world.newcomer())) {
      String home = world.gateway().shop().toString();
      visitor.page().navigate(home.replace("127.0.0.1", "localhost"));
      assertThat(visitor.page().locator("#offers-note")).containsText("Buy at " + home);
      assertThat(visitor.offer("1 hour").locator("button")).isDisabled();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aPoorWalletReadsHowMuchIsMissing() {
    TestWallet wallet = TestWallet.with(world.anvil(), 0);
    String half = "0x" + Visitor.PRICE.divide(BigInteger.TWO).toString(16);
    world.anvil().call("anvil_setBalance", wallet.address(), half);
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("1 hour");
      assertThat(visitor.alert())
          .hasText(
              Pattern.compile(
                  "0\\.000[5-9]\\d* ETH is missing: the price is 0\\.001 ETH and the network fee"
                      + " about 0\\.\\d+ ETH, your wallet has 0\\.0005 ETH\\. Nothing was paid\\."));
      assertThat(visitor.page().locator("#fee"))
          .hasText(Pattern.compile("The network takes a fee of about 0\\.\\d+ ETH besides\\."));
      assertThat(wallet.asked()).doesNotContain("eth_sendTransaction");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void whatTheContractRefusesIsSaidBeforeTheWalletOpens() {
    HourgateContract contract = world.gateway().contract();
    world.sell(Duration.ofDays(730));
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("730 days");
      visitor.assertRefused("Time can be bought until");

      wallet.beforeNext("eth_call", () -> contract.pause(LabGateway.OWNER));
      try {
        visitor.buy("1 hour");
        visitor.assertRefused("The seller has paused all sales.");
        assertThat(visitor.page().locator("#offers-note")).containsText("has paused all sales");
        assertThat(visitor.offer("1 hour").locator("button")).isDisabled();
      } finally {
        contract.unpause(LabGateway.OWNER);
      }
      assertThat(visitor.offer("1 hour").locator("button")).isEnabled();
      assertThat(wallet.asked()).doesNotContain("eth_sendTransaction");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void anOfferThatWasReplacedMeanwhileIsReadAgain() {
    HourgateContract contract = world.gateway().contract();
    long old = world.sell(Duration.ofHours(5));
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      assertThat(visitor.offer("5 hours")).containsText("0.001 ETH");
      wallet.beforeNext(
          "eth_call",
          () -> {
            contract.setActive(LabGateway.OWNER, old, false);
            contract.addProduct(
                LabGateway.OWNER, Visitor.PRICE.multiply(BigInteger.TWO), Duration.ofHours(5));
          });
      visitor.buy("5 hours");

      visitor.assertRefused("This offer is no longer sold.");
      assertThat(visitor.offer("5 hours")).containsText("0.002 ETH");
      assertThat(wallet.asked()).doesNotContain("eth_sendTransaction");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void theOwnerCanNotBuyNorBeGivenTime() {
    try (Visitor visitor = Visitor.open(world, TestWallet.of(world.anvil(), LabGateway.OWNER))) {
      visitor.connect();
      assertThat(visitor.page().locator("#offers-note"))
          .containsText("This wallet owns the shop: it can not buy time.");
      assertThat(visitor.offer("1 hour").locator("button")).isHidden();
      visitor.assertConsoleEmpty();
    }
    try (Visitor visitor = Visitor.open(world, world.newcomer())) {
      visitor.page().getByText("Pay for another wallet").click();
      visitor
          .page()
          .getByLabel("Whose time is it to be?")
          .fill(LabGateway.OWNER.address().checksummed());
      visitor.buy("1 hour");
      visitor.assertRefused("That wallet owns this shop");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void countsConfirmationsAndBearsThatABlockIsReplaced() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      buyWithoutABlock(visitor, "1 hour");
      world.anvil().mine(1);
      assertThat(visitor.payment()).containsText("Confirmed 1 of 3.");
      assertThat(visitor.offer("1 hour")).containsText("counts after 3 blocks");
      world.anvil().mine(1);
      assertThat(visitor.payment()).containsText("Confirmed 2 of 3.");

      Map<String, Object> payment = transaction(wallet);
      world.anvil().reorg(2);
      assertThat(visitor.payment()).containsText("The network replaced the block");
      assertThat(visitor.page().locator("#connect")).isHidden();
      world.anvil().call("eth_sendTransaction", payment);
      world.startMining();

      visitor.assertPaid();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void followsAPaymentThatTheWalletSentAgainWithAnotherFee() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      buyWithoutABlock(visitor, "1 hour");
      String faster = replace(wallet, transaction(wallet));
      world.startMining();

      visitor.assertPaid();
      assertThat(faster).isNotEqualTo(wallet.lastTransaction());
      assertThat(visitor.payment()).containsText(faster);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aPaymentSentAgainIsNotTakenForCancelledByANodeThatTellsNoEvents() {
    TestWallet wallet = world.newcomer().failAlways("eth_getLogs", -32005);
    try (Visitor visitor = Visitor.open(world, wallet)) {
      buyWithoutABlock(visitor, "1 hour");
      replace(wallet, transaction(wallet));
      world.anvil().mine(1);
      assertThat(visitor.payment()).containsText("node does not know it");
      world.startMining();

      visitor.assertPaid();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void nothingIsSentToAnotherChainThanTheGateways() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      wallet.beforeNext("eth_blockNumber", () -> wallet.on("0x1"));
      visitor.buy("1 hour");
      visitor.assertRefused("Your wallet went to another network");
      assertThat(wallet.asked()).doesNotContain("eth_sendTransaction");

      wallet.on(TestWallet.HOME_CHAIN);
      wallet.beforeNext("eth_sendTransaction", () -> wallet.on("0x1"));
      visitor.buy("1 hour");
      visitor.assertRefused("that is another chain");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void whoHasTooFewTokensReadsHowManyAreMissing() {
    TestWallet wallet = world.newcomer();
    world.sellForDollars(world.newcomer(), Duration.ofHours(11));
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("11 hours");
      visitor.assertRefused(
          "1.5 TUSD is missing: the price is 1.5 TUSD, your wallet has 0 TUSD. Nothing was paid.");
      assertThat(wallet.asked()).doesNotContain("eth_signTypedData_v4", "eth_sendTransaction");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void anOldAllowanceIsTakenBackFirstWhereTheTokenWantsThat() {
    TestWallet wallet = world.newcomer();
    WalletAddress tether = world.sellForTether(wallet, Duration.ofHours(12));
    allowOne(wallet, tether);
    world.anvil().mine(1);
    try (Visitor visitor = Visitor.open(world, wallet)) {
      assertThat(visitor.offer("12 hours")).containsText("1.5 TUST");
      world.stopMining();
      visitor.buy("12 hours");
      assertThat(visitor.payment()).containsText("until the old allowance is taken back");
      world.startMining();

      visitor.assertPaid();
      assertThat(wallet.asked())
          .filteredOn("eth_sendTransaction"::equals)
          .as("nothing, the price, the payment")
          .hasSize(3);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void anAllowanceThatNeverComesOrIsTooSmallLeavesAWayOn() {
    TestWallet wallet = world.newcomer().answerView("PERMIT_TYPEHASH()", DAI_PERMIT);
    WalletAddress dollar = world.sellForDollars(wallet, Duration.ofHours(9));
    try (Visitor visitor = Visitor.open(world, wallet)) {
      wallet.answerNext("eth_sendTransaction", "0x" + "ab".repeat(32));
      visitor.buy("9 hours");
      assertThat(visitor.payment()).containsText("Waiting until the allowance is in a block");
      visitor.button("Stop").click();
      visitor.assertRefused("You stopped");

      wallet.answerNext("eth_sendTransaction", allowOne(wallet, dollar));
      visitor.buy("9 hours");
      visitor.assertRefused("The allowance is smaller than the price, 1.5 TUSD.");

      visitor.buy("9 hours");
      visitor.assertPaid();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aPermitOfAnotherShapeIsNotSigned() {
    TestWallet wallet = world.newcomer().answerView("PERMIT_TYPEHASH()", DAI_PERMIT);
    world.sellForDollars(wallet, Duration.ofHours(10));
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("10 hours");

      visitor.assertPaid();
      assertThat(wallet.asked()).doesNotContain("eth_signTypedData_v4");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void noticesThatThePaymentWasCancelledInTheWallet() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      buyWithoutABlock(visitor, "1 hour");
      Map<String, Object> nothing = transaction(wallet);
      nothing.putAll(Map.of("to", wallet.address(), "value", "0x0", "data", "0x"));
      replace(wallet, nothing);
      world.startMining();

      assertThat(visitor.heading("Payment cancelled")).isVisible();
      assertThat(visitor.payment()).containsText("Nothing was bought.");
      visitor.payment().getByText("Close").click();
      assertThat(visitor.payment()).isHidden();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aPaymentThatFailsInItsBlockIsNotTakenForPaid() {
    long product = world.sell(Duration.ofHours(7));
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      assertThat(visitor.offer("7 hours")).isVisible();
      buyWithoutABlock(visitor, "7 hours");
      takeOffSaleBefore(transaction(wallet), product);
      world.startMining();

      assertThat(visitor.heading("Payment refused")).isVisible();
      assertThat(visitor.payment()).containsText("Only the network fee was spent.");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aLongWaitHasAWayOut() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.stopTheClock();
      buyWithoutABlock(visitor, "1 hour");
      visitor.hideTheGatesTime();
      visitor.page().clock().fastForward("01:30");
      assertThat(visitor.payment()).containsText("your wallet can speed it up");
      assertThat(visitor.payment()).containsText("You may close this page and come back.");
      assertThat(visitor.payment()).containsText(wallet.lastTransaction());
      assertThat(visitor.offer("1 hour").locator("button")).isDisabled();

      visitor.button("Stop watching").click();
      assertThat(visitor.payment()).isHidden();
      assertThat(visitor.offer("1 hour").locator("button")).isEnabled();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aPaymentThatIsFoundOnceItsWalletIsBackIsNotPaidTwice() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      buyWithoutABlock(visitor, "1 hour");
      visitor.button("Disconnect wallet").click();
      assertThat(visitor.payment()).isHidden();
      visitor.buy("1 hour");

      assertThat(visitor.alert()).containsText("One payment at a time");
      visitor.assertSent();
      assertThat(wallet.asked()).filteredOn("eth_sendTransaction"::equals).hasSize(1);
      world.startMining();
      visitor.assertPaid();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aWalletThatGoesToAnotherChainDoesNotMakeThePaymentCancelled() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.stopTheClock();
      buyWithoutABlock(visitor, "1 hour");
      wallet.on("0x1");
      visitor.emit(0, "chainChanged", "0x1");
      assertThat(visitor.page().locator("#chain-banner")).isVisible();
      visitor.page().clock().runFor("00:15");
      assertThat(visitor.payment()).containsText("Waiting for a block");
      wallet.on(TestWallet.HOME_CHAIN);
      visitor.emit(0, "chainChanged", TestWallet.HOME_CHAIN);
      world.startMining();

      visitor.assertPaid();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void timeThatIsTakenBackIsNotTakenInSilence() {
    HourgateContract contract = world.gateway().contract();
    TestWallet wallet = world.newcomer();
    WalletAddress account = wallet.key().address();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      assertThat(visitor.page().locator("#time-left")).isVisible();
      contract.refund(LabGateway.OWNER, account, account, BigInteger.ONE);

      assertThat(visitor.alert()).containsText("Time was taken back");
      assertThat(visitor.page().locator("#connect")).isHidden();
      visitor.assertConsoleEmpty();
    }
  }

  /** Pays, and leaves the payment waiting. */
  private static void buyWithoutABlock(Visitor visitor, String title) {
    world.stopMining();
    visitor.buy(title);
    visitor.assertSent();
  }

  /** Another transaction, by the owner and worth more to whoever makes the block, comes first. */
  private static void takeOffSaleBefore(Map<String, Object> payment, long product) {
    String call = Hash.sha3String("setActive(uint256,bool)").substring(0, 10);
    world
        .anvil()
        .call(
            "eth_sendTransaction",
            Map.of(
                "from",
                LabGateway.OWNER.address().checksummed(),
                "to",
                payment.get("to"),
                "data",
                call + "%064x%064x".formatted(product, 0),
                "maxFeePerGas",
                "0x174876e800",
                "maxPriorityFeePerGas",
                "0x174876e800"));
  }

  /** The user let the shop have less than it asks for. */
  private static String allowOne(TestWallet wallet, WalletAddress token) {
    String call = Hash.sha3String("approve(address,uint256)").substring(0, 10);
    String shop = world.gateway().contract().address().checksummed().substring(2);
    return world
        .anvil()
        .call(
            "eth_sendTransaction",
            Map.of(
                "from",
                wallet.address(),
                "to",
                token.checksummed(),
                "data",
                call + "0".repeat(24) + shop + "%064x".formatted(1)))
        .asString();
  }

  /** What the wallet sent last, for somebody to send again. */
  private static Map<String, Object> transaction(TestWallet wallet) {
    JsonNode sent = world.anvil().call("eth_getTransactionByHash", wallet.lastTransaction());
    Map<String, Object> again = new HashMap<>();
    again.put("from", sent.get("from").asString());
    again.put("to", sent.get("to").asString());
    again.put("value", sent.get("value").asString());
    again.put("data", sent.get("input").asString());
    again.put("nonce", sent.get("nonce").asString());
    return again;
  }

  private static String replace(TestWallet wallet, Map<String, Object> by) {
    JsonNode sent = world.anvil().call("eth_getTransactionByHash", wallet.lastTransaction());
    BigInteger fee =
        new BigInteger(sent.get("maxFeePerGas").asString().substring(2), 16)
            .multiply(BigInteger.TEN);
    Map<String, Object> replacement = new HashMap<>(by);
    replacement.put("maxFeePerGas", "0x" + fee.toString(16));
    replacement.put("maxPriorityFeePerGas", "0x" + fee.toString(16));
    return world.anvil().call("eth_sendTransaction", replacement).asString();
  }
}
