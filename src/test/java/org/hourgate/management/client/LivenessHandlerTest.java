package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LivenessHandlerTest {

  @Test
  void asksAfterFifteenIdleSecondsAndAgainLater() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      pipeline.advance(Duration.ofSeconds(14));
      assertThat(pipeline.written()).isEmpty();
      pipeline.advance(Duration.ofSeconds(2));
      assertThat(pipeline.written()).isEqualTo("pid\n");
      pipeline.read("SUCCESS: pid=1\r\n");
      pipeline.advance(Duration.ofSeconds(16));
      assertThat(pipeline.written()).isEqualTo("pid\n");
      assertThat(pipeline.failures).isEmpty();
    }
  }

  @Test
  void doesNotAskADaemonThatTalks() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      for (int i = 0; i < 10; i++) {
        pipeline.advance(Duration.ofSeconds(10));
        pipeline.read(">NOTIFY:x\r\n");
      }
      assertThat(pipeline.written()).isEmpty();
    }
  }

  @Test
  void givesUpADaemonThatStaysSilent() {
    try (PipelineHarness pipeline = PipelineHarness.greeted()) {
      pipeline.advance(Duration.ofSeconds(24));
      assertThat(pipeline.failures).isEmpty();
      pipeline.advance(Duration.ofSeconds(2));
      assertThat(pipeline.failures).hasSize(1);
      assertThat(pipeline.failures.getFirst()).hasMessageContaining("no sign of life");
    }
  }
}
