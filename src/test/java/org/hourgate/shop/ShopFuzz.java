package org.hourgate.shop;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.fuzz.BareGate;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.fuzz.Scratch;
import org.hourgate.gate.InstanceStatus;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.BytesToAnswers;
import org.hourgate.infrastructure.http.Router;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.StubGateControl;
import org.hourgate.testing.StubLedger;
import org.hourgate.testing.StubStorefront;

/**
 * Whatever a browser sends: answers that are HTTP, none of them "internal"; nobody is signed in,
 * shown an account or given a profile but with a password or a cookie that is real; cut into other
 * pieces, the same bytes get the same answers.
 */
public final class ShopFuzz implements FuzzTarget {

  private final ManualTime time = new ManualTime(ShopWorld.NOW);
  private final CredentialAuthority authority;
  private final Router routes;
  private final Router tunnelRoutes;
  private final String password;
  private final String cookie;

  public ShopFuzz() {
    Path folder = Scratch.folder("shop");
    authority = BareGate.authority(folder, "ab".repeat(32), ShopWorld.IDENTITY, 1);
    IssuedNonce nonce =
        authority.issue(
            ShopWorld.ALICE.address(),
            CredentialKind.DEVICE,
            time.wallTime(),
            Duration.ofMinutes(30));
    password =
        nonce.passwordPrefix()
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ShopWorld.ALICE.signPersonal(nonce.message()));
    Shop shop =
        new Shop(
            ShopWorld.settings(1),
            new ShopParts(
                ShopWorld.IDENTITY,
                authority,
                new StubLedger(),
                new StubStorefront(),
                new StubGateControl(),
                () -> List.of(new InstanceStatus("udp", true, List.of())),
                _ -> Optional.of(253),
                List.of(HealthCheck.of("chain", HealthCheck.Result.Healthy::new)),
                new SourceLimiter(Optional.empty(), List.of(), time),
                new SourceLimiter(Optional.empty(), List.of(), time),
                Runnable::run,
                time,
                time),
            new Random(3));
    routes = shop.routes();
    tunnelRoutes = shop.tunnelRoutes();
    String body = ShopWorld.login(ShopWorld.ALICE, password);
    byte[] bytes =
        "POST /api/session HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s"
            .formatted(body.length(), body)
            .getBytes(StandardCharsets.ISO_8859_1);
    String set = BytesToAnswers.of(routes, bytes, bytes.length).getFirst().cookie().orElseThrow();
    cookie = set.substring(0, set.indexOf(';'));
  }

  @Override
  public void run(byte[] input) {
    List<BytesToAnswers.Answer> whole = answers(routes, input, Math.max(1, input.length));
    answers(tunnelRoutes, input, Math.max(1, input.length));
    List<BytesToAnswers.Answer> inPieces =
        answers(routes, input, 1 + new Random(Arrays.hashCode(input)).nextInt(500));
    if (!whole.stream()
        .map(BytesToAnswers.Answer::status)
        .toList()
        .equals(inPieces.stream().map(BytesToAnswers.Answer::status).toList())) {
      throw new IllegalStateException(
          "cut otherwise it is answered otherwise: " + whole + inPieces);
    }
    letOneSecondPass();
  }

  /** For what waits its turn; the wall clock stands, so that password and cookie stay good. */
  private void letOneSecondPass() {
    time.advance(Duration.ofSeconds(1));
    time.jump(Duration.ofSeconds(-1));
  }

  private List<BytesToAnswers.Answer> answers(Router router, byte[] input, int pieces) {
    List<BytesToAnswers.Answer> answers = BytesToAnswers.of(router, input, pieces);
    time.settle();
    String text = new String(input, StandardCharsets.ISO_8859_1);
    // JSON may spell the same text with escapes.
    boolean mayBeProved =
        text.contains(password) || text.contains(cookie) || text.indexOf('\\') >= 0;
    for (BytesToAnswers.Answer answer : answers) {
      if (answer.status() >= 500 && answer.body().contains("internal")) {
        throw new IllegalStateException("failed: " + answer);
      }
      boolean insider =
          answer.status() == 200
              && (answer.body().contains("\"gatePaidUntil\"")
                  || answer.body().contains("<auth-user-pass>"));
      if (!mayBeProved && (insider || (answer.cookie().isPresent() && answer.status() < 300))) {
        // Signing out takes a cookie away, from anybody.
        if (insider || !text.contains("DELETE")) {
          throw new IllegalStateException("let in without a proof: " + answer);
        }
      }
    }
    return answers;
  }

  @Override
  public List<byte[]> seeds() {
    List<String> seeds = new ArrayList<>();
    String login = ShopWorld.login(ShopWorld.ALICE, password);
    String wallet = ShopWorld.ALICE.address().checksummed();
    for (String path :
        List.of(
            "/",
            "/api/gateway",
            "/api/offers",
            "/api/me",
            "/api/me/history",
            "/api/events",
            "/api/access?wallet=" + wallet,
            "/api/me/profile?instance=udp",
            "/p/abc",
            "/s/abc",
            "/api/owner",
            "/%2e%2e/",
            "//",
            "/api/access?wallet=%ZZ&wallet=%41")) {
      seeds.add("GET " + path + " HTTP/1.1\r\nhost: x\r\ncookie: " + cookie + "\r\n\r\n");
    }
    for (String path :
        List.of(
            "/api/session",
            "/api/profile",
            "/api/import",
            "/api/me/disconnect",
            "/api/me/revoke",
            "/api/owner/disconnect",
            "/api/owner/revoke",
            "/s/abc")) {
      seeds.add(post(path, login));
    }
    seeds.add(post("/api/nonce", "{\"wallet\":\"" + wallet + "\",\"kind\":\"login\"}"));
    seeds.add(post("/api/nonce", "{\"wallet\":\"\\u0030x\",\"kind\":null,\"kind\":1}"));
    seeds.add(post("/api/me/disconnect", "{\"instance\":\"udp\",\"cid\":7,\"device\":\"0\"}"));
    seeds.add(post("/api/session", "[".repeat(2_000)));
    seeds.add("DELETE /api/session HTTP/1.1\r\nhost: x\r\ncookie: " + cookie + "\r\n\r\n");
    seeds.add("OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\nHEAD / HTTP/1.0\r\n\r\n");
    seeds.add(
        lines(
            "POST /api/nonce HTTP/1.1",
            "host: x",
            "transfer-encoding: chunked",
            "",
            "5",
            "{\"a\":",
            "3;x=y",
            "1 }",
            "0",
            "z: 1",
            ""));
    seeds.add(
        lines(
            "GET / HTTP/1.1",
            "host: x",
            "x-forwarded-for: 1.2.3.4, [::1]",
            "if-none-match: *",
            "accept-encoding: gzip;q=0, br",
            "range: bytes=0-",
            ""));
    seeds.add(
        lines(
            "POST /api/nonce HTTP/1.1",
            "host: x",
            "content-length: 3",
            "content-length: 4",
            "",
            "abcd"));
    seeds.add(lines("GET / HTTP/1.1", "host: x", "expect: 100-continue", "content-length: 9", ""));
    return seeds.stream().map(s -> s.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  private String post(String path, String body) {
    return "POST %s HTTP/1.1\r\nhost: x\r\ncookie: %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
        .formatted(path, cookie, body.length(), body);
  }
}
