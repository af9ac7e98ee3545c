package org.hourgate.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MeasuredSectionTest {

  @TempDir private Path folder;

  @Test
  void replacesItsOwnPartOfThePageOnly() throws IOException {
    Path page =
        Files.writeString(
            folder.resolve("page.md"),
            """
            # A page
            <!-- figures of one begin -->
            old
            <!-- figures of one end -->
            between
            <!-- figures of other begin -->
            theirs
            <!-- figures of other end -->
            """);

    new MeasuredSection(page, "one").write(List.of("new", "lines"));

    assertThat(page)
        .hasContent(
            """
            # A page
            <!-- figures of one begin -->
            new
            lines
            <!-- figures of one end -->
            between
            <!-- figures of other begin -->
            theirs
            <!-- figures of other end -->
            """);
  }

  @Test
  void refusesAPageWithoutThatPart() throws IOException {
    Path page = Files.writeString(folder.resolve("page.md"), "# A page\n");

    assertThatThrownBy(() -> new MeasuredSection(page, "one").write(List.of("new")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no place for the figures of one");
  }

  @Test
  void saysWhenWhereAndHowARunWasMade() throws IOException {
    assertThat(
            MeasuredSection.provenance(
                Instant.parse("2026-11-22T07:25:00Z"), "bench/soak.sh --minutes 30"))
        .startsWith("22 November 2026, 07:25 UTC · ")
        .contains(" cores, Linux ", " · commit ")
        .endsWith(" · `bench/soak.sh --minutes 30`");
  }
}
