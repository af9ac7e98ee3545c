package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.junit.jupiter.api.Test;

final class BallotTest {

  private static final WalletAddress WALLET = new WalletAddress("a".repeat(40));
  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
  private static final Entitlement UNPAID = new Entitlement(NOW, Instant.EPOCH);
  private static final Entitlement AN_HOUR = paid(3_600);
  private static final Entitlement REVOKED = new Entitlement(AN_HOUR.paidUntil(), NOW);

  private static Entitlement paid(long seconds) {
    return new Entitlement(NOW.plusSeconds(seconds), Instant.EPOCH);
  }

  private static Ballot ballot(int quorum, Entitlement... votes) {
    Ballot ballot = new Ballot(Set.of(WALLET), quorum, NOW);
    for (Entitlement vote : votes) {
      ballot.add(endpoint(), Map.of(WALLET, vote));
    }
    return ballot;
  }

  private static Endpoint endpoint() {
    ChainNode nobody =
        new ChainNode(
            URI.create("http://127.0.0.1:9"), Duration.ofSeconds(1), new SimpleMeterRegistry());
    return new Endpoint(nobody, new ManualTime(), () -> {});
  }

  private static void decides(Ballot ballot, Entitlement expected) {
    assertThat(ballot.decided()).containsExactly(Map.entry(WALLET, expected));
    assertThat(ballot.open()).isEmpty();
  }

  private static void leavesOpen(Ballot ballot, int missing) {
    assertThat(ballot.decided()).isEmpty();
    assertThat(ballot.missing()).isEqualTo(missing);
  }

  @Test
  void oneSufficesForTimeAndTwoForARefusal() {
    decides(ballot(1, AN_HOUR), AN_HOUR);
    leavesOpen(ballot(1, UNPAID), 1);
    decides(ballot(1, UNPAID, UNPAID), UNPAID);
    leavesOpen(ballot(1, REVOKED), 1);
    decides(ballot(1, REVOKED, REVOKED), REVOKED);
  }

  @Test
  void ofTwoThatDifferNeitherIsBelievedUntilAThirdAgreesWithOne() {
    leavesOpen(ballot(1, UNPAID, AN_HOUR), 1);
    assertThat(ballot(1, UNPAID, AN_HOUR).contradiction(WALLET)).isPresent();
    decides(ballot(1, UNPAID, AN_HOUR, UNPAID), UNPAID);
    decides(ballot(1, UNPAID, AN_HOUR, AN_HOUR), AN_HOUR);
    leavesOpen(ballot(1, UNPAID, AN_HOUR, REVOKED), 1);
  }

  @Test
  void twoThatTellOfDifferentRevocationsDiffer() {
    Entitlement earlier = new Entitlement(AN_HOUR.paidUntil(), NOW.minusSeconds(9));
    leavesOpen(ballot(1, REVOKED, earlier), 1);
    leavesOpen(ballot(1, REVOKED, AN_HOUR), 1);
  }

  @Test
  void aQuorumGivesTheEndThatSoManyBearOut() {
    leavesOpen(ballot(2), 2);
    leavesOpen(ballot(2, paid(7_200)), 1);
    decides(ballot(2, paid(7_200), AN_HOUR), AN_HOUR);
    leavesOpen(ballot(3, UNPAID, UNPAID), 1);
  }

  @Test
  void theOnlyOneIsBelievedUnlessThereIsAQuorum() {
    Ballot alone = ballot(1, UNPAID);
    alone.close();
    decides(alone, UNPAID);
    Ballot tooFew = ballot(2, AN_HOUR);
    tooFew.close();
    leavesOpen(tooFew, 1);
    Ballot differing = ballot(1, UNPAID, AN_HOUR);
    differing.close();
    leavesOpen(differing, 1);
  }
}
