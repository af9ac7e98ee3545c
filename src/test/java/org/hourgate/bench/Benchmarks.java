package org.hourgate.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Runs the measurements, prints their tables and, with {@code --record}, writes them into
 * docs/benchmarks.md. Arguments name parts; {@code all} means each.
 */
final class Benchmarks {

  /** In the order of the page. */
  private static final List<String> ALL =
      List.of("jmh", "socket", "footprint", "storm", "connects", "guests", "lookups");

  /** Needs another program. */
  private static final String PEER = "peer";

  private Benchmarks() {}

  /**
   * {@code Benchmarks FOLDER LOG PART... [--minutes N] [--sessions N] [--processes N] [--fake]
   * [--peer COMMAND [--peer-name NAME]] [--record]}: the gates' log goes to LOG. {@code --peer}
   * adds the part {@code peer}.
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Path log = Path.of(arguments[1]);
    Set<String> parts = new LinkedHashSet<>();
    double minutes = 15;
    Optional<Integer> sessions = Optional.empty();
    int processes = 1;
    boolean fake = false;
    boolean records = false;
    Optional<String> peer = Optional.empty();
    String peerName = "the other program";
    Iterator<String> words = List.of(arguments).subList(2, arguments.length).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "--minutes" -> minutes = Double.parseDouble(words.next());
        case "--sessions" -> sessions = Optional.of(Integer.parseInt(words.next()));
        case "--processes" -> processes = Integer.parseInt(words.next());
        case "--fake" -> fake = true;
        case "--peer" -> peer = Optional.of(words.next());
        case "--peer-name" -> peerName = words.next();
        case "--record" -> records = true;
        case "all" -> parts.addAll(ALL);
        default -> {
          if (!ALL.contains(word) && !word.equals(PEER)) {
            throw new IllegalArgumentException("no such part: " + word);
          }
          parts.add(word);
        }
      }
    }
    if (peer.isPresent()) {
      parts.add(PEER);
    } else if (parts.contains(PEER)) {
      throw new IllegalArgumentException("peer needs --peer 'COMMAND {socket}'");
    }
    String options =
        String.format(Locale.ROOT, " --minutes %.0f", minutes)
            + sessions.map(n -> " --sessions " + n).orElse("")
            + (processes > 1 ? " --processes " + processes : "")
            + (fake ? " --fake" : "")
            + (peer.isPresent() ? " --peer …" : "");
    Report report = new Report(System.out, records, options);
    Duration each = Duration.ofMillis((long) (minutes * 60_000)).dividedBy(parts.size());
    List<String> failed = new ArrayList<>();
    for (String part : parts) {
      report.begin(part);
      try {
        switch (part) {
          case "jmh" -> new JmhBench(report).run();
          case "socket" -> new SocketBench(report, folder, log, each).run();
          case "footprint" -> new FootprintBench(report, folder, each).run();
          case "storm" ->
              new StormBench(report, folder)
                  .run(
                      sessions.isPresent()
                          ? List.of(new StormBench.Size(!fake, sessions.get(), processes))
                          : StormBench.usual());
          case "connects" -> new ConnectBench(report, log, each).run();
          case PEER -> new PeerBench(report, folder, log, each, peerName, peer.orElseThrow()).run();
          case "guests" -> new GuestBench(report, folder, log, each).run();
          default -> new LookupBench(report, each).run();
        }
        report.end();
      } catch (Exception e) { // A part that fails does not take the others' figures with it.
        report.progress("failed: " + e);
        e.printStackTrace();
        failed.add(part);
      }
    }
    if (!failed.isEmpty()) {
      System.err.println("failed: " + failed);
      System.exit(1);
    }
  }
}
