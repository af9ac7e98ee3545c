package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.CommandTimeoutException;
import org.hourgate.management.EpochEndedException;
import org.hourgate.management.KeyId;
import org.hourgate.management.ManagementConnectionException;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.management.ManagementQueueFullException;
import org.hourgate.management.Notification;
import org.hourgate.management.OvertakenByCutException;
import org.hourgate.management.Reply;
import org.junit.jupiter.api.Test;

final class CommandHandlerTest {

  private static final String STATUS =
      "TITLE\tOpenVPN\r\n>NOTIFY:info,remote-exit,EXIT\r\nCLIENT_LIST\ta\r\nEND\r\n";
  private static final ManagementClientConfig.Limits WINDOW_OF_TWO =
      new ManagementClientConfig.Limits(2, 10_000, 3, 5);

  @Test
  void givesEachCommandItsReplyInTheOrderOfTheStream() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      var first = send(pipeline, new Command.Pid(), new Command.Status());
      var second = send(pipeline, new Command.EnvFilter(0));
      assertThat(pipeline.writes()).containsExactly("pid\nstatus 3\nenv-filter 0\n");
      pipeline.read("SUCCESS: pid=4\r\n" + STATUS + "SUCCESS: env_filter_level=0\r\n");
      assertThat(replies(first))
          .containsExactly(
              new Reply.Success("pid=4"),
              new Reply.Lines(List.of("TITLE\tOpenVPN", "CLIENT_LIST\ta")));
      assertThat(replies(second)).containsExactly(new Reply.Success("env_filter_level=0"));
      assertThat(pipeline.listener.notifications(Notification.Unrecognized.class)).hasSize(1);
      assertThat(pipeline.failures).isEmpty();
    }
  }

  @Test
  void givesEachCommandItsReplyHoweverTheStreamIsCut() {
    String stream = "SUCCESS: pid=4\r\n" + STATUS;
    for (int cut = 1; cut < stream.length(); cut++) {
      try (PipelineHarness pipeline = PipelineHarness.greeted()) {
        var sent = send(pipeline, new Command.Pid(), new Command.Status());
        pipeline.writes();
        pipeline.read(stream.substring(0, cut));
        pipeline.read(stream.substring(cut));
        assertThat(replies(sent))
            .containsExactly(
                new Reply.Success("pid=4"),
                new Reply.Lines(List.of("TITLE\tOpenVPN", "CLIENT_LIST\ta")));
      }
    }
  }

  @Test
  void anErrorLineEndsAMultiLineCommand() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      var sent = send(pipeline, new Command.Status(), new Command.Pid());
      pipeline.writes();
      pipeline.read("ERROR: not supported\r\nSUCCESS: pid=4\r\n");
      assertThat(replies(sent))
          .containsExactly(new Reply.Failure("not supported"), new Reply.Success("pid=4"));
    }
  }

  @Test
  void notificationsBeforeTheReplyOfTheCommandThatCausedThem() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      var sent = send(pipeline, new Command.KillCommonName("a"));
      pipeline.writes();
      pipeline.read(">CLIENT:DISCONNECT,0\r\n>CLIENT:ENV,END\r\n");
      pipeline.read("SUCCESS: common name 'a' found, 1 client(s) killed\r\n");
      assertThat(replies(sent)).hasSize(1);
      assertThat(pipeline.listener.notifications(Notification.ClientDisconnect.class)).hasSize(1);
    }
  }

  @Test
  void theUrgentGoFirstAndWhatIsSentTogetherStaysTogether() {
    try (PipelineHarness pipeline = PipelineHarness.greeted(WINDOW_OF_TWO)) {
      for (int i = 0; i < 2; i++) {
        var _ = send(pipeline, new Command.Pid());
      }
      assertThat(pipeline.written()).isEqualTo("pid\npid\n");
      var _ = send(pipeline, CommandPriority.STATUS, new Command.Version());
      var _ = send(pipeline, CommandPriority.CONNECT, nt(1), nt(2), nt(3));
      var _ = send(pipeline, CommandPriority.REAUTH, nt(4));
      var _ = send(pipeline, CommandPriority.CUT, kill(5), kill(6));
      assertThat(pipeline.written()).isEmpty();
      pipeline.read("SUCCESS: pid=1\r\n");
      assertThat(pipeline.written()).isEqualTo("client-kill 5\nclient-kill 6\n");
      pipeline.read("SUCCESS: pid=1\r\n");
      assertThat(pipeline.written()).isEmpty();
      pipeline.read("SUCCESS: client-kill command succeeded\r\n".repeat(2));
      assertThat(pipeline.written())
          .isEqualTo(
              "client-auth-nt 4 1\nclient-auth-nt 1 1\nclient-auth-nt 2 1\nclient-auth-nt 3 1\n");
    }
  }

  @Test
  void acceptsNobodyWhoseCutHasOvertakenTheAccept() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      var accept = send(pipeline, CommandPriority.REAUTH, nt(4));
      var another = send(pipeline, CommandPriority.CONNECT, nt(5));
      var _ = send(pipeline, CommandPriority.CUT, kill(4));

      assertThat(pipeline.written()).isEqualTo("client-kill 4\nclient-auth-nt 5 1\n");
      assertThat(failure(accept)).isInstanceOf(OvertakenByCutException.class);
      assertThat(another.toCompletableFuture()).isNotDone();

      var _ = send(pipeline, CommandPriority.REAUTH, nt(4));
      assertThat(pipeline.written()).isEqualTo("client-auth-nt 4 1\n");
    }
  }

  @Test
  void theWindowIsBoundedInBytesToo() {
    try (PipelineHarness pipeline =
        PipelineHarness.greeted(new ManagementClientConfig.Limits(100, 10, 100, 100))) {
      for (int i = 0; i < 5; i++) {
        var _ = send(pipeline, new Command.Pid());
      }
      assertThat(pipeline.written()).isEqualTo("pid\npid\npid\n");
    }
  }

  @Test
  void hasRoomForTheVerdictsOf100000ClientsWhileOpenVpnReadsNone() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      for (int i = 0; i < 100_000; i++) {
        ClientId client = new ClientId(i);
        var accept =
            send(
                pipeline,
                new Command.ClientAuth(client, new KeyId(1), List.of()),
                new Command.ClientPendingAuth(client, new KeyId(1), "", 60));
        assertThat(accept.toCompletableFuture()).isNotDone();
      }
    }
  }

  @Test
  void aFullQueueFailsAtOnceAndCutsHaveTheirOwn() {
    try (PipelineHarness pipeline = PipelineHarness.greeted(WINDOW_OF_TWO)) {
      var _ = send(pipeline, new Command.Pid(), new Command.Pid());
      pipeline.writes();
      var _ = send(pipeline, new Command.Pid(), new Command.Pid());
      assertThat(failure(send(pipeline, new Command.Pid(), new Command.Pid())))
          .isInstanceOf(ManagementQueueFullException.class);
      assertThat(send(pipeline, new Command.Pid()).toCompletableFuture()).isNotDone();
      var cut = send(pipeline, CommandPriority.CUT, kill(1), kill(2), kill(3), kill(4), kill(5));
      assertThat(cut.toCompletableFuture()).isNotDone();
      assertThat(failure(send(pipeline, CommandPriority.CUT, kill(6))))
          .isInstanceOf(ManagementQueueFullException.class);
      assertThat(pipeline.counters.refusedSends()).isEqualTo(2);
      pipeline.read("SUCCESS: pid=1\r\n".repeat(2));
      assertThat(send(pipeline, CommandPriority.CUT, kill(6)).toCompletableFuture()).isNotDone();
    }
  }

  @Test
  void writesNothingOfAnEpochThatEndedWhileItWaited() {
    try (PipelineHarness pipeline = PipelineHarness.greeted(WINDOW_OF_TWO)) {
      var _ = send(pipeline, new Command.Pid(), new Command.Pid());
      pipeline.writes();
      var stale =
          pipeline.commands.send(pipeline.epochs.current(), CommandPriority.CUT, List.of(kill(0)));
      pipeline.read(">HOLD:Waiting for hold release:0\r\n");
      var present =
          pipeline.commands.send(pipeline.epochs.current(), CommandPriority.CUT, List.of(kill(1)));
      pipeline.read("SUCCESS: pid=1\r\n");
      assertThat(pipeline.written()).isEqualTo("client-kill 1\n");
      assertThat(failure(stale)).isInstanceOf(EpochEndedException.class);
      assertThat(present.toCompletableFuture()).isNotDone();
      assertThat(pipeline.counters.staleSends()).isOne();
    }
  }

  @Test
  void aTimedOutCommandKeepsItsPlaceForItsLateReply() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      var late = send(pipeline, new Command.Status());
      pipeline.writes();
      pipeline.read("TITLE\r\n");
      pipeline.advance(Duration.ofSeconds(11));
      assertThat(failure(late)).isInstanceOf(CommandTimeoutException.class);
      var next = send(pipeline, new Command.Pid());
      pipeline.writes();
      pipeline.read("CLIENT_LIST\ta\r\nEND\r\nSUCCESS: pid=9\r\n");
      assertThat(replies(next)).containsExactly(new Reply.Success("pid=9"));
      assertThat(pipeline.counters.timedOutSends()).isOne();
      assertThat(pipeline.failures).isEmpty();
    }
  }

  @Test
  void aCommandThatTimedOutUnwrittenIsNeverWritten() {
    try (PipelineHarness pipeline = PipelineHarness.greeted(WINDOW_OF_TWO)) {
      var _ = send(pipeline, new Command.Pid(), new Command.Pid());
      pipeline.writes();
      var waiting = send(pipeline, CommandPriority.CUT, kill(1));
      pipeline.advance(Duration.ofSeconds(11));
      assertThat(failure(waiting)).isInstanceOf(CommandTimeoutException.class);
      pipeline.read("SUCCESS: pid=1\r\n".repeat(2));
      assertThat(pipeline.written()).isEmpty();
    }
  }

  @Test
  void givesUpADaemonThatAnswersNothingAndNotOneThatIsSlow() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      var _ = send(pipeline, new Command.Pid(), new Command.Pid(), new Command.Pid());
      pipeline.writes();
      talkFor(Duration.ofSeconds(29), pipeline);
      pipeline.read("SUCCESS: pid=1\r\n");
      talkFor(Duration.ofSeconds(29), pipeline);
      assertThat(pipeline.failures).isEmpty();
      talkFor(Duration.ofSeconds(2), pipeline);
      assertThat(pipeline.failures).first().asString().contains("no reply within 30000 ms");
    }
  }

  @Test
  void aReplyNobodyIsDueToGetIsABrokenStream() {
    assertBreaks("SUCCESS: pid=1\r\nSUCCESS: pid=1\r\n", new Command.Pid());
    assertBreaks("TITLE\r\n", new Command.Pid());
    assertBreaks("END\r\n", new Command.Pid());
    assertBreaks("SUCCESS: pid=1\r\n", new Command.Status());
    assertBreaks("SUCCESS: pid=1\r\n", kill(0));
    assertBreaks("SUCCESS: client-deny command succeeded\r\n", kill(0));
    assertBreaks("ERROR: client-auth command failed\r\n", kill(0));
    assertBreaks("SUCCESS: client-kill command succeeded\r\n", new Command.Pid());
  }

  @Test
  void repliesThatNameNoCommandProveNothing() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      var sent = send(pipeline, kill(0), nt(0), new Command.Pid());
      pipeline.writes();
      pipeline.read("SUCCESS: something new\r\nERROR: cannot parse CID\r\nSUCCESS: 7\r\n");
      assertThat(replies(sent)).hasSize(3);
      assertThat(pipeline.failures).isEmpty();
    }
  }

  @Test
  void nothingBehindABrokenStreamIsBelieved() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      pipeline.read("SUCCESS: pid=1\r\n>CLIENT:CONNECT,0,1\r\n>CLIENT:ENV,END\r\n");
      assertThat(pipeline.failures).hasSize(1);
      assertThat(pipeline.listener.notifications(Notification.ClientConnect.class)).isEmpty();
    }
  }

  @Test
  void everythingFailsWithTheConnection() {
    PipelineHarness pipeline = PipelineHarness.greeted(WINDOW_OF_TWO);
    var written = send(pipeline, new Command.Pid(), new Command.Pid());
    pipeline.writes();
    var waiting = send(pipeline, new Command.Pid());
    pipeline.close();
    assertThat(failure(written)).isInstanceOf(ManagementConnectionException.class);
    assertThat(failure(waiting)).isInstanceOf(ManagementConnectionException.class);
    assertThat(failure(send(pipeline, new Command.Pid())))
        .isInstanceOf(ManagementConnectionException.class);
  }

  @Test
  void nothingIsSentBeforeTheGreeting() {
    try (PipelineHarness pipeline = new PipelineHarness()) {
      assertThat(failure(send(pipeline, new Command.Pid())))
          .isInstanceOf(ManagementConnectionException.class);
      assertThat(pipeline.written()).isEmpty();
    }
  }

  @Test
  void noCommandsNeedNoReply() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      assertThat(replies(send(pipeline))).isEmpty();
    }
  }

  /** The daemon has much to tell and answers nothing. */
  private static void talkFor(Duration duration, PipelineHarness pipeline) {
    for (long second = 0; second < duration.toSeconds(); second++) {
      pipeline.read(">NOTIFY:info,remote-exit,EXIT\r\n");
      pipeline.advance(Duration.ofSeconds(1));
    }
  }

  private static void assertBreaks(String stream, Command command) {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      var _ = send(pipeline, command);
      pipeline.writes();
      pipeline.read(stream);
      assertThat(pipeline.failures).singleElement().isInstanceOf(ManagementProtocolException.class);
    }
  }

  private static CompletionStage<List<Reply>> send(PipelineHarness pipeline, Command... commands) {
    return send(pipeline, CommandPriority.OPERATOR, commands);
  }

  private static CompletionStage<List<Reply>> send(
      PipelineHarness pipeline, CommandPriority priority, Command... commands) {
    return pipeline.commands.send(null, priority, List.of(commands));
  }

  private static List<Reply> replies(CompletionStage<List<Reply>> stage) {
    return stage.toCompletableFuture().getNow(Collections.emptyList());
  }

  private static Throwable failure(CompletionStage<List<Reply>> stage) {
    return stage.toCompletableFuture().exceptionNow();
  }

  private static Command nt(long client) {
    return new Command.ClientAuthNt(new ClientId(client), new KeyId(1));
  }

  private static Command kill(long client) {
    return new Command.ClientKill(new ClientId(client), Optional.empty());
  }
}
