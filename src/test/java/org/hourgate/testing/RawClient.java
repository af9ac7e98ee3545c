package org.hourgate.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** A TCP connection on which a test says what it likes, byte by byte. One thread. */
public final class RawClient implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;

  private RawClient(Socket socket) {
    this.socket = socket;
  }

  public static RawClient connect(InetSocketAddress server) throws IOException {
    return connect(server, "127.0.0.1");
  }

  /**
   * Connects from one of the many addresses of this machine.
   *
   * @param from in 127.0.0.0/8
   */
  public static RawClient connect(InetSocketAddress server, String from) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(server, PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new RawClient(socket);
  }

  /** The same over TLS, whatever the certificate; the handshake comes with the first byte. */
  public RawClient overTls(String... protocols) throws IOException {
    SSLSocket secured =
        (SSLSocket) trustEverybody().createSocket(socket, "127.0.0.1", socket.getPort(), true);
    if (protocols.length > 0) {
      secured.setEnabledProtocols(protocols);
    }
    return new RawClient(secured);
  }

  private static SSLSocketFactory trustEverybody() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  /** Shakes hands; again, where that was done before. */
  public RawClient shakeHands() throws IOException {
    ((SSLSocket) socket).startHandshake();
    return this;
  }

  /** What the other side showed. */
  public X509Certificate certificate() throws IOException {
    return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
  }

  public RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  /** The head of the next answer; empty if the connection ends before. */
  public String head() throws IOException {
    StringBuilder head = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** The next answer: its head and as many bytes as it announces. */
  public String answer() throws IOException {
    String head = head();
    int length =
        head.lines()
            .map(line -> line.toLowerCase(Locale.ROOT)) // A proxy has other habits.
            .filter(line -> line.startsWith("content-length: "))
            .mapToInt(line -> Integer.parseInt(line.substring("content-length: ".length())))
            .findFirst()
            .orElse(0);
    return head + new String(socket.getInputStream().readNBytes(length), ISO_8859_1);
  }

  /** The next line of a body without end. */
  public String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = socket.getInputStream().read();
      if (next < 0 || next == '\n') {
        return line.toString();
      }
      line.append((char) next);
    }
  }

  /** Everything up to the end of the connection, which has to come. */
  public String everything() {
    StringBuilder text = new StringBuilder();
    try {
      byte[] buffer = new byte[64 * 1024];
      int count;
      while ((count = socket.getInputStream().read(buffer)) >= 0) {
        text.append(new String(buffer, 0, count, ISO_8859_1));
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection stayed open", e);
    } catch (IOException e) {
      // reset: it ended as well
    }
    return text.toString();
  }

  /** Whether the other side still takes bytes and has not hung up. */
  public boolean takes(String bytes) {
    try {
      send(bytes);
      socket.setSoTimeout(1);
      return socket.getInputStream().available() > 0 || socket.getInputStream().read() != -1;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (SocketException | SSLException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
