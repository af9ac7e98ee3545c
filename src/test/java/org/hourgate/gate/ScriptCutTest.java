package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.gate.GateWorld.ALICE;
import static org.hourgate.gate.GateWorld.BOB;
import static org.hourgate.gate.GateWorld.START;
import static org.hourgate.gate.GateWorld.name;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a session where scripts ask: client-deny does nothing there. */
final class ScriptCutTest {

  private static final Duration TIME_FOR_THE_TEXT = Duration.ofMillis(150);

  @TempDir private Path folder;
  private GateWorld world;

  @BeforeEach
  void live() {
    world = new GateWorld(folder, AskedBy.SCRIPT);
    world.ledger.paid(ALICE.address(), START.plus(Duration.ofHours(1)));
    world.attach();
    world.live(0, ALICE);
  }

  private static String row(long client, String address) {
    return "CLIENT_LIST\t%s\t192.0.2.7:5555\t%s\t\t10\t20\tx\t%d\t%s\t%d\t0\tAES"
        .formatted(name(ALICE), address, START.getEpochSecond(), name(ALICE), client);
  }

  private List<Command> cut() {
    world.time.advance(Duration.ofHours(1));
    return world.daemon.takeCommands().stream()
        .dropWhile(command -> !(command instanceof Command.ClientKill))
        .toList();
  }

  @Test
  void isATextAndThenAKillByName() {
    world.daemon.status(row(0, "10.88.0.2"));

    assertThat(cut()).hasSize(1).first().isInstanceOf(Command.ClientKill.class);
    assertThat(world.after(TIME_FOR_THE_TEXT))
        .containsExactly(new Command.Status(), new Command.KillCommonName(name(ALICE)));

    world.daemon.status();
    assertThat(world.after(Duration.ofSeconds(1))).containsExactly(new Command.Status());
    assertThat(world.sessions()).isEmpty();
  }

  @Test
  void killsNobodyByANameThatAnotherLiveSessionHas() {
    world.daemon.status(row(0, "10.88.0.2"), row(1, "10.88.0.3"));
    cut();

    assertThat(world.after(Duration.ofSeconds(5)))
        .noneMatch(Command.KillCommonName.class::isInstance)
        .noneMatch(Command.ClientDeny.class::isInstance);
  }

  /** Another device of the wallet takes the place: OpenVPN's kill by name would meet it as well. */
  @Test
  void killsNobodyByANameThatSomebodyWhoWasJustLetInHas() {
    world.daemon.status(row(0, "10.88.0.2"), row(1, ""));
    world.connect(1L << 40, name(ALICE), world.login(ALICE));

    assertThat(world.after(Duration.ofSeconds(1)))
        .contains(new Command.Status())
        .noneMatch(Command.KillCommonName.class::isInstance);
  }

  @Test
  void isDoneWhenTheClientLeftByItself() {
    world.daemon.status();
    cut();

    assertThat(world.after(TIME_FOR_THE_TEXT)).containsExactly(new Command.Status());
    assertThat(world.sessions()).isEmpty();
  }

  @Test
  void reachesAClientWhoseNumberBecomesKnownAfterTheCutWasWritten() {
    long attempt = 1L << 40;
    world.ledger.paid(BOB.address(), START.plus(Duration.ofSeconds(5)));
    world.connect(attempt, name(BOB), world.login(BOB));
    world.after(Duration.ofSeconds(5)); // Its end comes while ESTABLISHED is on its way.

    assertThat(world.identified(attempt, 7))
        .first()
        .isInstanceOfSatisfying(
            Command.ClientKill.class, kill -> assertThat(kill.client()).isEqualTo(new ClientId(7)));
    world.established(7, name(BOB));
    world.daemon.status(row(0, "10.88.0.2"));
    world.after(Duration.ofSeconds(1));
    assertThat(world.sessions()).hasSize(1);
  }
}
