package org.hourgate.app.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A thread that enters a network namespace, runs one task and ends: a namespace belongs to a thread
 * of the operating system, so no other task may ever run on it.
 */
final class NamespaceThread {

  private static final int CLONE_NEWNET = 0x40000000;
  private static final int O_RDONLY = 0;

  private NamespaceThread() {}

  static <T> T call(Namespace namespace, Callable<T> task) {
    FutureTask<T> inside =
        new FutureTask<>(
            () -> {
              enter(namespace.name());
              return task.call();
            });
    Thread.ofPlatform().daemon().name("in " + namespace.name()).start(inside);
    try {
      return inside.get();
    } catch (ExecutionException e) {
      throw new LabException("failed in namespace " + namespace.name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted in namespace " + namespace.name(), e);
    }
  }

  @SuppressWarnings("restricted") // Java has no call of its own for setns(2).
  private static void enter(String namespace) {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle open =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("open"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
              Linker.Option.firstVariadicArg(2));
      MethodHandle setns =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("setns"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      MethodHandle close =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("close"),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      int file = (int) open.invokeExact(arena.allocateFrom("/run/netns/" + namespace), O_RDONLY);
      int result = (int) setns.invokeExact(file, CLONE_NEWNET);
      int ignored = (int) close.invokeExact(file);
      if (result != 0) {
        throw new LabException("cannot enter the namespace " + namespace + "; are we root?");
      }
    } catch (LabException e) {
      throw e;
    } catch (Throwable e) {
      throw new LabException("cannot call setns", e);
    }
  }
}
