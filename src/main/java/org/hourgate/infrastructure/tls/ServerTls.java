package org.hourgate.infrastructure.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3, HTTP/1.1 only, with Java's own implementation. Files that change are read again:
 * new connections get the new certificate, old ones go on. Files that can't be used change nothing.
 * Handshakes share one thread: strangers who make many of them keep no more than a processor busy,
 * and nobody whose connection stands.
 */
public final class ServerTls {

  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final Duration WARN_BEFORE = Duration.ofDays(14);

  static {
    // Before the first class of Java's servers is loaded: no client makes us shake hands twice.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  private Files files;
  private final Executor handshakes;
  private volatile SslContext context;
  private volatile Instant end;
  private String tried;

  /** Where they are. */
  private record Files(Path certificate, Path key) {}

  private ServerTls(Path certificate, Path key, KeyPairFiles read, Executor handshakes) {
    files = new Files(certificate, key);
    this.handshakes = handshakes;
    context = context(read);
    end = end(read);
    tried = read.digest();
  }

  /**
   * Reads PEM files. Blocks.
   *
   * @throws TlsException with what the operator should look at
   */
  public static ServerTls load(Path certificate, Path key) {
    return load(certificate, key, handshakeThread());
  }

  /**
   * Reads PEM files. Blocks.
   *
   * @param handshakes does their arithmetic, one task at a time for each connection
   */
  static ServerTls load(Path certificate, Path key, Executor handshakes) {
    return new ServerTls(certificate, key, KeyPairFiles.read(certificate, key), handshakes);
  }

  private static Executor handshakeThread() {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("tls-handshakes").daemon().factory());
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }

  private static SslContext context(KeyPairFiles files) {
    warnIfOld(files.chain().getFirst());
    try {
      return SslContextBuilder.forServer(files.key(), files.chain())
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  Protocol.ALPN,
                  SelectorFailureBehavior.NO_ADVERTISE,
                  SelectedListenerFailureBehavior.ACCEPT,
                  ApplicationProtocolNames.HTTP_1_1))
          .build();
    } catch (SSLException e) {
      throw new TlsException("The certificate can't be used: " + e.getMessage(), e);
    }
  }

  private static void warnIfOld(X509Certificate own) {
    Instant end = own.getNotAfter().toInstant();
    if (end.isBefore(Instant.now().plus(WARN_BEFORE))) {
      LOG.warn("the TLS certificate is good until {} only", end);
    }
  }

  private static Instant end(KeyPairFiles files) {
    return files.chain().getFirst().getNotAfter().toInstant();
  }

  /** When the certificate ends. Safe for any thread. */
  public Instant end() {
    return end;
  }

  /** For one new connection. Safe for any thread. */
  public SslHandler newHandler(ByteBufAllocator allocator) {
    return context.newHandler(allocator, handshakes);
  }

  /** Looks after the files every few seconds, on this thread, for as long as it runs. */
  public void follow(SerialExecutor thread) {
    thread.schedule(
        LOOK_EVERY,
        () -> {
          try {
            reloadIfChanged();
          } finally {
            follow(thread);
          }
        });
  }

  /**
   * Reads other files, and changes nothing yet. Blocks.
   *
   * @return uses them from then on
   * @throws TlsException with what the operator should look at
   */
  public Runnable prepare(Path certificate, Path key) {
    KeyPairFiles read = KeyPairFiles.read(certificate, key);
    SslContext prepared = context(read);
    return () -> {
      synchronized (this) {
        files = new Files(certificate, key);
        tried = read.digest();
        context = prepared;
        end = end(read);
      }
    };
  }

  /** Reads the files again if they are others than last time. Blocks. */
  synchronized void reloadIfChanged() {
    String now = state();
    if (now.equals(tried)) {
      return;
    }
    tried = now;
    try {
      KeyPairFiles read = KeyPairFiles.read(files.certificate(), files.key());
      context = context(read);
      end = end(read);
      LOG.info("new TLS certificate, good until {}", end);
    } catch (TlsException e) {
      LOG.warn(
          "the old TLS certificate goes on: {}; put a certificate and its own key there, which is"
              + " noticed without a restart",
          e.getMessage());
    }
  }

  /** What the files are now; also that they can't be read. */
  private String state() {
    try {
      return KeyPairFiles.digest(files.certificate(), files.key());
    } catch (IOException e) {
      return e.toString();
    }
  }
}
