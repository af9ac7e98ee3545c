package org.hourgate.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.hourgate.app.lab.Namespace;

/** Somebody at port 80 of an address of the lab, who says who it is and whom it sees. */
final class Site implements AutoCloseable {

  private static final int PORT = 80;
  private static final int PATIENCE_MILLIS = 10_000;

  private final ServerSocket listener;
  private final String name;

  private Site(ServerSocket listener, String name) {
    this.listener = listener;
    this.name = name;
    Thread.ofVirtual().start(this::accept);
  }

  /** Answers from now on. */
  static Site open(Namespace where, String address, String name) {
    InetAddress literal = InetAddress.ofLiteral(address);
    return new Site(where.call(() -> new ServerSocket(PORT, 50, literal)), name);
  }

  private void accept() {
    try {
      while (true) {
        Socket visitor = listener.accept();
        Thread.ofVirtual().start(() -> answer(visitor));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void answer(Socket visitor) {
    try (visitor;
        var question = new BufferedReader(new InputStreamReader(visitor.getInputStream(), UTF_8))) {
      // To its end: whoever closes with something unread resets the connection, and the visitor
      // fails.
      String line = question.readLine();
      while (line != null && !line.isEmpty()) {
        line = question.readLine();
      }
      String seen = visitor.getInetAddress().getHostAddress();
      visitor.getOutputStream().write((name + " sees " + seen).getBytes(UTF_8));
    } catch (IOException e) {
      // The visitor has gone.
    }
  }

  /** What is said by whoever listens there, empty if nobody is reached. */
  static String ask(Namespace from, String address, int port) {
    return from.call(() -> ask(new InetSocketAddress(InetAddress.ofLiteral(address), port)));
  }

  private static String ask(InetSocketAddress where) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(where, PATIENCE_MILLIS);
      String question =
          "GET / HTTP/1.0\r\nHost: " + where.getAddress().getHostAddress() + "\r\n\r\n";
      socket.getOutputStream().write(question.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
