package org.hourgate.chain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementListener;

/** Keeps what it was told. */
final class RecordingListener implements EntitlementListener {

  record Change(WalletAddress wallet, Entitlement entitlement, boolean afterReorganisation) {
    Instant paidUntil() {
      return entitlement.paidUntil();
    }
  }

  private final List<Change> changes = new CopyOnWriteArrayList<>();

  @Override
  public void entitlementChanged(
      WalletAddress wallet, Entitlement entitlement, boolean afterReorganisation) {
    changes.add(new Change(wallet, entitlement, afterReorganisation));
  }

  List<Change> changes() {
    return List.copyOf(changes);
  }

  /** Waits for a change that fits and forgets it and what came before. */
  Change await(Predicate<Change> fits) {
    Change found =
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> changes.stream().filter(fits).findFirst(), Optional::isPresent)
            .orElseThrow();
    changes.subList(0, changes.indexOf(found) + 1).clear();
    return found;
  }
}
