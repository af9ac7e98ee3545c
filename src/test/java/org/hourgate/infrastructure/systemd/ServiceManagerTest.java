package org.hourgate.infrastructure.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.hourgate.testing.ManualTime;
import org.junit.jupiter.api.Test;

/** What systemd hears, on a clock that the test moves. */
final class ServiceManagerTest {

  private static final Duration WATCHDOG = Duration.ofSeconds(12);
  private static final String PULSE = "STATUS=fine\nWATCHDOG=1";

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-01T00:00:00Z"));
  private final List<String> told = new ArrayList<>();
  private final ServiceManager manager =
      ServiceManager.of(told::add, Optional.of(WATCHDOG), time, time);

  @Test
  void tellsThatItIsReadyOnce() {
    manager.ready();
    manager.ready();

    assertThat(told).containsExactly("READY=1");
  }

  @Test
  void tellsHowItIsTheMomentItIsReady() {
    manager.watch(List.of(), () -> "fine");
    manager.ready();

    assertThat(told).containsExactly("READY=1\nSTATUS=fine");
  }

  @Test
  void provesSeveralTimesPerWatchdogPeriodThatItWorks() {
    manager.ready();
    manager.watch(List.of(Runnable::run), () -> "fine");
    time.advance(WATCHDOG);

    assertThat(told).containsExactly("READY=1", PULSE, PULSE, PULSE, PULSE, PULSE);
  }

  @Test
  void saysNothingMoreOnceOneLoopOfSeveralHangs() {
    List<Runnable> waiting = new ArrayList<>();
    Executor hangs = waiting::add;
    manager.ready();
    manager.watch(List.of(Runnable::run, hangs, Runnable::run), () -> "fine");
    time.settle();
    waiting.removeFirst().run();
    time.advance(WATCHDOG.multipliedBy(10));

    assertThat(told).containsExactly("READY=1", PULSE);
  }

  @Test
  void goesOnWhenALoopTurnsAgain() {
    List<Runnable> waiting = new ArrayList<>();
    manager.ready();
    manager.watch(List.of(waiting::add), () -> "fine");
    time.advance(WATCHDOG);
    assertThat(told).containsExactly("READY=1");

    waiting.removeFirst().run();
    time.settle();

    assertThat(told).containsExactly("READY=1", PULSE);
  }

  @Test
  void asksForMoreTimeToStartAsLongAsItsLoopsTurn() {
    manager.watch(List.of(Runnable::run), () -> "Not ready: chain: no node answers");
    time.advance(Duration.ofMinutes(10));

    assertThat(told)
        .hasSizeGreaterThan(100)
        .allMatch(
            "STATUS=Not ready: chain: no node answers\nWATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000"
                ::equals);
  }

  @Test
  void tellsOfAReloadWithTheMonotonicTimeOfItsBeginning() {
    manager.ready();
    time.advance(Duration.ofSeconds(7));

    String result =
        manager.reloading(
            () -> {
              told.add("work");
              return "done";
            });

    assertThat(result).isEqualTo("done");
    assertThat(told)
        .containsExactly("READY=1", "RELOADING=1\nMONOTONIC_USEC=7000000", "work", "READY=1");
  }

  @Test
  void aReloadDuringTheStartIsNotTakenForTheEndOfTheStart() {
    manager.reloading(() -> "done");

    assertThat(told).isEmpty();
  }

  @Test
  void saysNothingAfterItHasSaidThatItEnds() {
    manager.watch(List.of(Runnable::run), () -> "fine");
    time.settle();
    told.clear();

    manager.ending();
    manager.ready();
    manager.reloading(() -> "done");
    time.advance(Duration.ofMinutes(1));

    assertThat(told).containsExactly("STOPPING=1\nSTATUS=Ending; sessions go on");
  }

  @Test
  void aStatusCanNotAddALineOfItsOwn() {
    manager.watch(List.of(Runnable::run), () -> "a\nREADY=1\tb");
    time.settle();

    assertThat(told.getFirst()).startsWith("STATUS=a READY=1 b\nWATCHDOG=1\n");
  }

  @Test
  void needsNoSystemd() {
    ServiceManager nobody = ServiceManager.from(Map.of(), 7, time, time);
    nobody.watch(List.of(Runnable::run), () -> "fine");
    nobody.ready();
    nobody.ending();

    assertThat(nobody.reloading(() -> "done")).isEqualTo("done");
  }
}
