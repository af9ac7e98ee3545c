package org.hourgate.infrastructure.net;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Bounds how many of something are held at the same time, by all and by each source. Remembers
 * those sources only that hold something. Safe for any thread, blocks for no time worth mentioning.
 */
public final class SourceCap {

  private final int max;
  private final int maxPerSource;
  private List<CidrBlock> exempt;
  private final Map<InetAddress, Integer> held = new HashMap<>();
  private int total;

  /**
   * Makes a cap of which nothing is taken.
   *
   * @param exempt sources that are bound by {@code max} alone
   */
  public SourceCap(int max, int maxPerSource, List<CidrBlock> exempt) {
    this.max = max;
    this.maxPerSource = maxPerSource;
    this.exempt = List.copyOf(exempt);
  }

  /** From now on these sources are bound by the number for all alone. */
  public synchronized void exempt(List<CidrBlock> blocks) {
    exempt = List.copyOf(blocks);
  }

  /** Takes one if there is one left for this source; then {@link #release} must follow. */
  public synchronized boolean tryAcquire(InetAddress address) {
    InetAddress source = SourceLimiter.sourceOf(address);
    int before = held.getOrDefault(source, 0);
    boolean free = exempt.stream().anyMatch(block -> block.contains(address));
    if (total >= max || (!free && before >= maxPerSource)) {
      return false;
    }
    total++;
    held.put(source, before + 1);
    return true;
  }

  public synchronized void release(InetAddress address) {
    total--;
    held.computeIfPresent(
        SourceLimiter.sourceOf(address), (source, count) -> count == 1 ? null : count - 1);
  }
}
