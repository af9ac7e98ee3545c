package org.hourgate.infrastructure.memory;

import java.time.Duration;
import org.hourgate.infrastructure.time.SerialExecutor;

/**
 * Has the heap collected as a whole when much of it may be garbage, so that the process keeps what
 * it needs and a quarter more. The serial collector by itself does that only when the heap has
 * grown to its limit, a quarter of the machine's memory; what lived longer than a few collections
 * of young objects stays until then.
 *
 * <p>A collection stops all threads for about a millisecond per megabyte in use. It waits for a
 * moment in which little happens, unless the heap has doubled. Runs on the given executor.
 */
public final class OldGarbage {

  static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  /** What may gather however small the heap is. */
  static final long SMALLEST = 4L << 20;

  /** So many collections of young objects between two looks are few. */
  static final long FEW = 2;

  private static final int PART = 4;

  private final Heap heap;
  private final SerialExecutor executor;
  private long young;

  /** What there is to know of the heap, and to do. */
  interface Heap {
    /** Bytes in use by what is not young, garbage included. */
    long used();

    /** Of these, what was left by the last collection of the whole; 0 before the first. */
    long left();

    /** Collections of young objects so far. */
    long youngCollections();

    void collect();
  }

  OldGarbage(Heap heap, SerialExecutor executor) {
    this.heap = heap;
    this.executor = executor;
  }

  /** Looks after this process's heap, if its collector needs it. */
  public static void watch(SerialExecutor executor) {
    SerialHeap.ofThisProcess().ifPresent(heap -> new OldGarbage(heap, executor).start());
  }

  void start() {
    young = heap.youngCollections();
    executor.schedule(LOOK_EVERY, this::look);
  }

  private void look() {
    executor.schedule(LOOK_EVERY, this::look);
    long before = young;
    young = heap.youngCollections();
    long left = heap.left();
    long grown = heap.used() - left;
    boolean calm = young - before <= FEW;
    if (grown > SMALLEST + left / PART && (calm || grown > SMALLEST + left)) {
      heap.collect();
    }
  }
}
