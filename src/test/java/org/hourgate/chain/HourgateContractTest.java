package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.HOUR;
import static org.hourgate.chain.TestChain.OWNER;
import static org.hourgate.chain.TestChain.PRICE;

import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.hourgate.app.lab.Anvil;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HourgateContractTest {

  private final TestChain chain = new TestChain();
  private final HourgateContract contract = chain.contract();

  @AfterEach
  void stop() {
    chain.close();
  }

  @Test
  void sellsWhatItsOwnerAdded() {
    assertThat(contract.owner()).isEqualTo(OWNER.address());
    BigInteger price = new BigInteger("79228162514264337593543950335"); // the largest uint96
    assertThat(contract.addProduct(OWNER, price, Duration.ofDays(30))).isEqualTo(1);
    contract.setActive(OWNER, 1, false);
    assertThat(contract.products())
        .containsExactly(
            new Product(0, Optional.empty(), PRICE, HOUR, true),
            new Product(1, Optional.empty(), price, Duration.ofDays(30), false));

    Receipt receipt = contract.purchaseProduct(ALICE, 0, PRICE);
    Instant bought = chain.anvil().headTime();
    assertThat(receipt.block()).isEqualTo(chain.anvil().blockNumber());
    assertThat(chain.paidUntil(ALICE)).isEqualTo(bought.plus(HOUR));
    contract.purchaseFor(ALICE, 0, BOB.address(), PRICE);
    assertThat(chain.paidUntil(BOB)).isAfter(bought);
    contract.grant(OWNER, ALICE.address(), Duration.ofMinutes(10));
    assertThat(chain.paidUntil(ALICE)).isEqualTo(bought.plus(HOUR).plus(Duration.ofMinutes(10)));
    contract.revokeCredentials(ALICE);
    assertThat(contract.entitlementOf(ALICE.address()).credentialsFrom())
        .isEqualTo(chain.anvil().headTime());

    WalletKey till = Anvil.key(9);
    contract.withdraw(OWNER, till.address());
    assertThat(
            chain.anvil().call("eth_getBalance", till.address().lowerCase(), "latest").asString())
        .isEqualTo("0x" + new BigInteger("10000000000000000002000").toString(16));
  }

  @Test
  void asksForSeveralProductsAtOnce() {
    contract.addProduct(OWNER, PRICE, HOUR);
    CountDownLatch both = new CountDownLatch(2);
    try (FaultyRpc node = FaultyRpc.before(chain.anvil().rpc());
        HourgateContract patient =
            HourgateContract.at(node.uri(), Anvil.CHAIN_ID, contract.address())) {
      node.behave(
          question -> {
            if (question.mentions(Words.selector("product(uint256)"))) {
              both.countDown();
              both.await();
            }
            question.passOn();
          });
      assertThat(patient.products()).isEqualTo(contract.products());
    }
  }

  @Test
  void saysWhyTheContractRefuses() {
    assertThatThrownBy(() -> contract.purchaseProduct(ALICE, 0, BigInteger.ONE))
        .isInstanceOf(ChainException.class)
        .hasMessageStartingWith(
            "the contract refuses: exactly 0.000000000000001 ether must be sent along, not");
    assertThatThrownBy(() -> contract.purchaseProduct(ALICE, 5, PRICE))
        .hasMessageStartingWith("the contract refuses: there is no product 5: ");
    assertThatThrownBy(() -> contract.grant(ALICE, ALICE.address(), HOUR))
        .hasMessageStartingWith(
            "the contract refuses: %s is not the owner of the contract: sign with"
                .formatted(ALICE.address().checksummed()));
    assertThatThrownBy(() -> contract.purchaseProduct(OWNER, 0, PRICE))
        .hasMessageContaining("it can neither pay for time nor get any");
    assertThatThrownBy(() -> contract.grant(OWNER, ALICE.address(), Duration.ofDays(731)))
        .hasMessageContaining("is the latest end allowed");
    assertThatThrownBy(() -> contract.product(7))
        .hasMessageStartingWith("the contract refuses: there is no product 7: ");
    contract.setActive(OWNER, 0, false);
    assertThatThrownBy(() -> contract.purchaseProduct(ALICE, 0, PRICE))
        .hasMessageContaining("product 0 is not for sale at present");
    contract.setActive(OWNER, 0, true);
    contract.pause(OWNER);
    assertThat(contract.isPaused()).isTrue();
    assertThatThrownBy(() -> contract.purchaseProduct(ALICE, 0, PRICE))
        .hasMessageContaining("purchases are paused");
    contract.unpause(OWNER);
    assertThat(contract.isPaused()).isFalse();
  }

  @Test
  void saysThatTheSenderIsPoor() {
    WalletKey poor = WalletKey.parse("1".repeat(64));
    assertThatThrownBy(() -> contract.purchaseProduct(poor, 0, PRICE))
        .isInstanceOf(ChainException.class)
        .hasMessageContaining(" has 0 ether, and needs up to 0.000000000000001 ether");
  }

  @Test
  void sendsNothingToAnotherChain() {
    try (HourgateContract elsewhere =
        HourgateContract.at(chain.anvil().rpc(), 1, contract.address())) {
      assertThatThrownBy(() -> elsewhere.pause(OWNER))
          .hasMessageContaining("is a node of chain 31337, not of 1: check the chain id");
    }
    assertThat(contract.isPaused()).isFalse();
  }

  @Test
  void saysThatThereIsNoContractOrNoNode() {
    try (HourgateContract none =
            HourgateContract.at(chain.anvil().rpc(), Anvil.CHAIN_ID, ALICE.address());
        HourgateContract down =
            HourgateContract.at(
                URI.create("http://127.0.0.1:9"), Anvil.CHAIN_ID, contract.address())) {
      assertThatThrownBy(none::products).isInstanceOf(ChainException.class);
      assertThatThrownBy(() -> none.entitlementOf(BOB.address()))
          .isInstanceOf(ChainException.class);
      assertThatThrownBy(down::products)
          .isInstanceOf(ChainException.class)
          .hasMessageContaining("cannot reach http://127.0.0.1:9");
    }
  }
}
