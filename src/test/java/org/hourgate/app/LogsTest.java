package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.hourgate.app.config.HourgateConfig.Log;
import org.hourgate.app.config.HourgateConfig.LogFormat;
import org.hourgate.app.config.HourgateConfig.LogLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;

final class LogsTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final LoggerContext context = new LoggerContext();
  private final CountDownLatch reading = new CountDownLatch(1);

  @BeforeEach
  void configureAsShipped() throws Exception {
    URL shipped = Objects.requireNonNull(Logs.class.getResource("/logback.xml"));
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(shipped);
    context.setMDCAdapter(new LogbackMDCAdapter());
    context.start();
  }

  @AfterEach
  void stop() {
    reading.countDown();
    context.stop();
  }

  private void writeTo(OutputStream stream) {
    AsyncAppender async =
        (AsyncAppender) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("async");
    ((OutputStreamAppender<ILoggingEvent>) async.getAppender("stderr")).setOutputStream(stream);
  }

  @Test
  void changesItsLooksWhileItRuns() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    Logs.change(context, new Log(LogFormat.JSON, LogLevel.INFO));
    writeTo(written);
    context.getLogger("hourgate.gate").atInfo().addKeyValue("client", "udp/3").log("verdict");
    await().atMost(PATIENCE).until(() -> written.toString(StandardCharsets.UTF_8).endsWith("\n"));
    assertThat(written.toString(StandardCharsets.UTF_8))
        .startsWith("{")
        .contains("\"formattedMessage\":\"verdict\"", "\"client\":\"udp\\/3\"");

    written.reset();
    Logs.change(context, new Log(LogFormat.TEXT, LogLevel.INFO));
    context.getLogger("hourgate.gate").atInfo().addKeyValue("client", "udp/3").log("verdict");
    await().atMost(PATIENCE).until(() -> written.toString(StandardCharsets.UTF_8).endsWith("\n"));
    assertThat(written.toString(StandardCharsets.UTF_8)).endsWith("gate: verdict client=udp/3\n");
  }

  @Test
  void saysMoreOrLessButAlwaysWhoChangedWhat() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    Logger gate = context.getLogger("hourgate.gate");
    Logs.change(context, new Log(LogFormat.TEXT, LogLevel.WARN));
    writeTo(written);
    gate.info("not this");
    context.getLogger("org.hourgate.audit").info("kill begun");
    Logs.change(context, new Log(LogFormat.TEXT, LogLevel.DEBUG));
    writeTo(written);
    gate.debug("this");

    await()
        .atMost(PATIENCE)
        .until(() -> written.toString(StandardCharsets.UTF_8).endsWith("gate: this\n"));
    assertThat(written.toString(StandardCharsets.UTF_8))
        .contains("audit: kill begun")
        .doesNotContain("not this");
  }

  @Test
  @Timeout(60)
  void keepsNobodyWaitingWhoseLogIsNotRead() {
    writeTo(new Unread());
    Logger gate = context.getLogger("hourgate.gate");

    for (int i = 0; i < 20_000; i++) {
      gate.info("cut client={}", i);
    }
  }

  @Test
  void writesWhatWaitsBeforeTheEnd() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    writeTo(written);
    context.getLogger("hourgate.gate").info("the last line");

    context.stop();

    assertThat(written.toString(StandardCharsets.UTF_8)).contains("INFO  gate: the last line");
  }

  /** A pipe that is full. */
  private final class Unread extends OutputStream {
    @Override
    public void write(int b) {
      try {
        reading.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
