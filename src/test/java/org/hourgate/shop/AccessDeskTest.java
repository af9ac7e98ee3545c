package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.hourgate.shop.ShopWorld.NOW;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.hourgate.credential.WalletAddress;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.StubLedger;
import org.junit.jupiter.api.Test;

final class AccessDeskTest {

  private final StubLedger ledger = new StubLedger();
  private final AccessDesk desk = new AccessDesk(ledger, false, new ManualTime(NOW));

  @Test
  void turnsVisitorsAwayBeforeLoginsWaitForThem() {
    ledger.hold();
    List<CompletableFuture<Access>> answers = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      answers.add(desk.of(WalletAddress.parse("0x%040x".formatted(i))).toCompletableFuture());
    }
    assertThat(ledger.questions()).isEqualTo(200);
    assertThat(answers).filteredOn(CompletableFuture::isCompletedExceptionally).hasSize(50);

    ledger.release();

    assertThat(answers.stream().filter(answer -> !answer.isCompletedExceptionally()))
        .hasSize(200)
        .allMatch(CompletableFuture::isDone);
    assertThat(desk.of(ALICE.address()).toCompletableFuture()).isCompleted();
  }
}
