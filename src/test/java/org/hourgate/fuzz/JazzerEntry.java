package org.hourgate.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What Jazzer calls, in a process of its own. Besides running the target it looks every two seconds
 * at what is left after a collection of garbage, and writes that down at the end.
 */
public final class JazzerEntry {

  static final String TARGET = "fuzz.target";
  static final String REPORT = "fuzz.report";

  private static final long BETWEEN_LOOKS = 2_000_000_000L;

  private static final long BEGIN = System.nanoTime();
  private static @Nullable FuzzTarget target;
  private static final LogWatch LOGS = LogWatch.begin();
  private static long executions;
  private static long lastLook = BEGIN;
  private static final StringBuilder HEAP = new StringBuilder();

  private JazzerEntry() {}

  /** Called once. */
  public static void fuzzerInitialize() {
    target =
        System.getProperty(TARGET, "").equals(PlantedDefect.WORD)
            ? new PlantedDefect()
            : Targets.make(System.getProperty(TARGET));
  }

  /** Called for each input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (target == null) {
      throw new IllegalStateException("not initialized");
    }
    target.run(input);
    LOGS.check();
    executions++;
    long now = System.nanoTime();
    if (now - lastLook > BETWEEN_LOOKS) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      HEAP.append(
          "%d %d %d%n"
              .formatted(
                  (now - BEGIN) / 1_000_000_000,
                  executions,
                  runtime.totalMemory() - runtime.freeMemory()));
      Files.writeString(Path.of(System.getProperty(REPORT)), HEAP);
      lastLook = System.nanoTime();
    }
  }

  /** Called once. */
  public static void fuzzerTearDown() throws IOException {
    Files.writeString(Path.of(System.getProperty(REPORT)), HEAP + "end " + executions + "\n");
  }
}
