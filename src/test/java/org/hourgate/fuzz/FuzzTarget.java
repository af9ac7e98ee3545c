package org.hourgate.fuzz;

import java.util.List;

/**
 * Something that takes bytes of strangers. {@link #run} throws for nothing but a defect: what the
 * protocol allows to be refused is refused inside. Called by one thread.
 */
public interface FuzzTarget {

  /** Feeds one input, and checks what came of it. */
  void run(byte[] input) throws Exception;

  /** Inputs from which to begin: ordinary ones, and each kind of what is known to be odd. */
  List<byte[]> seeds();

  /**
   * What means something to it, for inputs to be made of; each of 64 Latin-1 characters at most.
   */
  default List<String> words() {
    return List.of();
  }
}
