package org.hourgate.interleavings;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.hourgate.fuzz.Scratch;
import org.hourgate.testing.MeasuredSection;

/** Many orders of every story; {@code bench/fuzz.sh --orders N} calls it. */
public final class OrdersRun {

  private OrdersRun() {}

  /** {@code --orders N [--seed N] [--publish]}: at most N of each story, and N at random. */
  public static void main(String[] arguments) throws Exception {
    Instant begun = Instant.now();
    long most = 0;
    long seed = new Random().nextInt(Integer.MAX_VALUE);
    boolean publish = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--orders" -> most = Long.parseLong(arguments[++i]);
        case "--seed" -> seed = Long.parseLong(arguments[++i]);
        case "--publish" -> publish = true;
        default -> throw new IllegalArgumentException("unknown: " + arguments[i]);
      }
    }
    Stories stories = new Stories(Scratch.folder("interleavings"));
    List<String> lines = new ArrayList<>();
    lines.add("| story | orders | |\n|---|--:|---|");
    long all = 0;
    for (Stories.Named story : stories.small()) {
      Explorer.Tried tried = Explorer.all(story.story(), most);
      all += tried.orders();
      lines.add(
          row(story.name(), tried, tried.complete() ? "all there are" : "the first, depth first"));
      System.out.println(lines.getLast());
      if (!tried.complete()) {
        Explorer.Tried more = Explorer.random(story.story(), most, seed);
        all += more.orders();
        lines.add(row(story.name(), more, "at random"));
      }
    }
    Explorer.Tried everything = Explorer.random(stories::everythingAtOnce, most, seed);
    all += everything.orders();
    lines.add(row("everything at once", everything, "at random"));
    lines.addFirst("");
    lines.addFirst(
        String.format(
            Locale.ROOT,
            "%,d orders in %d s, seed %d: one verdict in each.",
            all,
            Duration.between(begun, Instant.now()).toSeconds(),
            seed));
    lines.forEach(System.out::println);
    if (publish) {
      lines.add("");
      lines.add(MeasuredSection.provenance(begun, "bench/fuzz.sh " + String.join(" ", arguments)));
      new MeasuredSection(Path.of("docs", "reliability.md"), "interleavings").write(lines);
    }
  }

  private static String row(String name, Explorer.Tried tried, String which) {
    return String.format(
        Locale.ROOT,
        "| %s | %,d | %s, up to %d choices in each |",
        name,
        tried.orders(),
        which,
        tried.longest());
  }
}
