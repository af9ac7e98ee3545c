package org.hourgate.infrastructure.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.hourgate.infrastructure.time.ThreadSerialExecutor;
import org.junit.jupiter.api.Test;

/** In a virtual machine with the options that Hourgate is shipped with. */
final class OldGarbageIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int BLOCK = 10_000;
  private static final int BLOCKS = 4_000;

  /** Makes much that lives for a while, forgets it, and waits until it is collected. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      SerialHeap heap = SerialHeap.ofThisProcess().orElseThrow();
      OldGarbage.watch(
          new ThreadSerialExecutor(
              "housekeeping",
              failure -> {
                throw new IllegalStateException(failure);
              }));
      long full = usedWhileManyLive(heap);
      long begin = System.nanoTime();
      while (heap.used() > full / 2 && System.nanoTime() - begin < PATIENCE.toNanos()) {
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
      System.out.printf(
          "%s of %d MB%n",
          heap.used() > full / 2 ? "nothing was collected" : "collected", full >> 20);
    }
  }

  private static long usedWhileManyLive(SerialHeap heap) {
    byte[][] kept = new byte[BLOCKS][];
    try {
      for (int i = 0; i < BLOCKS; i++) {
        kept[i] = new byte[BLOCK];
      }
      return heap.used();
    } finally {
      Reference.reachabilityFence(kept);
    }
  }

  @Test
  void isCollectedByItselfInTheShippedVirtualMachine() throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@bin/java.options",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();

    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said).startsWith("collected of ");
    assertThat(java.waitFor()).isZero();
  }
}
