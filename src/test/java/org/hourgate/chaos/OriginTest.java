package org.hourgate.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OriginTest {

  @TempDir private Path folder;

  @Test
  void isKeptForAllHistoriesOfARun() throws IOException {
    List<Path> run = run("one", "22 November 2026 · `bench/chaos.sh --processes --seed 7`");

    assertThat(Origin.of(run)).contains("22 November 2026 · `bench/chaos.sh --processes --seed 7`");
    assertThat(Origin.of(run.reversed())).isPresent();
  }

  @Test
  void ofPartOfARunOfTwoRunsAndOfAnUnknownOneIsNotKnown() throws IOException {
    List<Path> one = run("one", "one");
    List<Path> other = run("other", "other");
    Path stray =
        Files.createFile(Files.createDirectory(folder.resolve("stray")).resolve("h.jsonl"));

    assertThat(Origin.of(one.subList(0, 1))).isEmpty();
    assertThat(Origin.of(List.of(one.get(0), one.get(1), other.get(0)))).isEmpty();
    assertThat(Origin.of(List.of(stray))).isEmpty();
  }

  private List<Path> run(String name, String line) throws IOException {
    Path histories = Files.createDirectory(folder.resolve(name));
    Path first = Files.createFile(histories.resolve("history-1.jsonl"));
    Path second = Files.createFile(histories.resolve("history-2.jsonl"));
    Origin.write(histories, line);
    return List.of(first, second);
  }
}
