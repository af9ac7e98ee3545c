package org.hourgate.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hourgate.management.codec.CommandLexer;

/** Breaks at an input that nobody guesses: proof that a run finds things and says so. */
final class PlantedDefect implements FuzzTarget {

  static final String WORD = "planted";

  @Override
  public void run(byte[] input) {
    if (CommandLexer.split(new String(input, StandardCharsets.ISO_8859_1))
            instanceof CommandLexer.Words(List<String> words)
        && words.size() == 2
        && words.getFirst().equals("open")
        && words.get(1).equals("sesame")) {
      throw new IllegalStateException("planted");
    }
  }

  @Override
  public List<byte[]> seeds() {
    return List.of("status 3".getBytes(StandardCharsets.ISO_8859_1));
  }
}
