package org.hourgate.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.credential.WalletKey;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whoever looks: at the page, at the metrics, at the shared management socket. A gate that has no
 * time for one of them just now, or an OpenVPN that is not there, ends no run.
 */
final class Visitors {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final LabGateway house;
  private final HttpClient http;
  private final Counts counts;
  private final JsonMapper json = new JsonMapper();

  Visitors(LabGateway house, HttpClient http, Counts counts) {
    this.house = house;
    this.http = http;
    this.counts = counts;
  }

  /** Reads what the page shows before anybody has signed anything. */
  void lookAtThePage() throws InterruptedException {
    String wallet = Customers.newWallet().address().checksummed();
    for (String path :
        new String[] {"/", "/api/gateway", "/api/offers", "/api/access?wallet=" + wallet}) {
      get(house.shop(), path, "page views");
    }
  }

  /** Signs in, looks at one's own page, and listens to events for a moment. */
  void signIn(WalletKey wallet) throws Exception {
    String body =
        json.writeValueAsString(
            Map.of(
                "username",
                wallet.address().checksummed(),
                "password",
                house.password(wallet, "device")));
    try {
      HttpResponse<Void> signedIn =
          http.send(
              request(house.shop(), "/api/session")
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      if (signedIn.statusCode() != 204) {
        counts.add("sign-ins refused for the moment");
        return;
      }
      String cookie =
          signedIn.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
      http.send(
          request(house.shop(), "/api/me").header("Cookie", cookie).build(),
          HttpResponse.BodyHandlers.discarding());
      HttpResponse<java.io.InputStream> events =
          http.send(
              request(house.shop(), "/api/events").header("Cookie", cookie).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (java.io.InputStream stream = events.body()) {
        var _ = stream.read();
      }
      counts.add("sign-ins with events");
    } catch (IOException e) {
      counts.add("page views that came to nothing");
    }
  }

  void scrape() throws InterruptedException {
    for (String path : new String[] {"/metrics", "/readyz", "/healthz"}) {
      get(house.admin(), path, "scrapes");
    }
  }

  private void get(URI base, String path, String what) throws InterruptedException {
    try {
      http.send(request(base, path).build(), HttpResponse.BodyHandlers.discarding());
      counts.add(what);
    } catch (IOException e) {
      counts.add(what + " that came to nothing");
    }
  }

  private static HttpRequest.Builder request(URI base, String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
  }

  /** A monitor comes to the shared socket, asks what such programs ask, and goes. */
  void visitTheSharedSocket() {
    Path socket = house.configuration().resolveSibling("operator.sock");
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      BufferedReader reader =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.ISO_8859_1));
      channel.write(
          ByteBuffer.wrap("load-stats\nstatus 3\nquit\n".getBytes(StandardCharsets.ISO_8859_1)));
      while (reader.readLine() != null) {
        // Until the gate says good-bye.
      }
      counts.add("guests at the shared socket");
    } catch (IOException e) {
      counts.add("guests that came to nothing");
    }
  }
}
