package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.OWNER;
import static org.hourgate.chain.TestChain.PRICE;

import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.hourgate.app.lab.Anvil;
import org.hourgate.testing.Faults;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can go wrong between trying a transaction out and its receipt. */
final class TransactorTest {

  private static final URI NOBODY = URI.create("http://127.0.0.1:9");
  private static final ContractCall BUY = ContractCall.purchaseProduct(0, PRICE);

  private final TestChain chain = new TestChain();
  private final FaultyRpc node = FaultyRpc.before(chain.anvil().rpc());
  private final HourgateContract contract =
      HourgateContract.at(node.uri(), Anvil.CHAIN_ID, chain.contract().address());
  private final Transactor transactor = contract.transactor();

  @AfterEach
  void stop() {
    contract.close();
    node.close();
    chain.close();
  }

  @Test
  void usesTheFirstNodeOfTheRightChain() {
    try (FaultyRpc other = FaultyRpc.before(chain.anvil().rpc())) {
      other.behave("eth_chainId", Faults.result("\"0x1\""));
      try (Transactor connected =
          Transactor.connect(List.of(NOBODY, other.uri(), node.uri()), Anvil.CHAIN_ID)) {
        assertThat(connected.node()).isEqualTo(node.uri().toString());
      }
      assertThatThrownBy(() -> Transactor.connect(List.of(NOBODY, other.uri()), Anvil.CHAIN_ID))
          .isInstanceOfSatisfying(
              ChainException.class, e -> assertThat(e.isUnreachable()).isFalse())
          .hasMessageContaining("cannot reach http://127.0.0.1:9")
          .hasMessageContaining("is a node of chain 1, not of 31337");
    }
    assertThatThrownBy(() -> Transactor.connect(List.of(NOBODY), Anvil.CHAIN_ID))
        .isInstanceOfSatisfying(ChainException.class, e -> assertThat(e.isUnreachable()).isTrue());
  }

  @Test
  void sendsNothingWhileTryingOut() {
    Draft draft = contract.tryOut(ALICE.address(), BUY);

    assertThat(draft.sender()).isEqualTo(ALICE.address());
    assertThat(draft.to()).contains(contract.address());
    assertThat(draft.waiting()).isZero();
    assertThat(draft.feeAtMost()).isPositive();
    assertThat(node.asked("eth_sendRawTransaction")).isZero();
    assertThat(chain.paidUntil(ALICE)).isEqualTo("1970-01-01T00:00:00Z");
  }

  @Test
  void paysNoMoreThanItSaid() {
    Draft draft = contract.tryOut(ALICE.address(), BUY);
    BigInteger before = transactor.balance(ALICE.address());

    Receipt receipt = transactor.await(transactor.submit(ALICE, draft));

    BigInteger paid = before.subtract(transactor.balance(ALICE.address())).subtract(PRICE);
    assertThat(receipt.fee()).contains(paid);
    assertThat(paid).isLessThanOrEqualTo(draft.feeAtMost());
    assertThat(receipt.block()).isEqualTo(chain.anvil().blockNumber());
  }

  @Test
  void saysThatTheGasCannotBePaid() {
    chain.anvil().call("anvil_setBalance", ALICE.address().lowerCase(), "0x" + PRICE.toString(16));
    assertThatThrownBy(() -> contract.tryOut(ALICE.address(), BUY))
        .hasMessageContaining("has 0.000000000000001 ether, and needs up to 0.0")
        .hasMessageEndingWith("for what it sends along and the gas: put some more there first");
  }

  @Test
  void saysWhyATransactionFailedThatWasRightBefore() {
    Draft draft = contract.tryOut(ALICE.address(), BUY);
    chain.contract().pause(OWNER);

    assertThatThrownBy(() -> transactor.await(transactor.submit(ALICE, draft)))
        .hasMessageContaining("failed in block ")
        .hasMessageContaining("its gas is spent; tried again now, the contract refuses: purchases");
  }

  @Test
  void saysThatAnotherTransactionCameFirst() {
    Draft draft = contract.tryOut(ALICE.address(), BUY);
    chain.buyHour(ALICE);

    assertThatThrownBy(() -> transactor.submit(ALICE, draft))
        .hasMessageStartingWith("another transaction of this wallet came first");
  }

  @Test
  void saysThatAnEarlierTransactionStillWaits() {
    chain.anvil().setAutomine(false);
    Draft draft = contract.tryOut(ALICE.address(), BUY);
    Draft other = contract.tryOut(ALICE.address(), ContractCall.revokeCredentials());
    Transactor.Submitted first = transactor.submit(ALICE, draft);

    assertThatThrownBy(() -> transactor.submit(ALICE, other))
        .hasMessageStartingWith("an earlier transaction of this wallet still waits");
    assertThat(contract.tryOut(ALICE.address(), BUY).waiting()).isEqualTo(1);
    // The same once more is no other.
    assertThat(transactor.submit(ALICE, draft)).isEqualTo(first);

    chain.anvil().mine(1);
    assertThat(transactor.await(first).transaction()).isEqualTo(first.hash());
  }

  @Test
  void saysThatNobodyKnowsWhetherItWasTaken() {
    Draft draft = contract.tryOut(ALICE.address(), BUY);
    node.behave("eth_sendRawTransaction", Faults.garbage());

    assertThatThrownBy(() -> transactor.submit(ALICE, draft))
        .hasMessageMatching(
            "the transaction 0x[0-9a-f]{64} was handed over, but whether it was taken is not known"
                + " .*: look it up before you try again");
  }

  @Test
  void waitsOnWhileTheNodeIsSilent() {
    AtomicInteger failures = new AtomicInteger(5);
    node.behave(
        "eth_getTransactionReceipt",
        question -> {
          if (failures.getAndDecrement() > 0) {
            question.reply(503, "");
          } else {
            question.passOn();
          }
        });

    assertThat(contract.send(ALICE, BUY).block()).isEqualTo(chain.anvil().blockNumber());
    assertThat(failures).hasValueLessThan(0);
  }

  @Test
  void sendsNothingOnAChainWithoutBaseFee() {
    node.behave(
        "eth_getBlockByNumber",
        question -> question.replace(reply -> reply.replaceAll("\"baseFeePerGas\":\"\\w+\",", "")));

    assertThatThrownBy(() -> contract.tryOut(ALICE.address(), BUY))
        .hasMessageContaining("the chain has no base fee (EIP-1559)");
  }

  @Test
  void passesOnThatTheNodeRefuses() {
    node.behave("eth_estimateGas", Faults.error(-32005, "rate limit reached"));
    assertThatThrownBy(() -> contract.tryOut(ALICE.address(), BUY))
        .hasMessageStartingWith("the node has been asked too often");
    node.behave("eth_estimateGas", Faults.error(3, "execution reverted"));
    assertThatThrownBy(() -> contract.tryOut(ALICE.address(), BUY))
        .hasMessageStartingWith("the contract refuses without a word");
  }

  @Test
  void signsForNobodyElse() {
    Draft draft = contract.tryOut(ALICE.address(), BUY);
    assertThatThrownBy(() -> transactor.submit(BOB, draft))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(draft.to()).isEqualTo(Optional.of(contract.address()));
  }
}
