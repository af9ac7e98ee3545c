package org.hourgate.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ClientTextTest {

  @Test
  void keepsOrdinaryText() {
    assertThat(ClientText.safe("Extend at https://example.org – \"now\", 5 € 𝄞"))
        .isEqualTo("Extend at https://example.org – \"now\", 5 € 𝄞");
  }

  @Test
  void replacesWhatCouldEndALineOrRunATerminal() {
    assertThat(ClientText.safe("\ta\r\nb\u001bc\u0000d\u0085e\u2028f\ud834g\u007f\n"))
        .isEqualTo("a  b c d e f g");
  }

  @Test
  void cutsBetweenCodePoints() {
    assertThat(ClientText.safe("aä€𝄞z", 2)).isEqualTo("a");
    assertThat(ClientText.safe("aä€𝄞z", 3)).isEqualTo("aä");
    assertThat(ClientText.safe("aä€𝄞z", 5)).isEqualTo("aä");
    assertThat(ClientText.safe("aä€𝄞z", 9)).isEqualTo("aä€");
    assertThat(ClientText.safe("aä€𝄞z", 10)).isEqualTo("aä€𝄞");
    assertThat(ClientText.safe("aä€𝄞z", 11)).isEqualTo("aä€𝄞z");
  }

  @Test
  void cutsAt200BytesUnlessTold() {
    assertThat(ClientText.safe("ä".repeat(150)).getBytes(StandardCharsets.UTF_8)).hasSize(200);
  }
}
