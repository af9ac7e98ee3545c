package org.hourgate.app.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.hourgate.operator.AdminReply.SessionLine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fits into a line, and who comes first. */
final class SessionTableTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
  private static final String WALLET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

  private static SessionLine session(String instance, long cid, @Nullable Long until) {
    return new SessionLine(
        instance,
        cid,
        WALLET,
        "203.0.113.254:51820",
        "10.8.100.100",
        "fd00:8::6464",
        999_000,
        until,
        999_990L,
        1536,
        3 << 20,
        "device",
        "established");
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 40, 80, 100, 132, 200})
  void fitsIntoTheTerminal(int width) {
    List<String> lines =
        SessionTable.lines(
            List.of(session("udp", 12, 1_000_059L), session("tcp", 7, null)),
            NOW,
            OptionalInt.of(width));

    assertThat(lines)
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
    assertThat(lines.get(1)).startsWith("udp/12").contains("59s");
  }

  @Test
  void leavesNothingOutWhereThereIsNoTerminal() {
    List<String> lines =
        SessionTable.lines(List.of(session("udp", 12, 1_000_059L)), NOW, OptionalInt.empty());

    assertThat(lines.get(1))
        .contains(
            WALLET,
            "203.0.113.254:51820",
            "10.8.100.100, fd00:8::6464",
            "1.5 KiB",
            "3.0 MiB",
            "device")
        .contains("59s");
  }

  @Test
  void showsFirstWhoseTimeEndsFirst() {
    SessionLine unknown = session("a", 1, null);
    SessionLine late = session("b", 2, 3_000L);
    SessionLine soon = session("c", 3, 2_000L);

    assertThat(Stream.of(unknown, late, soon).sorted(SessionTable.SOONEST_END))
        .containsExactly(soon, late, unknown);
  }
}
