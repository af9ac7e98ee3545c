package org.hourgate.app;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.jspecify.annotations.Nullable;

/** Asks a gateway for the text to sign. Blocks; reads no more than a few kilobytes. */
final class NonceClient {

  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final int MAX_BODY = 64 * 1024;

  private final URI gateway;
  private final boolean insecure;

  NonceClient(URI gateway, boolean insecure) {
    this.gateway = gateway;
    this.insecure = insecure;
  }

  /** What the gateway sent; nothing of it is believed yet. */
  record Nonce(String message, String passwordPrefix) {}

  Nonce ask(WalletAddress wallet, String kind) {
    HttpResponse<byte[]> answer =
        post(Json.write(Map.of("wallet", wallet.checksummed(), "kind", kind)));
    try {
      if (answer.statusCode() == 200) {
        Answer nonce = Json.read(answer.body(), Answer.class);
        if (nonce.message() != null && nonce.passwordPrefix() != null) {
          return new Nonce(nonce.message(), nonce.passwordPrefix());
        }
      } else {
        Problem problem = Json.read(answer.body(), Problem.class);
        if (problem.code() != null && problem.detail() != null) {
          throw new CommandException(
              ExitCode.REFUSED, printable(problem.detail() + " [" + problem.code() + "]"));
        }
      }
    } catch (InvalidJsonException e) {
      // told below
    }
    throw new CommandException(
        ExitCode.UNREACHABLE,
        "what answers at " + gateway + " is no gateway (HTTP " + answer.statusCode() + ")");
  }

  private HttpResponse<byte[]> post(byte[] body) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (insecure) {
      builder.sslContext(trustingEverybody());
    }
    HttpRequest request =
        HttpRequest.newBuilder(gateway.resolve("/api/nonce"))
            .timeout(TIMEOUT)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    try (HttpClient client = builder.build()) {
      return client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY));
    } catch (SSLException e) {
      throw unreachable(
          "its certificate is not trusted (" + e.getMessage() + "); --insecure takes any");
    } catch (HttpConnectTimeoutException e) {
      throw unreachable("no connection within " + TIMEOUT.toSeconds() + " s");
    } catch (HttpTimeoutException e) {
      throw unreachable("no answer within " + TIMEOUT.toSeconds() + " s");
    } catch (IOException e) {
      String words = e.getMessage() == null ? "nobody listens there" : e.getMessage();
      throw unreachable(words);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("interrupted");
    }
  }

  private CommandException unreachable(String words) {
    return new CommandException(
        ExitCode.UNREACHABLE, "can't ask " + gateway + ": " + printable(words));
  }

  private static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
  }

  private static SSLContext trustingEverybody() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustEverybody()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  private record Answer(@Nullable String message, @Nullable String passwordPrefix) {}

  private record Problem(@Nullable String code, @Nullable String detail) {}

  /** Extended, so that the name in the certificate is not compared either. */
  private static final class TrustEverybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
