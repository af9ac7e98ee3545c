package org.hourgate.app.check;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Whether something keeps this machine's clock right, as the kernel knows it. */
final class KernelClock {

  /** {@code struct timex} of Linux on 64 bits; all zero means: change nothing. */
  private static final int TIMEX_BYTES = 208;

  /** adjtimex(2), TIME_ERROR: the clock is not synchronised. */
  private static final int TIME_ERROR = 5;

  private KernelClock() {}

  /** Empty if the kernel does not tell. */
  @SuppressWarnings("restricted") // Java has no call of its own for adjtimex(2).
  static Optional<Boolean> isSynchronised() {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      int state =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow("adjtimex"),
                      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
                  .invokeExact(arena.allocate(TIMEX_BYTES, Long.BYTES));
      return state < 0 ? Optional.empty() : Optional.of(state != TIME_ERROR);
    } catch (Throwable e) { // invokeExact declares it; a libc without adjtimex is one cause
      return Optional.empty();
    }
  }
}
