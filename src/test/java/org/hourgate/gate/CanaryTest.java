package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.gate.GateWorld.ALICE;
import static org.hourgate.gate.GateWorld.BOB;
import static org.hourgate.gate.GateWorld.START;
import static org.hourgate.gate.GateWorld.name;
import static org.hourgate.gate.GateWorld.pushedToken;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** No secret is ever in the log, at any level, whatever clients do and whatever goes wrong. */
final class CanaryTest {

  private static final int WINDOW = 12;

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final List<Logger> loggers = new ArrayList<>();
  private final List<String> secrets = new ArrayList<>();
  @TempDir private Path folder;
  private GateWorld world;

  @BeforeEach
  void listen() {
    lines.start();
    for (String name : List.of("hourgate", "org.hourgate")) {
      Logger logger = (Logger) LoggerFactory.getLogger(name);
      logger.setLevel(Level.TRACE);
      logger.addAppender(lines);
      loggers.add(logger);
    }
    world = new GateWorld(folder);
    world.ledger.paid(ALICE.address(), START.plus(Duration.ofHours(1)));
    world.attach();
  }

  @AfterEach
  void stop() {
    for (Logger logger : loggers) {
      logger.detachAppender(lines);
      logger.setLevel(null);
    }
  }

  private String secret(String text) {
    secrets.add(text);
    return text;
  }

  private String written() {
    return List.copyOf(lines.list).stream()
        .map(
            event ->
                event.getFormattedMessage()
                    + Objects.requireNonNullElse(event.getKeyValuePairs(), List.of())
                    + (event.getThrowableProxy() == null
                        ? ""
                        : ThrowableProxyUtil.asString(event.getThrowableProxy())))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void livesThroughALifeAndThroughWhatGoesWrong() throws Exception {
    String login = secret(world.login(ALICE));
    String token = secret(pushedToken(world.connect(0, name(ALICE), login)));
    world.established(0, name(ALICE));
    world.reauth(0, 3, name(ALICE), token);
    world.reauth(0, 4, name(ALICE), secret(world.devicePass(ALICE)));
    world.connect(1, name(BOB), secret(world.login(BOB))); // has no time
    world.connect(2, name(ALICE), secret(world.login(BOB))); // another wallet's
    world.connect(3, secret("not-a-wallet-but-my-secret-pass-word"), "x"); // in the wrong field
    world.signatureWorkers =
        task -> {
          throw new IllegalStateException("this is part of the test");
        };
    world.connect(4, name(ALICE), secret(world.login(ALICE)));
    world.reauth(0, 5, name(ALICE), secret(world.login(ALICE)));
    world.time.advance(Duration.ofHours(1));
    world.disconnect(0);
    secrets.addAll(Files.readAllLines(folder.resolve("gateway.key")));

    String written = written();

    assertThat(written)
        .contains(
            "connect", "verdict", "established", "reauth", "cut", "ended", "part of the test");
    for (String secret : secrets) {
      for (int i = 0; i + WINDOW <= secret.length(); i += 4) {
        assertThat(written).doesNotContain(secret.substring(i, i + WINDOW));
      }
    }
  }
}
