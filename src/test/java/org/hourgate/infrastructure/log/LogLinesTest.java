package org.hourgate.infrastructure.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

final class LogLinesTest {

  private static final long AT = Instant.parse("2026-11-21T18:40:00.123Z").toEpochMilli();

  private final LoggerContext context = new LoggerContext();
  private final TextLines text = new TextLines();
  private final JsonLines json = new JsonLines();

  private LoggingEvent event(Level level, String message, @Nullable Throwable failure) {
    LoggingEvent event =
        new LoggingEvent(
            "", context.getLogger("org.hourgate.gate.Thing"), level, message, failure, null);
    event.setTimeStamp(AT);
    return event;
  }

  private static LoggingEvent with(LoggingEvent event, String key, Object value) {
    event.addKeyValuePair(new KeyValuePair(key, value));
    return event;
  }

  private String text(LoggingEvent event, boolean journal) {
    text.setContext(context);
    text.journal(journal);
    text.start();
    return text.doLayout(event);
  }

  private String json(LoggingEvent event, boolean journal) {
    json.setContext(context);
    json.journal(journal);
    json.start();
    return new String(json.encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void showAStepToPeopleWithItsFields() {
    LoggingEvent event = with(event(Level.INFO, "verdict", null), "client", "udp/3");

    assertThat(text(with(event, "took_ms", 4), false))
        .matches(
            "2026-11-2\\dT\\d\\d:\\d\\d:00\\.123\\S+ INFO  Thing: verdict client=udp/3 took_ms=4\n");
  }

  @Test
  void quoteWhatHasBlanksAndStayOnOneLineWhateverIsInIt() {
    LoggingEvent event = with(event(Level.WARN, "a\nb\u001b[2J", null), "x", "1 \"2\"\r\n3=");

    assertThat(text(event, true)).isEqualTo("<4>Thing: a?b?[2J x=\"1 \\\"2\\\"??3=\"\n");
    assertThat(text(with(event(Level.INFO, "a", null), "x", ""), true)).endsWith("a x=\"\"\n");
    assertThat(text(with(event(Level.INFO, "a", null), "x", "b=c"), true))
        .endsWith("a x=\"b=c\"\n");
    assertThat(text(with(event(Level.INFO, "a", null), "x", "\u007f"), true)).endsWith("a x=?\n");
    assertThat(json(event, false)).hasLineCount(1);
    assertThat(node(json(event, false)).get("x").asString()).isEqualTo("1 \"2\"\r\n3=");
  }

  @Test
  void giveEachLineOfAStackTraceItsPriorityAndNoTime() {
    String lines = text(event(Level.ERROR, "failed", new IllegalStateException("why")), true);

    assertThat(lines.lines()).hasSizeGreaterThan(2).allMatch(line -> line.startsWith("<3>"));
    assertThat(lines).startsWith("<3>Thing: failed\n<3>java.lang.IllegalStateException: why\n");
  }

  @Test
  void haveTheirFieldsAsMembersForMachines() {
    LoggingEvent event = with(event(Level.INFO, "verdict", null), "client", "udp/3");

    JsonNode line = node(json(with(event, "took_ms", 4L), false));

    assertThat(line.propertyNames())
        .containsExactlyInAnyOrder(
            "timestamp",
            "level",
            "loggerName",
            "formattedMessage",
            "throwable",
            "client",
            "took_ms");
    assertThat(line.get("timestamp").asLong()).isEqualTo(AT);
    assertThat(line.get("level").asString()).isEqualTo("INFO");
    assertThat(line.get("formattedMessage").asString()).isEqualTo("verdict");
    assertThat(line.get("client").asString()).isEqualTo("udp/3");
    assertThat(line.get("took_ms").isNumber()).isTrue();
  }

  @Test
  void areOneJsonLineAlsoWithAStackTrace() {
    String line = json(event(Level.ERROR, "failed", new IllegalStateException("why")), true);

    assertThat(line).startsWith("<3>{").hasLineCount(1);
    assertThat(node(line.substring(3)).get("throwable").get("message").asString()).isEqualTo("why");
  }

  @Test
  void haveAPriorityOnlyWhereTheJournalReads(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("stderr"));
    String stream =
        Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");

    assertThat(Journal.isStream(stream, file)).isTrue();
    assertThat(Journal.isStream(null, file)).isFalse();
    assertThat(Journal.isStream("1:2", file)).isFalse();
    assertThat(Journal.isStream(stream, folder.resolve("nothing"))).isFalse();
    assertThat(Journal.priority(Level.DEBUG)).isEqualTo("<7>");
  }

  private static JsonNode node(String line) {
    return new ObjectMapper().readTree(line);
  }
}
