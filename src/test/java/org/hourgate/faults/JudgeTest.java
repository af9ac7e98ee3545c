package org.hourgate.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.hourgate.faults.Event.Chain;
import org.hourgate.faults.Event.Connect;
import org.hourgate.faults.Event.Cut;
import org.hourgate.faults.Event.End;
import org.hourgate.faults.Event.Fault;
import org.hourgate.faults.Event.Left;
import org.hourgate.faults.Event.Reauth;
import org.hourgate.faults.Event.Reconnect;
import org.hourgate.faults.Event.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge finds each kind of fault and lets pass what is right; times are in milliseconds. */
final class JudgeTest {

  private static final String ALICE = "0xa11ce";
  private static final Duration REACTION = Duration.ofSeconds(10);

  /** Alice has paid until second 100, and comes at second 1. */
  private static final List<Event> COMES = List.of(chain(0, 100, 0), comes(1, true));

  @TempDir private Path folder;

  private static Chain chain(long second, long paidUntil, long credentialsFrom) {
    return new Chain(second * 1000, second * 1000, ALICE, paidUntil, credentialsFrom, false);
  }

  private static Chain takenBack(long second, long paidUntil) {
    return new Chain(second * 1000, second * 1000, ALICE, paidUntil, 0, true);
  }

  private static Connect comes(long second, boolean proved) {
    return new Connect(second * 1000, 1, ALICE, proved, second);
  }

  private static Verdict verdict(long second, String reason) {
    return new Verdict(second * 1000, 1, 1, reason);
  }

  private static Cut cut(long second, String reason) {
    return new Cut(second * 1000, 1, reason);
  }

  private static Fault fault(long second, int node, boolean misleading, boolean begins) {
    return new Fault(second * 1000, node, "any", misleading, begins);
  }

  private static List<String> faults(List<Event> events, Event... more) {
    List<Event> all = new ArrayList<>(events);
    all.addAll(List.of(more));
    all.sort(Comparator.comparingLong(Event::at));
    return judged(all, 1);
  }

  private static List<String> judged(List<Event> events, int quorum) {
    return Judge.judge(events, quorum, REACTION, Duration.ofSeconds(2)).faults();
  }

  private static void assertRight(Event... events) {
    assertThat(faults(COMES, events)).isEmpty();
  }

  private static void assertWrong(String what, Event... events) {
    assertThat(faults(COMES, events)).singleElement().asString().contains(what);
  }

  @Test
  void letsPassASessionThatEndsWithItsTime() {
    assertRight(verdict(1, ""), cut(100, "expired"), new End(200_000));
    assertRight(verdict(1, ""), new Left(50_000, 1), new End(200_000));
    assertRight(verdict(1, ""), new Reconnect(50_000, 1), new End(200_000));
  }

  @Test
  void findsAnAcceptWithoutTime() {
    assertThat(
            faults(
                List.of(chain(0, 1, 0), comes(50, true)),
                verdict(50, ""),
                new Left(50_000, 1),
                new End(60_000)))
        .singleElement()
        .asString()
        .contains("accepted at 50000 without time");
  }

  /** The times of the verdict are those of its arrival. */
  @Test
  void forgivesAnAcceptThatWasDecidedBeforeTheEndAndNoOther() {
    Event left = new Left(103_500, 1);
    Event end = new End(110_000);

    assertThat(faults(List.of(chain(0, 100, 0), comes(99, true)), verdict(101, ""), left, end))
        .noneMatch(fault -> fault.contains("was accepted"));
    assertThat(faults(List.of(chain(0, 100, 0), comes(100, true)), verdict(101, ""), left, end))
        .anyMatch(fault -> fault.contains("accepted at 101000 without time"));
    assertThat(faults(List.of(chain(0, 100, 0), comes(99, true)), verdict(103, ""), left, end))
        .anyMatch(fault -> fault.contains("accepted at 103000 without time"));
  }

  @Test
  void findsAnAcceptWithARevokedPassword() {
    assertThat(
            faults(
                List.of(chain(0, 100, 40), new Connect(50_000, 1, ALICE, true, 30)),
                verdict(50, ""),
                new Left(50_100, 1),
                new End(60_000)))
        .anyMatch(fault -> fault.contains("accepted at 50000 without time"));
  }

  @Test
  void findsAnAcceptWithoutAProof() {
    assertThat(
            faults(
                List.of(chain(0, 100, 0), comes(1, false)),
                verdict(1, ""),
                new Left(2_000, 1),
                new End(3_000)))
        .singleElement()
        .asString()
        .contains("without a proof");
  }

  @Test
  void forgivesAnAcceptWhileNoNodeShowedTheRefund() {
    assertRight(
        fault(0, 0, false, true),
        chain(1, 1, 0),
        verdict(1, ""),
        new Left(30_000, 1),
        new End(31_000));
  }

  @Test
  void forgivesNoAcceptLongAfterTheNodeWasWellAgain() {
    assertThat(
            faults(
                List.of(chain(0, 100, 0), comes(50, true)),
                fault(1, 0, false, true),
                chain(2, 2, 0),
                fault(20, 0, false, false),
                verdict(50, ""),
                new Left(50_100, 1),
                new End(60_000)))
        .anyMatch(fault -> fault.contains("accepted at 50000 without time"));
  }

  @Test
  void findsADenyOfWhoHasTime() {
    assertWrong("denied at 1000 as no_time", verdict(1, "no_time"), new End(2_000));
    assertWrong("denied at 1000 as revoked", verdict(1, "revoked"), new End(2_000));
    assertWrong("denied at 1000 as internal", verdict(1, "internal"), new End(2_000));
    assertRight(verdict(1, "chain_unavailable"), new End(2_000));
  }

  @Test
  void findsACutOfWhoHasTime() {
    assertWrong("cut at 50000 as expired", verdict(1, ""), cut(50, "expired"), new End(60_000));
    assertWrong("cut at 50000 as revoked", verdict(1, ""), cut(50, "revoked"), new End(60_000));
    assertWrong("cut at 50000 as replaced", verdict(1, ""), cut(50, "replaced"), new End(60_000));
    assertRight(verdict(1, ""), chain(49, 49, 0), cut(50, "expired"), new End(60_000));
    assertRight(verdict(1, ""), chain(49, 100, 49), cut(50, "revoked"), new End(60_000));
  }

  @Test
  void findsWhoStaysWithoutTime() {
    assertWrong("still in at", verdict(1, ""), new End(110_000));
    assertWrong("still in at", verdict(1, ""), cut(104, "expired"), new End(110_000));
    assertWrong(
        "still in at", verdict(1, ""), chain(20, 20, 0), cut(40, "expired"), new End(50_000));
    assertWrong(
        "still in at", verdict(1, ""), chain(20, 100, 20), cut(40, "revoked"), new End(50_000));
  }

  @Test
  void isPatientWithWhatAReorganisationTook() {
    assertRight(verdict(1, ""), takenBack(20, 0), cut(81, "expired"), new End(90_000));
    assertWrong(
        "still in at", verdict(1, ""), takenBack(5, 0), cut(99, "expired"), new End(110_000));
  }

  @Test
  void forgivesAStayWhileAllNodesAreBlindOrOneMisleads() {
    assertRight(
        fault(19, 0, false, true),
        fault(19, 1, false, true),
        verdict(1, ""),
        chain(20, 20, 0),
        cut(90, "expired"),
        new End(95_000));
    assertRight(
        fault(19, 0, true, true),
        new Fault(0, 1, "any", false, true),
        new Fault(1, 1, "any", false, false),
        verdict(1, ""),
        chain(20, 20, 0),
        cut(90, "expired"),
        new End(95_000));
    assertWrong(
        "still in at",
        fault(19, 0, false, true),
        new Fault(0, 1, "any", false, true),
        new Fault(1, 1, "any", false, false),
        verdict(1, ""),
        chain(20, 20, 0),
        cut(90, "expired"),
        new End(95_000));
  }

  @Test
  void forgivesNoStayWhenTwoWellNodesCanOutvoteTheThird() {
    List<Event> events =
        List.of(
            chain(0, 100, 0),
            new Fault(0, 1, "any", false, true),
            new Fault(1, 1, "any", false, false),
            new Fault(2, 2, "any", false, true),
            new Fault(3, 2, "any", false, false),
            comes(1, true),
            verdict(1, ""),
            fault(19, 0, true, true),
            chain(20, 20, 0),
            cut(90, "expired"),
            new End(95_000));
    List<Event> sorted = events.stream().sorted(Comparator.comparingLong(Event::at)).toList();
    assertThat(judged(sorted, 2)).singleElement().asString().contains("still in at");
    assertThat(judged(sorted, 1)).isEmpty();
    assertThat(judged(sorted, 3)).isEmpty();
  }

  @Test
  void findsTwoVerdictsOrNone() {
    assertWrong("2 verdicts", verdict(1, ""), verdict(2, ""), new Left(3_000, 1), new End(4_000));
    assertWrong("no verdict", new End(60_000));
    assertRight(new End(2_000));
    assertRight(new Left(2_000, 1), new End(60_000));
    assertWrong(
        "no verdict for key 3",
        verdict(1, ""),
        new Reauth(10_000, 1, 3),
        new Left(60_000, 1),
        new End(61_000));
  }

  @Test
  void findsADeniedRenegotiationAndAnAcceptAfterTheCut() {
    assertWrong(
        "denied at 11000 as chain_unavailable",
        verdict(1, ""),
        new Reauth(10_000, 1, 3),
        new Verdict(11_000, 1, 3, "chain_unavailable"),
        new Left(12_000, 1),
        new End(13_000));
    assertWrong(
        "accepted after its cut",
        verdict(1, ""),
        new Reauth(99_000, 1, 3),
        cut(100, "expired"),
        new Verdict(101_000, 1, 3, ""),
        new End(110_000));
    assertRight(
        verdict(1, ""),
        new Reauth(99_900, 1, 3),
        cut(100, "expired"),
        new Verdict(100_000, 1, 3, "expired"),
        new End(110_000));
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    Path file = folder.resolve("history.jsonl");
    List<Event> events =
        List.of(
            chain(0, 100, 0),
            comes(1, true),
            fault(2, 0, true, true),
            verdict(3, ""),
            new Reauth(4_000, 1, 3),
            new Reconnect(5_000, 1),
            new Left(6_000, 1),
            cut(7, "expired"),
            new End(8_000));
    try (History history = new History(file)) {
      events.forEach(history::add);
    }
    assertThat(History.read(file)).isEqualTo(events);
  }
}
