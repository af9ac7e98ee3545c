package org.hourgate.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.hourgate.chaos.Fact.Answered;
import org.hourgate.chaos.Fact.Asked;
import org.hourgate.chaos.Fact.Attached;
import org.hourgate.chaos.Fact.Ban;
import org.hourgate.chaos.Fact.Chain;
import org.hourgate.chaos.Fact.Cut;
import org.hourgate.chaos.Fact.Exited;
import org.hourgate.chaos.Fact.Harmed;
import org.hourgate.chaos.Fact.Held;
import org.hourgate.chaos.Fact.Login;
import org.hourgate.chaos.Fact.Packets;
import org.hourgate.chaos.Fact.ProfileRevoked;
import org.hourgate.chaos.Fact.Up;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model lets a right history pass, and finds what is changed in it. Times in milliseconds. */
final class ModelTest {

  private static final String ALICE = "0xA11ce";
  private static final String BOB = "0xB0b";
  private static final String PASSWORD = "p";
  private static final String TOKEN = "t";
  private static final long BELT = 10;
  private static final long PAID_UNTIL = 100;
  private static final long END = 200_000;

  /** Alice has paid until second 100, comes at second 10, renegotiates at 20 and is cut at 100. */
  private static final List<Fact> RIGHT = right();

  private static List<Fact> right() {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact.Setup(0, 1, BELT));
    facts.add(new Attached(0, true));
    facts.add(chain(0, PAID_UNTIL, 0));
    facts.add(new Login(10_000, "alice", ALICE, PASSWORD, true, 9));
    facts.add(new Asked(10_100, 1, 0, 1, ALICE, PASSWORD));
    facts.add(new Answered(10_150, 1, 0, 1, "", TOKEN));
    facts.add(new Up(10_200, 1, 0));
    facts.add(new Asked(20_000, 1, 0, 3, ALICE, TOKEN));
    facts.add(new Answered(20_010, 1, 0, 3, "", ""));
    for (long time = 10_500; time < 100_000; time += 250) {
      facts.add(packets(time, true));
      facts.add(packets(time, false));
    }
    facts.add(new Answered(100_010, 1, 0, 3, "expired", ""));
    facts.add(new Cut(100_011, 1, 0, "expired"));
    facts.add(new Exited(100_050, "alice", "Halt command was pushed by server"));
    facts.add(new Fact.End(END));
    return facts;
  }

  private static Chain chain(long at, long paidUntil, long credentialsFrom) {
    return new Chain(at, at, ALICE, paidUntil, credentialsFrom, false);
  }

  private static Packets packets(long to, boolean up) {
    return new Packets(to - 240, to, "alice", up, 12, 20);
  }

  private static Fact[] harmed(Harm harm, long from, long to) {
    return new Fact[] {
      new Harmed(from, harm, Step.REAUTH, true), new Harmed(to, harm, Step.REAUTH, false)
    };
  }

  private static List<String> faults(List<Fact> facts) {
    return Model.judge(facts.stream().sorted(Comparator.comparingLong(Fact::at)).toList()).faults();
  }

  private static List<Fact> with(Fact... more) {
    return Stream.concat(RIGHT.stream(), Arrays.stream(more)).toList();
  }

  /** The right history with each fact changed. */
  private static List<Fact> changed(UnaryOperator<Fact> change) {
    return RIGHT.stream().map(change).toList();
  }

  private static List<Fact> without(Class<? extends Fact> kind) {
    return RIGHT.stream().filter(fact -> !kind.isInstance(fact)).toList();
  }

  /** Alice goes on as if nobody had cut her, and her packets pass until then. */
  private static List<Fact> staysUntil(long time, Fact... more) {
    List<Fact> facts = new ArrayList<>();
    for (Fact fact : RIGHT) {
      boolean isEnd =
          fact instanceof Cut
              || fact instanceof Exited
              || (fact instanceof Answered answered && !answered.reason().isEmpty());
      if (!isEnd) {
        facts.add(fact);
      }
    }
    for (long at = 100_250; at <= time; at += 250) {
      facts.add(packets(at, true));
    }
    facts.addAll(List.of(more));
    return facts;
  }

  @Test
  void aRightHistoryHasNoFault() {
    assertThat(faults(RIGHT)).isEmpty();
  }

  @Test
  void aSavedHistoryIsJudgedTheSame(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("history.jsonl");
    try (Chronicle chronicle = new Chronicle(file)) {
      RIGHT.forEach(chronicle::add);
    }

    assertThat(Chronicle.read(file)).containsExactlyInAnyOrderElementsOf(RIGHT);
    assertThat(faults(Chronicle.read(file))).isEmpty();
  }

  @Test
  void aHistoryWithoutAnEndIsNone() {
    assertThatIllegalArgumentException().isThrownBy(() -> faults(without(Fact.End.class)));
  }

  // An accept

  @Test
  void needsARightPassword() {
    assertThat(
            faults(
                changed(
                    fact ->
                        fact instanceof Login login
                            ? new Login(
                                login.at(),
                                login.client(),
                                ALICE,
                                PASSWORD,
                                false,
                                login.issuedAt())
                            : fact)))
        .anyMatch(fault -> fault.contains("without a proof"));
  }

  @Test
  void needsThePasswordOfThatWallet() {
    assertThat(
            faults(
                with(
                    new Chain(0, 0, BOB, 1_000, 0, false),
                    new Asked(30_000, 1, 1, 1, BOB, PASSWORD),
                    new Answered(30_001, 1, 1, 1, "", ""))))
        .hasSize(1)
        .allMatch(fault -> fault.contains("without a proof"));
  }

  @Test
  void needsNoMoreThanATokenThatCameWithAnEarlierOne() {
    assertThat(
            faults(
                with(
                    new Asked(30_000, 2, 0, 1, ALICE, TOKEN),
                    new Answered(30_001, 2, 0, 1, "", ""))))
        .isEmpty();
    assertThat(
            faults(
                with(
                    new Asked(30_000, 2, 0, 1, ALICE, "invented"),
                    new Answered(30_001, 2, 0, 1, "", ""))))
        .hasSize(1);
  }

  @Test
  void needsTime() {
    assertThat(faults(changed(fact -> fact instanceof Chain ? chain(0, 5, 0) : fact)))
        .anyMatch(fault -> fault.contains("was accepted without time"));
    assertThat(faults(changed(fact -> fact instanceof Chain ? chain(0, 10, 0) : fact)))
        .anyMatch(fault -> fault.contains("was accepted without time"));
  }

  @Test
  void needsItWhenItWasDecidedAndNotWhenItArrived() {
    List<Fact> lastMoment =
        with(
            new Login(99_900, "again", ALICE, "p2", true, 99),
            new Asked(99_990, 1, 1, 1, ALICE, "p2"),
            new Answered(100_005, 1, 1, 1, "", ""));

    assertThat(faults(lastMoment)).isEmpty();
  }

  @Test
  void needsAPasswordThatIsNotRevoked() {
    assertThat(faults(changed(fact -> fact instanceof Chain ? chain(0, PAID_UNTIL, 9) : fact)))
        .anyMatch(fault -> fault.contains("was accepted without time"));
  }

  @Test
  void needsAWalletThatIsNotBanned() {
    assertThat(faults(with(new Ban(1_000, 2_000, ALICE, true))))
        .anyMatch(fault -> fault.contains("though banned"));
    assertThat(faults(with(new Ban(1_000, 2_000, ALICE, false)))).isEmpty();
  }

  @Test
  void doesNotFollowACut() {
    assertThat(
            faults(
                with(
                    new Asked(101_000, 1, 0, 4, ALICE, TOKEN),
                    new Answered(101_001, 1, 0, 4, "", ""))))
        .anyMatch(fault -> fault.contains("after its cut"));
  }

  @Test
  void answersAQuestion() {
    assertThat(faults(with(new Answered(30_000, 1, 7, 1, "", ""))))
        .anyMatch(fault -> fault.contains("nobody asked for"));
  }

  @Test
  void ofAFormerLifeIsNoAnswerInThisOne() {
    assertThat(
            faults(
                with(
                    new Asked(30_000, 2, 0, 1, BOB, "bob's"),
                    new Answered(30_001, 2, 0, 1, "", TOKEN))))
        .anyMatch(fault -> fault.contains("without a proof"));
  }

  // One verdict

  @Test
  void twoVerdictsAreOneTooMany() {
    assertThat(faults(with(new Answered(10_160, 1, 0, 1, "", ""))))
        .hasSize(1)
        .allMatch(fault -> fault.contains("2 verdicts"));
  }

  @Test
  void aGateThatIsBackMayAnswerARenegotiationAgain() {
    assertThat(
            faults(
                with(
                    new Attached(20_100, false),
                    new Attached(22_000, true),
                    new Answered(22_010, 1, 0, 3, "", ""))))
        .isEmpty();
    assertThat(faults(with(new Answered(22_010, 1, 0, 3, "", "")))).hasSize(1);
  }

  @Test
  void anAnswerThatNobodyAskedForMayMeetTheQuestionOnItsWay() {
    assertThat(
            faults(
                with(
                    new Attached(29_990, true),
                    new Asked(30_000, 1, 0, 4, ALICE, TOKEN),
                    new Answered(30_001, 1, 0, 4, "", ""),
                    new Answered(30_002, 1, 0, 4, "", ""))))
        .isEmpty();
    assertThat(
            faults(
                with(
                    new Attached(29_990, true),
                    new Asked(30_000, 1, 0, 4, ALICE, TOKEN),
                    new Answered(30_001, 1, 0, 4, "", ""),
                    new Answered(30_002, 1, 0, 4, "", ""),
                    new Answered(30_003, 1, 0, 4, "", ""))))
        .as("but once only")
        .hasSize(1);
  }

  @Test
  void noVerdictIsOneTooFew() {
    List<Fact> unanswered = with(new Asked(30_000, 1, 0, 4, ALICE, TOKEN));

    assertThat(faults(unanswered)).hasSize(1).allMatch(fault -> fault.contains("no verdict"));
    assertThat(
            faults(
                Stream.concat(
                        unanswered.stream(), Arrays.stream(harmed(Harm.LINK_LOST, 30_500, 31_000)))
                    .toList()))
        .isEmpty();
  }

  // Packets

  @Test
  void packetsNeedAnAccept() {
    assertThat(faults(with(new Packets(9_000, 10_120, "alice", true, 3, 20))))
        .anyMatch(fault -> fault.contains("before any accept"));
    assertThat(faults(without(Answered.class)))
        .anyMatch(fault -> fault.contains("before any accept"));
  }

  @Test
  void packetsEndASecondAfterTheTimeWhileAGateIsInCharge() {
    assertThat(faults(staysUntil(101_000))).isEmpty();
    assertThat(faults(staysUntil(101_250))).anyMatch(fault -> fault.contains("after its time"));
  }

  @Test
  void packetsMayGoOnToTheBeltAndThreeSecondsWhileNoGateIs() {
    Fact gone = new Attached(99_000, false);

    assertThat(faults(staysUntil(113_000, gone))).isEmpty();
    assertThat(faults(staysUntil(113_250, gone)))
        .anyMatch(fault -> fault.contains("after its time"));
  }

  @Test
  void packetsEndASecondAfterAGateIsBack() {
    Fact gone = new Attached(99_000, false);
    Fact back = new Attached(103_000, true);

    assertThat(faults(staysUntil(104_000, gone, back))).isEmpty();
    assertThat(faults(staysUntil(104_250, gone, back)))
        .anyMatch(fault -> fault.contains("after its time"));
  }

  @Test
  void aGateThatStandsStillOrIsNotHeardIsNotInCharge() {
    assertThat(faults(staysUntil(104_000, harmed(Harm.GATE_STOPPED, 99_500, 103_000)))).isEmpty();
    assertThat(faults(staysUntil(104_000, new Held(99_500, true), new Held(103_000, false))))
        .isEmpty();
    assertThat(faults(staysUntil(104_000, harmed(Harm.NODE_STOPPED, 99_500, 103_000))))
        .anyMatch(fault -> fault.contains("after its time"));
  }

  @Test
  void aMachineThatStoodStillIsNobodysFault() {
    assertThat(
            faults(
                staysUntil(
                    102_000,
                    new Fact.StoodStill(99_900, true),
                    new Fact.StoodStill(101_500, false))))
        .isEmpty();
    assertThat(
            faults(
                staysUntil(
                    103_000,
                    new Fact.StoodStill(99_900, true),
                    new Fact.StoodStill(101_500, false))))
        .anyMatch(fault -> fault.contains("after its time"));
  }

  @Test
  void norIsItAnExcuseForMoreThanItTook() {
    Fact[] still = {new Fact.StoodStill(100_500, true), new Fact.StoodStill(100_800, false)};

    assertThat(faults(staysUntil(101_300, still))).isEmpty();
    assertThat(faults(staysUntil(101_500, still)))
        .anyMatch(fault -> fault.contains("after its time"));
    for (long before = 99_000; before > 90_000; before -= 300) {
      still = with(still, before);
    }
    assertThat(faults(staysUntil(101_500, still)))
        .as("a machine that often stands still")
        .anyMatch(fault -> fault.contains("after its time"));
  }

  private static Fact[] with(Fact[] facts, long still) {
    return Stream.concat(
            Stream.of(new Fact.StoodStill(still - 260, true), new Fact.StoodStill(still, false)),
            Stream.of(facts))
        .toArray(Fact[]::new);
  }

  @Test
  void packetsGoOnForTimeThatWasBoughtMeanwhile() {
    assertThat(faults(staysUntil(150_000, chain(90_000, 151, 0)))).isEmpty();
  }

  @Test
  void whatAReorganisationTookBackMayStayForAMinute() {
    Chain bought = chain(90_000, 170, 0);
    Chain takenBack = new Chain(95_000, 95_000, ALICE, PAID_UNTIL, 0, true);
    Chain refunded = chain(95_000, PAID_UNTIL, 0);

    assertThat(faults(staysUntil(150_000, bought, takenBack))).isEmpty();
    assertThat(faults(staysUntil(169_000, bought, takenBack)))
        .anyMatch(fault -> fault.contains("after its time"));
    assertThat(faults(staysUntil(150_000, bought, refunded)))
        .anyMatch(fault -> fault.contains("after its time"));
  }

  @Test
  void aRevocationEndsThemAsWell() {
    Chain revoked = chain(50_000, PAID_UNTIL, 50);
    Chain notHers = chain(50_000, PAID_UNTIL, 8); // Of what was signed before.

    assertThat(faults(with(revoked))).anyMatch(fault -> fault.contains("after its revocation"));
    assertThat(faults(with(notHers))).isEmpty();
    List<Fact> cut =
        Stream.concat(
                RIGHT.stream().filter(f -> f.at() < 53_000 || f instanceof Fact.End),
                Stream.of(revoked, new Cut(50_100, 1, 0, "revoked"), exited(53_000)))
            .toList();
    assertThat(faults(cut)).isEmpty();
  }

  @Test
  void soDoesTheRevocationOfTheirProfile() {
    ProfileRevoked revoked = new ProfileRevoked(49_000, 50_000, PASSWORD, true);
    ProfileRevoked unsure = new ProfileRevoked(49_000, 50_000, PASSWORD, false);
    ProfileRevoked another = new ProfileRevoked(49_000, 50_000, "another", true);

    assertThat(faults(with(revoked))).anyMatch(fault -> fault.contains("after its revocation"));
    assertThat(faults(with(unsure))).isEmpty();
    assertThat(faults(with(another))).isEmpty();
    for (Fact fact : List.of(revoked, unsure, another)) {
      List<Fact> cut =
          Stream.concat(
                  RIGHT.stream().filter(f -> f.at() < 51_000 || f instanceof Fact.End),
                  Stream.of(fact, new Cut(50_100, 1, 0, "revoked"), exited(51_000)))
              .toList();
      assertThat(faults(cut).isEmpty()).isEqualTo(!fact.equals(another));
    }
  }

  @Test
  void aRevokedProfileIsGoodForNothingAndNoOtherIsRefused() {
    ProfileRevoked revoked = new ProfileRevoked(8_000, 9_000, PASSWORD, true);
    Fact asked = new Asked(60_000, 2, 0, 1, ALICE, TOKEN);
    Fact denied = new Answered(60_001, 2, 0, 1, "revoked", "");

    assertThat(faults(with(revoked)))
        .anyMatch(fault -> fault.contains("though its profile was revoked"));
    assertThat(faults(with(asked, denied, new ProfileRevoked(59_000, 59_500, PASSWORD, true))))
        .noneMatch(fault -> fault.contains("was denied"));
    assertThat(faults(with(asked, denied, new ProfileRevoked(59_000, 59_500, "another", true))))
        .anyMatch(fault -> fault.contains("was denied as revoked"));
  }

  private static Exited exited(long at) {
    return new Exited(at, "alice", "Halt command was pushed by server");
  }

  @Test
  void aWrongClockIsNoExcuseForPackets() {
    assertThat(faults(staysUntil(104_000, harmed(Harm.CLOCK_BACK, 99_500, 103_000))))
        .anyMatch(fault -> fault.contains("after its time"));
  }

  @Test
  void aClockThatRunsWrongMovesTheEndByAsMuchAsItIsWrong() {
    Fact[] slow = harmed(Harm.CLOCK_SLOW, 95_000, 100_000);
    Fact[] fast = harmed(Harm.CLOCK_FAST, 95_000, 100_000);

    assertThat(faults(staysUntil(101_500, slow))).isEmpty();
    assertThat(faults(staysUntil(101_750, slow)))
        .anyMatch(fault -> fault.contains("after its time"));
    assertThat(faults(staysUntil(101_500, harmed(Harm.CLOCK_SLOW, 99_000, 104_000))))
        .as("it has run wrong for 2.5 s only")
        .anyMatch(fault -> fault.contains("after its time"));
    assertThat(faults(Stream.concat(with(fast).stream(), early(99_550)).toList())).isEmpty();
    assertThat(faults(Stream.concat(with(fast).stream(), early(99_300)).toList()))
        .anyMatch(fault -> fault.contains("was cut as expired"));
    assertThat(faults(Stream.concat(RIGHT.stream(), early(99_550)).toList()))
        .anyMatch(fault -> fault.contains("was cut as expired"));
  }

  @Test
  void soItDoesForWhoeverComesInAtTheLastMoment() {
    Fact[] comes = {
      new Login(99_900, "again", ALICE, "p2", true, 99),
      new Asked(100_300, 1, 1, 1, ALICE, "p2"),
      new Answered(100_305, 1, 1, 1, "", "")
    };

    assertThat(faults(withHarm(Harm.CLOCK_SLOW, 95_000, 102_000, comes)))
        .noneMatch(fault -> fault.contains("was accepted"));
    assertThat(faults(withHarm(Harm.CLOCK_SLOW, 98_000, 102_000, comes)))
        .anyMatch(fault -> fault.contains("was accepted without time"));
    assertThat(faults(with(comes))).anyMatch(fault -> fault.contains("was accepted without time"));
  }

  private static Stream<Fact> early(long at) {
    return Stream.of(new Cut(at, 1, 0, "expired"));
  }

  @Test
  void nobodyIsLetInByAWrongClock() {
    Fact asked = new Asked(60_000, 2, 0, 1, ALICE, PASSWORD);
    Fact accepted = new Answered(60_001, 2, 0, 1, "", "");

    assertThat(faults(with(asked, accepted))).isEmpty();
    assertThat(faults(withHarm(Harm.CLOCK_AHEAD, 58_000, 61_000, asked, accepted)))
        .as("it may not have seen that")
        .isEmpty();
    assertThat(faults(withHarm(Harm.CLOCK_AHEAD, 57_000, 61_000, asked, accepted)))
        .hasSize(1)
        .allMatch(fault -> fault.contains("by a wrong clock"));
  }

  private static List<Fact> withHarm(Harm harm, long from, long to, Fact... more) {
    return Stream.of(with(more).stream(), Arrays.stream(harmed(harm, from, to)))
        .flatMap(facts -> facts)
        .toList();
  }

  @Test
  void halfACutThatOpenVpnStoodStillInLetsNobodyStayForMoreThanItsOwnTime() {
    assertThat(faults(stoppedInTheCut(99_990, 105_000))).isEmpty();
    assertThat(faults(stoppedInTheCut(99_990, 106_500)))
        .as("until the client-kill ends it")
        .anyMatch(fault -> fault.contains("passed after its time"));
    assertThat(faults(stoppedInTheCut(99_000, 105_000)))
        .as("stopped long before the cut, it reads all of it afterwards")
        .anyMatch(fault -> fault.contains("passed after its time"));
  }

  private static List<Fact> stoppedInTheCut(long from, long lastPacket) {
    List<Fact> facts = staysUntil(lastPacket, harmed(Harm.OPENVPN_STOPPED, from, from + 2_000));
    facts.add(new Cut(100_000, 1, 0, "expired"));
    return facts;
  }

  // An early end

  @Test
  void aCutNeedsAReason() {
    for (String reason : List.of("expired", "banned", "revoked", "no_time", "without a reason")) {
      assertThat(faults(with(new Cut(60_000, 1, 0, reason))))
          .as(reason)
          .anyMatch(fault -> fault.contains("was cut as " + reason));
    }
    assertThat(faults(with(new Cut(60_000, 1, 0, "banned"), new Ban(59_900, 60_001, ALICE, true))))
        .noneMatch(fault -> fault.contains("was cut"));
  }

  @Test
  void aRefusalNeedsAReason() {
    Fact asked = new Asked(60_000, 2, 0, 1, ALICE, PASSWORD);
    for (String reason : List.of("no_time", "banned", "revoked", "bad_signature", "nonce_used")) {
      assertThat(faults(with(asked, new Answered(60_001, 2, 0, 1, reason, ""))))
          .as(reason)
          .anyMatch(fault -> fault.contains("was denied as " + reason));
    }
    assertThat(faults(with(asked, new Answered(60_001, 2, 0, 1, "chain_unavailable", ""))))
        .isEmpty();
  }

  @Test
  void aStrangerReadsNothingOfTimeOrBans() {
    assertThat(
            faults(
                with(
                    new Asked(60_000, 2, 0, 1, ALICE, "wrong"),
                    new Answered(60_001, 2, 0, 1, "bad_signature", ""))))
        .isEmpty();
    assertThat(
            faults(
                with(
                    new Asked(60_000, 2, 0, 1, BOB, "wrong"),
                    new Answered(60_001, 2, 0, 1, "no_time", ""))))
        .hasSize(1);
  }

  @Test
  void aRenegotiationIsNotPutOff() {
    assertThat(
            faults(
                with(
                    new Asked(60_000, 1, 0, 4, ALICE, TOKEN),
                    new Answered(60_001, 1, 0, 4, "chain_unavailable", ""))))
        .anyMatch(fault -> fault.contains("was denied as chain_unavailable"));
  }

  @Test
  void norIsOneOfWhileTheGateWasAttaching() {
    assertThat(
            faults(
                with(
                    new Attached(59_000, false),
                    new Asked(60_000, 1, 0, 4, ALICE, TOKEN),
                    new Answered(60_200, 1, 0, 4, "starting", ""),
                    new Attached(60_201, true))))
        .anyMatch(fault -> fault.contains("was denied as starting"));
  }

  @Test
  void isReplacedByItsOwnWalletOnly() {
    Fact replaced = new Cut(60_001, 1, 0, "replaced");
    Fact partOfIt = new Answered(60_001, 1, 0, 3, "replaced", "");
    Fact itself = new Asked(60_000, 1, 9, 1, ALICE, TOKEN);
    Fact impostor = new Asked(60_000, 1, 9, 1, ALICE, "wrong");

    assertThat(faults(with(replaced, partOfIt, itself)))
        .noneMatch(fault -> fault.contains("as replaced"));
    assertThat(faults(with(replaced, partOfIt, impostor)))
        .filteredOn(fault -> fault.contains("as replaced"))
        .hasSize(2);
  }

  @Test
  void whoHasPaidIsNotMadeToGo() {
    List<Fact> facts =
        new ArrayList<>(
            changed(
                fact ->
                    fact instanceof Exited exited
                        ? new Exited(60_000, exited.client(), "AUTH_FAILED")
                        : fact));
    facts.removeIf(fact -> fact instanceof Packets packets && packets.at() > 60_000);

    assertThat(faults(facts))
        .hasSize(1)
        .allMatch(fault -> fault.contains("had to go though it had paid: AUTH_FAILED"));
  }

  /** The block with the purchase comes between the refusal and its arrival. */
  @Test
  void aRefusalThatWasTrueIsAReasonAlsoWhenItArrivesLate() {
    assertThat(
            faults(
                with(
                    new Chain(100_000, 101_000, ALICE, 1_000, 0, false),
                    new Login(100_100, "again", ALICE, "p2", true, 100),
                    new Asked(100_200, 1, 1, 1, ALICE, "p2"),
                    new Answered(100_300, 1, 1, 1, "no_time", ""),
                    new Exited(106_000, "again", "AUTH_FAILED"))))
        .isEmpty();
  }

  // Coming back

  private static List<Fact> silentBetween(long from, long to, Fact... more) {
    return Stream.concat(
            RIGHT.stream()
                .filter(
                    fact ->
                        !(fact instanceof Packets packets
                            && packets.at() > from
                            && packets.at() < to)),
            Arrays.stream(more))
        .toList();
  }

  @Test
  void aSilenceNeedsAReason() {
    assertThat(faults(silentBetween(40_000, 44_000))).isEmpty();
    assertThat(faults(silentBetween(40_000, 50_000)))
        .hasSize(2) // In both directions.
        .allMatch(fault -> fault.contains("had paid and was silent"));
    assertThat(faults(silentBetween(40_000, 50_000, harmed(Harm.GATE_KILLED, 39_500, 42_000))))
        .hasSize(2);
    assertThat(faults(silentBetween(40_000, 50_000, harmed(Harm.OPENVPN_KILLED, 39_500, 42_000))))
        .isEmpty();
    assertThat(faults(silentBetween(40_000, 50_000, harmed(Harm.CLOCK_AHEAD, 39_500, 42_000))))
        .isEmpty();
    assertThat(faults(silentBetween(40_000, 50_000, harmed(Harm.CLOCK_FAST, 39_500, 42_000))))
        .hasSize(2);
    assertThat(faults(silentBetween(60_000, 70_000, harmed(Harm.OPENVPN_KILLED, 39_500, 42_000))))
        .as("what is over is no reason")
        .hasSize(2);
    assertThat(faults(silentBetween(40_000, 50_000, new Cut(39_900, 1, 0, "RESTART"))))
        .noneMatch(fault -> fault.contains("silent"));
  }

  @Test
  void aLongSilenceHasNone() {
    assertThat(faults(silentBetween(25_000, 96_000, harmed(Harm.OPENVPN_KILLED, 24_500, 26_000))))
        .hasSize(2)
        .allMatch(fault -> fault.contains("came back late"));
  }

  @Test
  void whoNeverComesBackIsMissed() {
    assertThat(faults(silentBetween(30_000, 100_000, chain(25_000, 1_000, 0))))
        .anyMatch(fault -> fault.contains("had paid and was silent"));
  }

  // The report

  @Test
  void tellsWhatWasDoneAndHowLongCustomersNoticed() {
    Model.Sentence sentence =
        Model.judge(
            silentBetween(40_000, 42_000, harmed(Harm.OPENVPN_STOPPED, 39_900, 41_900)).stream()
                .sorted(Comparator.comparingLong(Fact::at))
                .toList());

    assertThat(sentence.matrix().get(Step.REAUTH)).containsEntry(Harm.OPENVPN_STOPPED, 1L);
    assertThat(sentence.silences().get(Harm.OPENVPN_STOPPED)).hasSize(2).allMatch(ms -> ms > 1_700);
    assertThat(sentence.counts()).containsEntry("logins accepted", 1L);
  }
}
