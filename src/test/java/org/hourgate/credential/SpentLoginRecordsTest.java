package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.hourgate.credential.SpentLogins.Login;
import org.junit.jupiter.api.Test;

class SpentLoginRecordsTest {
  private static final Instant START = Instant.parse("2026-11-21T18:00:00Z");
  private static final Login LOGIN =
      new Login(
          new WalletAddress("f39fd6e51aad88f6f4ce6ab8827279cfffb92266"), new Nonce("1".repeat(32)));
  private static final Login OTHER_LOGIN =
      new Login(
          new WalletAddress("70997970c51812dc3a010c7d01b50e0d17dc79c8"), new Nonce("2".repeat(32)));
  private static final SpentLoginRecords RECORDS =
      new SpentLoginRecords(
          START, Map.of(LOGIN, START.plusSeconds(300), OTHER_LOGIN, START.plusSeconds(200)));

  @Test
  void readsWhatItWrote() throws IOException {
    assertThat(SpentLoginRecords.parse(RECORDS.format())).isEqualTo(RECORDS);
    assertThat(SpentLoginRecords.parse(SpentLoginRecords.none(START).format()))
        .isEqualTo(SpentLoginRecords.none(START));
  }

  @Test
  void readsAppendedLines() throws IOException {
    String content =
        SpentLoginRecords.none(START).format()
            + SpentLoginRecords.formatLine(LOGIN, START.plusSeconds(300));

    assertThat(SpentLoginRecords.parse(content).spent())
        .containsExactly(Map.entry(LOGIN, START.plusSeconds(300)));
  }

  @Test
  void refusesAContentCutShortInsideALine() throws IOException {
    String whole = RECORDS.format();
    for (int length = 0; length < whole.length(); length++) {
      String cut = whole.substring(0, length);
      if (cut.endsWith("\n")) {
        assertThat(SpentLoginRecords.parse(cut).refuseIssuedBefore()).isEqualTo(START);
      } else {
        assertThatThrownBy(() -> SpentLoginRecords.parse(cut))
            .as("%d characters", length)
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void refusesAnyChangedBit() {
    byte[] whole = RECORDS.format().getBytes(StandardCharsets.ISO_8859_1);
    for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
      byte[] changed = whole.clone();
      changed[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
      assertThatThrownBy(
              () -> SpentLoginRecords.parse(new String(changed, StandardCharsets.ISO_8859_1)))
          .as("bit %d", bit)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void refusesAContentWithoutItsFirstLine() {
    assertThatThrownBy(() -> SpentLoginRecords.parse(SpentLoginRecords.formatLine(LOGIN, START)))
        .isInstanceOf(IOException.class);
  }
}
