package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hourgate.management.Epoch;
import org.hourgate.management.Notification;
import org.hourgate.testing.Capture;
import org.hourgate.testing.RecordingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a new epoch begins, by hand-made and by recorded streams. */
final class NotificationHandlerTest {

  @Test
  void epochsBeginAtReconnectingAtHoldAndWhereALoginComesAgain() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      pipeline.read(connect(0) + connect(1) + connect(7));
      assertThat(epochs(pipeline)).containsExactly(1L);
      pipeline.read(connect(7));
      assertThat(epochs(pipeline)).containsExactly(1L, 2L);
      pipeline.read(">STATE:1,CONNECTED,SUCCESS,,,,,\r\n>STATE:1,RECONNECTING,SIGHUP,,,,,\r\n");
      assertThat(epochs(pipeline)).containsExactly(1L, 2L, 3L);
      pipeline.read(">HOLD:Waiting for hold release:0\r\n");
      assertThat(epochs(pipeline)).containsExactly(1L, 2L, 3L, 4L);
      pipeline.read(connect(0) + connect(1));
      assertThat(epochs(pipeline)).containsExactly(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void clientsThatComeTogetherMayAskInAnyOrder() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      pipeline.read(connect(2) + connect(0) + connect(3) + connect(1));
      assertThat(epochs(pipeline)).containsExactly(1L);
    }
  }

  @Test
  void aClientMayAskAgainWithALaterKey() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      pipeline.read(connect(0) + ">CLIENT:CONNECT,0,2\r\n>CLIENT:ENV,END\r\n");
      assertThat(epochs(pipeline)).containsExactly(1L);
      pipeline.read(connect(0));
      assertThat(epochs(pipeline)).containsExactly(1L, 2L);
    }
  }

  /** Whatever its key: no CID is given twice. */
  @ParameterizedTest
  @ValueSource(strings = {"ESTABLISHED,0", "REAUTH,0,3", "DISCONNECT,0"})
  void aClientThatWasUpOrIsGoneAsksForNoLogin(String last) {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      pipeline.read(connect(0) + ">CLIENT:" + last + "\r\n>CLIENT:ENV,END\r\n" + connect(1));
      assertThat(epochs(pipeline)).containsExactly(1L);
      pipeline.read(">CLIENT:CONNECT,0,4\r\n>CLIENT:ENV,END\r\n");
      assertThat(epochs(pipeline)).containsExactly(1L, 2L);
      pipeline.read(connect(1) + ">CLIENT:CONNECT,0,5\r\n>CLIENT:ENV,END\r\n");
      assertThat(epochs(pipeline)).containsExactly(1L, 2L);
    }
  }

  @Test
  void theNotificationThatShowsAnEpochBelongsToIt() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      pipeline.read(connect(3) + connect(3));
      List<RecordingListener.Event> events = pipeline.listener.events();
      assertThat(events.get(events.size() - 2))
          .isEqualTo(new RecordingListener.EpochStarted(new Epoch(2)));
      assertThat(events.getLast())
          .isInstanceOfSatisfying(
              RecordingListener.Notified.class,
              notified -> assertThat(notified.epoch()).isEqualTo(new Epoch(2)));
    }
  }

  @Test
  void countsNotificationsByType() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      pipeline.read(connect(0) + ">NOTIFY:x\r\n>CLIENT:CONNECT,x,1\r\n");
      assertThat(pipeline.counters.notifications())
          .isEqualTo(Map.of("Info", 1L, "ClientConnect", 1L, "Unrecognized", 2L));
      assertThat(pipeline.counters.unparsedLines()).isOne();
    }
  }

  @Test
  void softRestartsOfARealServerBeginEpochsBeforeTheirFirstConnect() {
    // HOLD twice at the start, then SIGUSR1 with RECONNECTING and HOLD.
    assertThat(epochsOfConnects("hold-and-signals", 0)).containsExactly(3L, 5L);
    // Without "state on" and hold only the CID shows it.
    assertThat(epochsOfConnects("cid-reuse-late-answer", 0)).doesNotHaveDuplicates();
  }

  private static List<Long> epochsOfConnects(String capture, int connection) {
    try (PipelineHarness pipeline = new PipelineHarness()) {
      pipeline.read(
          new String(
              Capture.fromOpenVpn(
                  Capture.named(capture).connections().get(connection).stream()
                      .filter(line -> line.raw().startsWith(">"))
                      .toList()),
              StandardCharsets.ISO_8859_1));
      assertThat(pipeline.failures).isEmpty();
      return pipeline.listener.events(RecordingListener.Notified.class).stream()
          .filter(notified -> notified.notification() instanceof Notification.ClientConnect)
          .map(notified -> notified.epoch().number())
          .toList();
    }
  }

  private static List<Long> epochs(PipelineHarness pipeline) {
    List<Long> epochs = new ArrayList<>();
    for (RecordingListener.Event event : pipeline.listener.events()) {
      switch (event) {
        case RecordingListener.Attached(Epoch epoch) -> epochs.add(epoch.number());
        case RecordingListener.EpochStarted(Epoch epoch) -> epochs.add(epoch.number());
        case RecordingListener.Notified _, RecordingListener.Detached _ -> {}
      }
    }
    return epochs;
  }

  private static String connect(long client) {
    return ">CLIENT:CONNECT,%d,1\r\n>CLIENT:ENV,END\r\n".formatted(client);
  }
}
