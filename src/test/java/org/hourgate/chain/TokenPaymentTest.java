package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.HOUR;
import static org.hourgate.chain.TestChain.OWNER;
import static org.hourgate.chain.TestChain.PRICE;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.TestDollar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Products paid in a token, and refunds. */
final class TokenPaymentTest {

  private static final BigInteger FIVE_DOLLARS = BigInteger.valueOf(5_000_000);
  private static final BigInteger NOTHING = BigInteger.ZERO;

  private final TestChain chain = new TestChain();
  private final HourgateContract contract = chain.contract();
  private WalletAddress dollar;
  private long product;

  @BeforeEach
  void sellForDollars() {
    dollar = TestDollar.deploy(contract.transactor(), OWNER);
    TestDollar.mint(contract.transactor(), OWNER, dollar, ALICE.address(), 100);
    product = contract.addProduct(OWNER, dollar, FIVE_DOLLARS, HOUR);
  }

  @AfterEach
  void stop() {
    chain.close();
  }

  @Test
  void readsWhatTheTokenSaysOfItself() {
    assertThat(contract.token(dollar).currency())
        .isEqualTo(new Currency(Optional.of(dollar), "TUSD", 6));
    assertThat(contract.product(product))
        .isEqualTo(new Product(product, Optional.of(dollar), FIVE_DOLLARS, HOUR, true));
  }

  @Test
  void takesNoOtherAddressForAToken() {
    assertThatThrownBy(() -> contract.token(BOB.address()).currency())
        .isInstanceOf(ChainException.class)
        .hasMessageContaining(BOB.address().checksummed() + " is no token (ERC-20) on chain 31337");
    // A contract, but no token: it refuses every call it does not know.
    assertThatThrownBy(() -> contract.token(contract.address()).currency())
        .hasMessageContaining("is no token (ERC-20) on chain 31337: it refuses decimals");
    assertThatThrownBy(() -> contract.addProduct(OWNER, BOB.address(), FIVE_DOLLARS, HOUR))
        .hasMessageContaining("there is no token contract at " + BOB.address().checksummed());
  }

  @Test
  void sellsToWhoHasApprovedThePrice() {
    assertThatThrownBy(() -> contract.purchaseProduct(ALICE, product, NOTHING))
        .hasMessageContaining(
            "%s may take 0 of the token's smallest unit and needs 5000000"
                .formatted(contract.address().checksummed()));
    contract.token(dollar).approve(ALICE, contract.address(), FIVE_DOLLARS);
    assertThatThrownBy(() -> contract.purchaseProduct(ALICE, product, PRICE))
        .hasMessageContaining("exactly 0 ether must be sent along");

    contract.purchaseProduct(ALICE, product, NOTHING);

    assertThat(chain.paidUntil(ALICE)).isEqualTo(chain.anvil().headTime().plus(HOUR));
    assertThat(contract.takings(Optional.of(dollar))).isEqualTo(FIVE_DOLLARS);
    assertThat(contract.token(dollar).balanceOf(ALICE.address())).isEqualTo(95_000_000);
  }

  @Test
  void sellsToWhoSignsAPermit() {
    Erc20.Permit permit =
        contract
            .token(dollar)
            .permit(
                ALICE, contract.address(), FIVE_DOLLARS, chain.anvil().headTime().plusSeconds(600));

    contract.purchaseWithPermit(ALICE, product, BOB.address(), permit);

    assertThat(chain.paidUntil(BOB)).isEqualTo(chain.anvil().headTime().plus(HOUR));
    // It can be handed in once.
    assertThatThrownBy(() -> contract.purchaseWithPermit(ALICE, product, BOB.address(), permit))
        .hasMessageContaining("may take 0");
  }

  @Test
  void saysThatTheTokensDoNotSuffice() {
    contract.token(dollar).approve(BOB, contract.address(), FIVE_DOLLARS);
    assertThatThrownBy(() -> contract.purchaseProduct(BOB, product, NOTHING))
        .hasMessageContaining(
            "%s has 0 of the token's smallest unit and needs 5000000"
                .formatted(BOB.address().checksummed()));
  }

  @Test
  void withdrawsTokens() {
    contract.token(dollar).approve(ALICE, contract.address(), FIVE_DOLLARS);
    contract.purchaseProduct(ALICE, product, NOTHING);
    WalletKey till = WalletKey.parse("1".repeat(64));

    Receipt receipt = contract.withdraw(OWNER, dollar, till.address());

    assertThat(contract.withdrawnAmount(receipt)).isEqualTo(FIVE_DOLLARS);
    assertThat(contract.token(dollar).balanceOf(till.address())).isEqualTo(FIVE_DOLLARS);
    assertThat(contract.takings(Optional.of(dollar))).isZero();
  }

  @Test
  void refundsInEtherThatThePayeeClaims() {
    BigInteger refund = BigInteger.valueOf(700);
    chain.buyHour(ALICE);
    contract.refund(OWNER, ALICE.address(), BOB.address(), refund);

    assertThat(chain.paidUntil(ALICE)).isBeforeOrEqualTo(chain.anvil().headTime());
    assertThat(contract.claimable(BOB.address())).isEqualTo(refund);
    assertThat(contract.takings(Optional.empty())).isEqualTo(PRICE);
    assertThatThrownBy(() -> contract.claim(ALICE, ALICE.address()))
        .hasMessageContaining("nothing is credited to " + ALICE.address().checksummed());

    WalletKey till = WalletKey.parse("1".repeat(64));
    contract.claim(BOB, till.address());
    assertThat(contract.transactor().balance(till.address())).isEqualTo(refund);
    assertThat(contract.claimable(BOB.address())).isZero();
    contract.withdraw(OWNER, till.address());
    assertThat(contract.transactor().balance(till.address())).isEqualTo(refund.add(PRICE));
  }

  @Test
  void listsManyProductsInOrder() {
    for (int i = 0; i < 30; i++) {
      contract.addProduct(OWNER, BigInteger.valueOf(10 + i), Duration.ofMinutes(1 + i));
    }
    assertThat(contract.products())
        .hasSize(32)
        .allSatisfy(p -> assertThat(p).isEqualTo(contract.product(p.id())))
        .extracting(Product::id)
        .isSorted();
  }
}
