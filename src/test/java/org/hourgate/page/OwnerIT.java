package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.TestDollar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The contract's owner looks after the shop on the page, and nobody else sees any of it. */
@Execution(CONCURRENT)
@ResourceLock("OwnerIT")
final class OwnerIT {

  @RegisterExtension static final PageWorld world = PageWorld.standard();

  @Test
  void looksAfterEverybodyOnline() throws Exception {
    WalletKey loud = customer();
    WalletKey robbed = customer();
    OpenVpnClient.Builder profile = world.gateway().client(robbed, "device");
    OpenVpnClient.Builder sold = world.gateway().client(loud, "device");
    try (OpenVpnClient first = sold.start();
        OpenVpnClient second = profile.start();
        Visitor visitor = owner()) {
      first.awaitConnected(LabGateway.LONG);
      second.awaitConnected(LabGateway.LONG);
      Locator one = row(visitor, "#owner-sessions", loud.address().checksummed());
      assertThat(one).containsText("from " + first.namespace().address() + ":");
      assertThat(one).containsText("until ");
      assertThat(row(visitor, "#owner-sessions", robbed.address().checksummed())).isVisible();
      visitor.assertAccessible();
      visitor.screenshot("owner");

      String device = device(visitor, loud);

      press(one, "Disconnect");
      assertThat(visitor.heading("Disconnect this customer?")).isVisible();
      visitor.assertAccessible();
      visitor.page().getByLabel("Why?").fill("Too loud for my line");
      visitor.button("End it").click();
      first.output().await("Too loud for my line", LabGateway.LONG);
      assertThat(one).hasCount(0);

      visitor.page().onDialog(Dialog::accept);
      press(row(visitor, "#owner-sessions", robbed.address().checksummed()), "Revoke its profile");
      second.output().await("[revoked]", LabGateway.LONG);
      assertThat(visitor.page().locator("#owner-nobody")).hasText("Nobody is connected.");
      try (OpenVpnClient again = profile.start()) {
        again.output().await("[revoked]", LabGateway.LONG);
      }

      visitor.page().getByText("Revoke a profile that is not connected").click();
      visitor.page().getByLabel("The customer’s wallet").fill(loud.address().checksummed());
      visitor.button("Revoke this profile").click();
      assertThat(visitor.alert()).containsText("Write the number of the profile");
      visitor.page().getByLabel("The profile’s number").fill(device);
      visitor.assertAccessible();
      visitor.button("Revoke this profile").click();
      assertThat(visitor.alert()).containsText("Profile " + device + " is revoked.");
      try (OpenVpnClient again = sold.start()) {
        again.output().await("[revoked]", LabGateway.LONG);
      }
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void sellsAndTakesTheMoney() {
    HourgateContract contract = world.gateway().contract();
    long product = world.sell(Duration.ofHours(7));
    contract.purchaseProduct(world.newcomer().key(), product, Visitor.PRICE);
    WalletAddress dollar = TestDollar.deploy(contract.transactor(), LabGateway.OWNER);
    WalletAddress safe = TestWallet.newKey(world.anvil(), 0).address();
    try (Visitor visitor = owner()) {
      Locator old = row(visitor, "#owner-products", "7 hours for 0.001 ETH");
      assertThat(old).containsText("on sale, sold 1 for 0.001 ETH");
      press(old, "Take off sale");
      assertThat(old).containsText("off sale");
      assertThat(visitor.alert()).containsText("is off sale.");
      assertThat(visitor.offer("7 hours")).hasCount(0);
      assertThat(contract.product(product).active()).isFalse();

      visitor.page().getByText("Add a product").click();
      visitor.page().getByLabel("Price").fill("0.002");
      visitor.page().getByLabel("Time", exact()).fill("90");
      visitor.page().getByLabel("Counted in").selectOption("minutes");
      visitor.assertAccessible();
      visitor.button("Add it").click();
      assertThat(visitor.offer("1 hour 30 minutes")).containsText("0.002 ETH");
      assertThat(visitor.button("Add it")).not().hasAttribute("aria-busy", "true");

      visitor.page().getByLabel("Paid in").selectOption("Another token");
      visitor.page().getByLabel("Address of the token").fill(dollar.checksummed());
      visitor.page().getByLabel("Price").fill("1.5");
      visitor.page().getByLabel("Time", exact()).fill("3");
      visitor.page().getByLabel("Counted in").selectOption("days");
      visitor.button("Add it").click();
      assertThat(visitor.offer("3 days")).containsText("1.5 TUSD");
      assertThat(row(visitor, "#owner-balances", "0 TUSD")).containsText(dollar.checksummed());

      // What somebody else sells meanwhile changes nothing in the form.
      visitor.page().getByLabel("Paid in").selectOption("Another token");
      WalletAddress tether = TestDollar.deployTether(contract.transactor(), LabGateway.OWNER);
      contract.addProduct(LabGateway.OWNER, tether, BigInteger.TWO, Duration.ofHours(9));
      assertThat(visitor.offer("9 hours")).isVisible();
      assertThat(visitor.page().getByLabel("Paid in")).hasValue("other");

      visitor.page().getByLabel("Withdraw to").fill("0x123");
      Locator ether = row(visitor, "#owner-balances", "ETH");
      press(ether, "Withdraw");
      assertThat(visitor.alert()).containsText("Write the address the money goes to");
      visitor.page().getByLabel("Withdraw to").fill(safe.checksummed());
      press(ether, "Withdraw");
      assertThat(visitor.alert()).containsText("Withdrawn to");
      assertThat(ether).containsText("0 ETH");
      assertThat(ether.getByRole(AriaRole.BUTTON)).isDisabled();
      assertThat(balance(safe)).isEqualTo(Visitor.PRICE);

      visitor.button("Pause all sales").click();
      assertThat(visitor.button("Allow sales again")).isVisible();
      assertThat(contract.isPaused()).isTrue();
      // The gate may tell of it before the wallet does, and until then the button is busy.
      assertThat(visitor.alert()).containsText("All sales are paused.");
      assertThat(visitor.button("Allow sales again")).not().hasAttribute("aria-busy", "true");
      visitor.button("Allow sales again").click();
      assertThat(visitor.button("Pause all sales")).isVisible();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aWalletThatGoesToAnotherChainDoesNotMakeTheChangeCancelled() {
    TestWallet wallet = TestWallet.of(world.anvil(), LabGateway.OWNER);
    try (Visitor visitor = signedIn(Visitor.open(world, wallet))) {
      assertThat(visitor.button("Pause all sales")).isVisible();
      world.stopMining();
      visitor.button("Pause all sales").click();
      visitor.page().waitForCondition(() -> !wallet.lastTransaction().isEmpty());
      wallet.on("0x1");
      visitor.emit(0, "chainChanged", "0x1");
      int asked = wallet.asked().size();
      // It asks where the wallet is each second, and nothing else.
      visitor.page().waitForCondition(() -> wallet.asked().size() > asked + 8);
      assertThat(visitor.alert()).isEmpty();
      wallet.on(TestWallet.HOME_CHAIN);
      world.startMining();

      assertThat(visitor.alert()).containsText("All sales are paused.");
      visitor.assertConsoleEmpty();
    } finally {
      world.startMining();
      HourgateContract contract = world.gateway().contract();
      if (contract.isPaused()) {
        contract.unpause(LabGateway.OWNER);
      }
    }
  }

  @Test
  void opensTheWalletForNothingThatTheContractRefuses() {
    HourgateContract contract = world.gateway().contract();
    TestWallet wallet = TestWallet.of(world.anvil(), LabGateway.OWNER);
    try (Visitor visitor = signedIn(Visitor.open(world, OwnerIT::darkPhone, wallet))) {
      assertThat(visitor.button("Pause all sales")).isVisible();
      visitor.assertAccessible();
      visitor.screenshot("owner-dark-narrow");
      assertThat(
              (Number) visitor.page().evaluate("document.documentElement.scrollWidth - innerWidth"))
          .isEqualTo(0);

      wallet.beforeNext("eth_call", () -> contract.pause(LabGateway.OWNER));
      visitor.button("Pause all sales").click();
      assertThat(visitor.alert()).containsText("Sales are paused already. Nothing was sent.");
      assertThat(wallet.asked()).doesNotContain("eth_sendTransaction");

      wallet.failNext("eth_sendTransaction", 4001);
      visitor.button("Allow sales again").click();
      assertThat(visitor.alert()).containsText("You declined. Nothing has changed.");
      assertThat(contract.isPaused()).isTrue();
      visitor.assertConsoleEmpty();
    } finally {
      if (contract.isPaused()) {
        contract.unpause(LabGateway.OWNER);
      }
    }
  }

  @Test
  void whoHasHandedTheContractOnSeesNothingAnyMore() throws Exception {
    WalletKey customer = customer();
    WalletKey buyer = world.newcomer().key();
    try (OpenVpnClient client = world.gateway().client(customer, "device").start();
        Visitor visitor = owner()) {
      client.awaitConnected(LabGateway.LONG);
      assertThat(row(visitor, "#owner-sessions", customer.address().checksummed())).isVisible();

      handOver(LabGateway.OWNER, buyer);
      try {
        assertThat(visitor.page().locator("#owner")).isHidden();
        assertThat(visitor.page().locator("#owner-sessions li")).hasCount(0);
        awaitView(visitor, 403);
      } finally {
        handOver(buyer, LabGateway.OWNER);
        awaitView(visitor, 200); // Whoever comes next finds the owner whom he expects.
      }
    }
  }

  /** Whose the contract is, is remembered for two seconds. */
  private static void awaitView(Visitor visitor, int expected) {
    Awaitility.await()
        .pollInSameThread()
        .atMost(LabGateway.LONG)
        .until(
            () -> visitor.page().evaluate("async () => (await fetch('/api/owner')).status"),
            status -> status.equals(expected));
  }

  private static String device(Visitor visitor, WalletKey customer) {
    return (String)
        visitor
            .page()
            .evaluate(
                "async (wallet) => (await (await fetch('/api/owner')).json()).sessions"
                    + ".find((one) => one.wallet === wallet).device",
                customer.address().checksummed());
  }

  private static WalletKey customer() {
    WalletKey key = world.newcomer().key();
    world.grant(key, Duration.ofHours(1));
    return key;
  }

  private static Visitor owner() {
    return signedIn(Visitor.open(world, TestWallet.of(world.anvil(), LabGateway.OWNER)));
  }

  private static Visitor signedIn(Visitor visitor) {
    visitor.connect().button("Sign in as its owner").click();
    return visitor;
  }

  private static NewContextOptions darkPhone(NewContextOptions options) {
    return options.setColorScheme(ColorScheme.DARK).setViewportSize(390, 844);
  }

  private static Locator row(Visitor visitor, String list, String text) {
    return visitor
        .page()
        .locator(list + " li")
        .filter(new Locator.FilterOptions().setHasText(text));
  }

  private static void press(Locator row, String name) {
    row.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name)).click();
  }

  private static Page.GetByLabelOptions exact() {
    return new Page.GetByLabelOptions().setExact(true);
  }

  private static BigInteger balance(WalletAddress wallet) {
    String hex = world.anvil().call("eth_getBalance", wallet.checksummed(), "latest").asString();
    return new BigInteger(hex.substring(2), 16);
  }

  /** Ownable2Step: the new owner accepts. */
  private static void handOver(WalletKey from, WalletKey to) {
    send(from, "0xf2fde38b" + "0".repeat(24) + to.address().hex()); // transferOwnership(address)
    send(to, "0x79ba5097"); // acceptOwnership()
  }

  private static void send(WalletKey from, String data) {
    world.anvil().call("anvil_autoImpersonateAccount", true);
    world
        .anvil()
        .call(
            "eth_sendTransaction",
            Map.of(
                "from",
                from.address().checksummed(),
                "to",
                world.gateway().contract().address().checksummed(),
                "data",
                data));
    world.anvil().mine(1);
  }
}
