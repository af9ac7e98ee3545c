package org.hourgate.chain;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The last heads we have followed the chain to: numbers rise, not necessarily by one. Before the
 * first of them there may be an older block of the same chain. Used by one thread.
 */
final class BlockTrail {

  static final int LENGTH = 128;

  private final Deque<BlockHeader> heads = new ArrayDeque<>();

  Optional<BlockHeader> first() {
    return Optional.ofNullable(heads.peekFirst());
  }

  Optional<BlockHeader> last() {
    return Optional.ofNullable(heads.peekLast());
  }

  /**
   * Whether this is an older block of the chain that we have followed, as far as can be told.
   *
   * @param blockAt finds the blocks of the chain that ends in {@code head}
   */
  boolean hasPassed(BlockHeader head, LongFunction<Optional<BlockHeader>> blockAt) {
    if (heads.isEmpty() || heads.getLast().number() <= head.number()) {
      return false;
    }
    return heads.reversed().stream()
        .filter(block -> block.number() <= head.number())
        .findFirst()
        .map(block -> isAncestor(block, head, blockAt))
        .orElse(false);
  }

  /** Whether the chain that ends in {@code head} contains all that was followed. */
  boolean reaches(BlockHeader head, LongFunction<Optional<BlockHeader>> blockAt) {
    return heads.isEmpty() || isAncestor(heads.getLast(), head, blockAt);
  }

  /**
   * Drops what the chain that ends in {@code head} does not contain.
   *
   * @param blockAt finds that chain's blocks
   * @return by how many blocks the followed chain got shorter; 0 if all of it is still there
   */
  long retreat(BlockHeader head, LongFunction<Optional<BlockHeader>> blockAt) {
    // Nothing is dropped before all is known: blockAt may throw.
    if (reaches(head, blockAt)) {
      return 0;
    }
    List<BlockHeader> all = List.copyOf(heads);
    int kept = 0;
    int gone = all.size() - 1;
    while (kept < gone) { // The first ones are ancestors, those from gone on are not.
      int middle = (kept + gone) >>> 1;
      if (isAncestor(all.get(middle), head, blockAt)) {
        kept = middle + 1;
      } else {
        gone = middle;
      }
    }
    long depth =
        all.getLast().number()
            - (gone > 0 ? all.get(gone - 1).number() : all.getFirst().number() - 1);
    for (int i = gone; i < all.size(); i++) {
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
