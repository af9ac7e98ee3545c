package org.hourgate.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * SIGHUP, which ends a Java program unless somebody takes it. Java has one way to hear of a signal,
 * {@code sun.misc.Signal} of the module jdk.unsupported; javac warns of it with a warning that
 * nothing suppresses, so it is called by its name.
 */
final class Hangup {

  private Hangup() {}

  /** Runs an action on a thread of its own for each SIGHUP. */
  static void on(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler run =
          (handlerOfOurs, handle, signalReceived) -> {
            action.run();
            return null;
          };
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance("HUP"),
              Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, run));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java has no sun.misc.Signal", e);
    }
  }
}
