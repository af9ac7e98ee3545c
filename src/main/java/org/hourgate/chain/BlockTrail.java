package org.hourgate.chain;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The last heads we have followed the chain to: numbers rise, not necessarily by one. Used by one
 * thread.
 */
final class BlockTrail {

  private static final int LENGTH = 128;

  private final Deque<BlockHeader> heads = new ArrayDeque<>();

  Optional<BlockHeader> last() {
    return Optional.ofNullable(heads.peekLast());
  }

  /**
   * Drops what the chain that ends in {@code head} does not contain.
   *
   * @param blockAt finds that chain's blocks
   * @return by how many blocks the followed chain got shorter; 0 if all of it is still there
   */
  long retreat(BlockHeader head, LongFunction<Optional<BlockHeader>> blockAt) {
    // Nothing is dropped before all is known: blockAt may throw.
    int gone = 0;
    long lowest = 0;
    for (Iterator<BlockHeader> newestFirst = heads.descendingIterator(); newestFirst.hasNext(); ) {
      BlockHeader block = newestFirst.next();
      lowest = block.number();
      if (isAncestor(block, head, blockAt)) {
        break;
      }
      gone++;
      lowest = block.number() - 1;
    }
    if (gone == 0) {
      return 0;
    }
    long depth = heads.getLast().number() - lowest;
    for (int i = 0; i < gone; i++) {
      heads.removeLast();
    }
    return depth;
  }

  void add(BlockHeader head) {
    if (heads.isEmpty() || heads.getLast().number() < head.number()) {
      heads.addLast(head);
      if (heads.size() > LENGTH) {
        heads.removeFirst();
      }
    }
  }

  private static boolean isAncestor(
      BlockHeader block, BlockHeader head, LongFunction<Optional<BlockHeader>> blockAt) {
    if (block.number() > head.number()) {
      return false;
    }
    if (block.number() == head.number()) {
      return block.hash().equals(head.hash());
    }
    if (block.number() == head.number() - 1) {
      return block.hash().equals(head.parentHash());
    }
    return blockAt
        .apply(block.number())
        .map(found -> found.hash().equals(block.hash()))
        .orElse(false);
  }
}
