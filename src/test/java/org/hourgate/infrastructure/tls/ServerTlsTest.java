package org.hourgate.infrastructure.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.hourgate.infrastructure.http.HttpServer;
import org.hourgate.infrastructure.http.HttpServerSettings;
import org.hourgate.infrastructure.http.Router;
import org.hourgate.infrastructure.netty.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerTlsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static final HttpServerSettings SETTINGS =
      HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final EventLoops loops = new EventLoops("tls-test", 1);
  private SelfSignedCertificate certificate;
  private ServerTls tls;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    certificate = SelfSignedCertificate.forHost("127.0.0.1", folder, NOW);
    tls = ServerTls.load(certificate.certificate(), certificate.key());
    server = start(tls, SETTINGS);
  }

  private HttpServer start(ServerTls with, HttpServerSettings settings) throws IOException {
    HttpServer started = HttpServer.start(loops, settings, Optional.of(with), new Router());
    open.add(started);
    return started;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    loops.close();
  }

  @Test
  void servesItsCertificateByTls13AndHttp11Only() throws Exception {
    try (SSLSocket client = client("TLSv1.3", "TLSv1.2")) {
      SSLParameters parameters = client.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      client.setSSLParameters(parameters);
      client.startHandshake();

      assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.3");
      assertThat(client.getApplicationProtocol()).isEqualTo("http/1.1");
      assertServes(client);
    }
  }

  @Test
  void speaksTls12() throws Exception {
    try (SSLSocket client = client("TLSv1.2")) {
      client.startHandshake();
      assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.2");
    }
  }

  @Test
  void refusesAClientHelloOfTls11() throws Exception {
    // Java's own client no longer offers TLS 1.1: a hello by hand, one cipher suite of that time.
    ByteBuffer hello = ByteBuffer.allocate(50);
    hello.put(new byte[] {0x16, 3, 1}).putShort((short) 45);
    hello.put(new byte[] {1, 0, 0, 41, 3, 2}).put(new byte[32]).put((byte) 0);
    hello.putShort((short) 2).putShort((short) 0xc009).put(new byte[] {1, 0});

    byte[] answer = answerTo(hello.array());

    assertThat(answer).startsWith(0x15); // an alert, and then the end
    assertThat(answer).hasSize(7);
  }

  @Test
  void refusesAHelloThatAnnouncesSixteenMegabytes() throws Exception {
    byte[] record = new byte[5 + 16_000];
    ByteBuffer.wrap(record)
        .put(new byte[] {0x16, 3, 1})
        .putShort((short) 16_000)
        .put(new byte[] {1, (byte) 0xff, (byte) 0xff, (byte) 0xff, 3, 3});

    assertThat(answerTo(record).length).isLessThan(100);
  }

  @Test
  void hangsUpWhenTheHandshakeStalls() throws Exception {
    HttpServer hasty =
        start(tls, SETTINGS.withDeadlines(Duration.ofMillis(500), Duration.ofSeconds(10)));

    assertThat(answerTo(hasty, new byte[] {0x16, 3, 1}).length).isLessThan(100);
  }

  @Test
  void hangsUpOnPlainHttp() throws Exception {
    assertThat(answerTo("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII)).length).isLessThan(100);
  }

  @Test
  void beginsSoManyHandshakesPerSourceAndInAllAndNoMore() throws Exception {
    HttpServer small = start(tls, SETTINGS.withMaxHandshakes(3, 2));
    Socket first = silent(small, "127.0.0.1");
    silent(small, "127.0.0.1");
    assertThat(isHungUp(silent(small, "127.0.0.1"))).isTrue();

    // Others still can, and who is through no longer counts.
    try (SSLSocket through = client(small, "127.0.0.2")) {
      through.startHandshake();
      silent(small, "127.0.0.3");
      assertThat(isHungUp(silent(small, "127.0.0.4"))).isTrue();
      assertServes(through);
      first.close();
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptionsInstanceOf(IOException.class)
          .untilAsserted(
              () -> {
                try (SSLSocket next = client(small, "127.0.0.1")) {
                  next.startHandshake();
                }
              });
      assertServes(through);
    }
  }

  @Test
  void handshakesKeepNobodyWaitingWhoseConnectionStands() throws Exception {
    Queue<Runnable> handshakes = new ConcurrentLinkedQueue<>();
    AtomicBoolean holding = new AtomicBoolean();
    ServerTls slow =
        ServerTls.load(
            certificate.certificate(),
            certificate.key(),
            task -> {
              if (holding.get()) {
                handshakes.add(task);
              } else {
                task.run();
              }
            });
    HttpServer busy = start(slow, SETTINGS);
    try (SSLSocket visitor = client(busy, "127.0.0.1");
        SSLSocket stranger = client(busy, "127.0.0.1")) {
      visitor.startHandshake();
      holding.set(true);
      var _ =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      stranger.startHandshake();
                    } catch (IOException e) {
                      // The test is over.
                    }
                  });
      await().atMost(Duration.ofSeconds(30)).until(() -> !handshakes.isEmpty());

      assertServes(visitor);
    }
  }

  @Test
  void refusesToNegotiateAnew() throws Exception {
    try (SSLSocket client = client("TLSv1.2")) {
      client.startHandshake();
      assertServes(client);
      client.startHandshake();

      assertThatThrownBy(() -> assertServes(client)).isInstanceOf(IOException.class);
    }
    assertThat(servedCertificate()).isEqualTo(read(certificate.certificate()));
  }

  @Test
  void hangsUpOnARecordLongerThanTlsHas() throws Exception {
    byte[] record = new byte[5 + 0x5000];
    ByteBuffer.wrap(record).put(new byte[] {0x16, 3, 3}).putShort((short) 0x5000);

    assertThat(answerTo(record).length).isLessThan(100);
  }

  @Test
  void keepsItsCertificateFromOneStartToTheNext() {
    assertThat(SelfSignedCertificate.forHost("127.0.0.1", folder, NOW.plus(Duration.ofDays(300))))
        .isEqualTo(certificate);
  }

  @Test
  void makesAnotherCertificateForAnotherHostOrWhenItsTimeIsOver() {
    SelfSignedCertificate forName = SelfSignedCertificate.forHost("vpn.example.org", folder, NOW);
    assertThat(forName.fingerprint()).isNotEqualTo(certificate.fingerprint());

    SelfSignedCertificate later =
        SelfSignedCertificate.forHost("vpn.example.org", folder, NOW.plus(Duration.ofDays(4000)));
    assertThat(later.fingerprint()).isNotEqualTo(forName.fingerprint());

    SelfSignedCertificate ipv6 = SelfSignedCertificate.forHost("::1", folder, NOW);
    assertThat(SelfSignedCertificate.forHost("::1", folder, NOW)).isEqualTo(ipv6);
  }

  @Test
  void keepsItsKeyFromOthers() throws Exception {
    assertThat(Files.getPosixFilePermissions(certificate.key()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(certificate.fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
  }

  @Test
  void saysWhichFileIsMissingOrWrong() throws Exception {
    Path missing = folder.resolve("none.pem");
    assertThatThrownBy(() -> ServerTls.load(missing, certificate.key()))
        .isInstanceOf(TlsException.class)
        .hasMessage("The TLS certificate " + missing + " is missing");

    Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "nonsense");
    assertThatThrownBy(() -> ServerTls.load(nonsense, certificate.key()))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining(nonsense + " and the key");
  }

  @Test
  void takesANewCertificateWithoutARestartAndKeepsOldConnections() throws Exception {
    try (SSLSocket old = client("TLSv1.3")) {
      old.startHandshake();
      SelfSignedCertificate next = renewal();
      Files.copy(next.key(), certificate.key(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(
          next.certificate(), certificate.certificate(), StandardCopyOption.REPLACE_EXISTING);

      tls.reloadIfChanged();

      assertThat(servedCertificate()).isEqualTo(read(next.certificate()));
      assertServes(old);
    }
  }

  @Test
  void keepsTheOldCertificateUntilBothNewFilesAreThere() throws Exception {
    X509Certificate before = read(certificate.certificate());
    SelfSignedCertificate next = renewal();
    Path file = certificate.certificate();

    for (byte[] broken :
        new byte[][] {
          new byte[0],
          "nonsense".getBytes(US_ASCII),
          Arrays.copyOf(Files.readAllBytes(next.certificate()), 200),
          Files.readAllBytes(next.certificate()) // but the key is still the old one
        }) {
      Files.write(file, broken);
      tls.reloadIfChanged();
      assertThat(servedCertificate()).isEqualTo(before);
    }
    Files.delete(certificate.key());
    tls.reloadIfChanged();
    assertThat(servedCertificate()).isEqualTo(before);

    Files.copy(next.key(), certificate.key());
    tls.reloadIfChanged();
    assertThat(servedCertificate()).isEqualTo(read(next.certificate()));
  }

  @Test
  void readsKeysAsOpenSslWritesThem() throws Exception {
    StringWriter pem = new StringWriter();
    try (PemWriter writer = new PemWriter(pem);
        PEMParser parser = new PEMParser(Files.newBufferedReader(certificate.key()))) {
      ECPrivateKey key =
          (ECPrivateKey)
              new JcaPEMKeyConverter().getPrivateKey((PrivateKeyInfo) parser.readObject());
      writer.writeObject(
          new PemObject(
              "EC PRIVATE KEY",
              new org.bouncycastle.asn1.sec.ECPrivateKey(
                      256, key.getS(), SECObjectIdentifiers.secp256r1)
                  .getEncoded()));
    }
    Path key = Files.writeString(folder.resolve("ec.pem"), pem.toString());

    assertThat(ServerTls.load(certificate.certificate(), key)).isNotNull();
  }

  @Test
  void refusesAKeyThatIsNotTheCertificates() throws Exception {
    assertThatThrownBy(() -> ServerTls.load(certificate.certificate(), renewal().key()))
        .isInstanceOf(TlsException.class)
        .hasMessageEndingWith("the key is not the certificate's");
  }

  @Test
  void otherFilesAreServedOnceTheyArePreparedAndFollowedFromThen() throws Exception {
    SelfSignedCertificate next = renewal();
    X509Certificate old = read(certificate.certificate());
    assertThatThrownBy(() -> tls.prepare(next.certificate(), certificate.key()))
        .isInstanceOf(TlsException.class);

    Runnable change = tls.prepare(next.certificate(), next.key());
    assertThat(servedCertificate()).isEqualTo(old);
    change.run();

    assertThat(servedCertificate()).isEqualTo(read(next.certificate()));
    assertThat(tls.end()).isEqualTo(read(next.certificate()).getNotAfter().toInstant());
    tls.reloadIfChanged();
    assertThat(servedCertificate()).isEqualTo(read(next.certificate()));
  }

  private SelfSignedCertificate renewal() throws IOException {
    return SelfSignedCertificate.forHost(
        "127.0.0.1", Files.createDirectories(folder.resolve("next")), NOW);
  }

  private X509Certificate servedCertificate() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    // Looks at no certificate: the test does.
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket("127.0.0.1", server.address().getPort())) {
      socket.setSoTimeout(30_000);
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private SSLSocket client(String... protocols) throws Exception {
    SSLSocket socket = client(server, "127.0.0.1");
    socket.setEnabledProtocols(protocols);
    return socket;
  }

  private SSLSocket client(HttpServer to, String from) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null);
    trusted.setCertificateEntry("gateway", read(certificate.certificate()));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(
                    to.address().getAddress(),
                    to.address().getPort(),
                    InetAddress.ofLiteral(from),
                    0);
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Somebody who connects and then says nothing. */
  private Socket silent(HttpServer to, String from) throws IOException {
    Socket socket =
        new Socket(
            to.address().getAddress(), to.address().getPort(), InetAddress.ofLiteral(from), 0);
    open.add(socket);
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static boolean isHungUp(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() == -1;
    } catch (SocketException e) {
      return true; // reset
    }
  }

  private static void assertServes(Socket client) throws IOException {
    client.getOutputStream().write("GET / HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(US_ASCII));
    InputStream in = client.getInputStream();
    String head = "";
    while (!head.endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("hung up");
      }
      head += (char) next;
    }
    assertThat(head).startsWith("HTTP/1.1 404");
    in.readNBytes(Integer.parseInt(head.replaceFirst("(?s).*content-length: (\\d+).*", "$1")));
  }

  private static X509Certificate read(Path file) throws Exception {
    try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(file))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /** What comes back up to the end of the connection, which has to come. */
  private byte[] answerTo(byte[] bytes) throws IOException {
    return answerTo(server, bytes);
  }

  private static byte[] answerTo(HttpServer to, byte[] bytes) throws IOException {
    try (Socket client = new Socket(to.address().getAddress(), to.address().getPort())) {
      client.setSoTimeout(30_000);
      client.getOutputStream().write(bytes);
      return client.getInputStream().readAllBytes();
    }
  }
}
