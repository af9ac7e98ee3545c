package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.testing.RecordingListener;
import org.junit.jupiter.api.Test;

final class GreetingHandlerTest {

  private static final String ACCEPTED = "SUCCESS: password is correct\r\n";

  @Test
  void attachesAtTheGreeting() {
    try (PipelineHarness pipeline = new PipelineHarness()) {
      pipeline.read(PipelineHarness.GREETING);
      assertThat(pipeline.listener.events(RecordingListener.Attached.class)).hasSize(1);
      pipeline.advance(Duration.ofSeconds(10));
      assertThat(pipeline.failures).isEmpty();
    }
  }

  @Test
  void answersThePromptHoweverTheStreamIsCut() {
    String stream = "ENTER PASSWORD:" + ACCEPTED + PipelineHarness.GREETING;
    for (int cut = 1; cut < stream.length(); cut++) {
      try (PipelineHarness pipeline = withPassword("geheim")) {
        pipeline.read(stream.substring(0, cut));
        pipeline.read(stream.substring(cut));
        assertThat(pipeline.written()).isEqualTo("geheim\n");
        assertThat(pipeline.listener.events(RecordingListener.Attached.class)).hasSize(1);
        assertThat(pipeline.failures).isEmpty();
      }
    }
  }

  @Test
  void answersOnlyOnce() {
    try (PipelineHarness pipeline = withPassword("geheim")) {
      pipeline.read("ENTER PASSWORD:ENTER PASSWORD:" + ACCEPTED + PipelineHarness.GREETING);
      assertThat(pipeline.written()).isEqualTo("geheim\n");
      assertThat(pipeline.failures).singleElement().isInstanceOf(PasswordRefusedException.class);
      assertThat(pipeline.listener.events()).isEmpty();
    }
  }

  @Test
  void anythingElseBeforeTheGreetingIsABrokenStream() {
    for (String line : new String[] {"SUCCESS: pid=1", ACCEPTED.strip(), ">HOLD:x", "x"}) {
      try (PipelineHarness pipeline = new PipelineHarness()) {
        pipeline.read(line + "\r\n" + PipelineHarness.GREETING);
        assertThat(pipeline.failures)
            .singleElement()
            .isInstanceOf(ManagementProtocolException.class);
        assertThat(pipeline.listener.events()).isEmpty();
      }
    }
  }

  @Test
  void silenceMeansThatAnotherControllerIsServed() {
    try (PipelineHarness pipeline = new PipelineHarness()) {
      pipeline.advance(Duration.ofMillis(2100));
      assertThat(pipeline.failures)
          .singleElement()
          .extracting(Throwable::getMessage)
          .asString()
          .contains("another program holds the management interface");
    }
  }

  @Test
  void silenceBehindThePasswordMeansSomethingElse() {
    try (PipelineHarness pipeline = withPassword("geheim")) {
      pipeline.read("ENTER PASSWORD:");
      pipeline.advance(Duration.ofMillis(2100));
      assertThat(pipeline.failures)
          .singleElement()
          .extracting(Throwable::getMessage)
          .asString()
          .contains("no answer to the management password");
    }
  }

  private static PipelineHarness withPassword(String password) {
    return new PipelineHarness(ManagementClientConfig.Limits.DEFAULT, Optional.of(password));
  }
}
