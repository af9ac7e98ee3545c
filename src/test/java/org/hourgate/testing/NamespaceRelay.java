package org.hourgate.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import org.hourgate.app.lab.Namespace;

/**
 * Makes a port of loopback in one network namespace reach the same port in another: a gate inside
 * the lab's network reads the chain outside of it, and is read from there.
 */
public final class NamespaceRelay implements AutoCloseable {

  private final ServerSocket listener;
  private final Callable<Socket> target;

  private NamespaceRelay(ServerSocket listener, Callable<Socket> target) {
    this.listener = listener;
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  /** Programs in the namespace reach our port. */
  public static NamespaceRelay outOf(Namespace namespace, int port) {
    return outOf(namespace, InetAddress.getLoopbackAddress(), port);
  }

  /** Whoever reaches this address of the namespace reaches our port. */
  public static NamespaceRelay outOf(Namespace namespace, InetAddress address, int port) {
    return new NamespaceRelay(namespace.call(() -> listen(address, port)), () -> connect(port));
  }

  /** We reach the port of a program in the namespace. */
  public static NamespaceRelay into(Namespace namespace, int port) throws IOException {
    return new NamespaceRelay(
        listen(InetAddress.getLoopbackAddress(), port), () -> namespace.call(() -> connect(port)));
  }

  private static ServerSocket listen(InetAddress address, int port) throws IOException {
    return new ServerSocket(port, 50, address);
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        Thread.ofVirtual().start(() -> relay(near));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void relay(Socket near) {
    try (near;
        Socket far = target.call()) {
      Thread back = Thread.ofVirtual().start(() -> copy(far, near));
      copy(near, far);
      back.join();
    } catch (Exception e) {
      // Nobody is there yet: the other side sees its connection end.
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One of the two has gone.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
