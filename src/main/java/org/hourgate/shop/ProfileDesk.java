package org.hourgate.shop;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.ReasonCode;
import org.hourgate.gate.WebSignInDesk;
import org.hourgate.infrastructure.http.ProblemException;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * Hands out ready profiles: the operator's template with wallet and device pass filled in. An
 * import link is for a phone that can't post a form: whoever knows it gets the profile, once, for
 * ten minutes. Profiles are secrets: they are in memory alone, and few. Never blocks.
 */
final class ProfileDesk {

  static final String FOLDER = "/p/";

  private static final Duration LINK_LIFE = Duration.ofMinutes(10);
  private static final int MAX_LINKS = 1_000;
  private static final int ID_BYTES = 16;

  /**
   * Where the client renews no keys by itself it would wait for its hand-window only, a minute
   * (push.c receive_auth_pending); our server renews them first.
   */
  private static final String PATIENCE =
      "\n# Somebody has to sign on a page: wait for longer than a minute.\nreneg-sec 604800\n";

  private final Visitors visitors;
  private final GateControl gate;
  private final Supplier<ShopSettings> settings;
  private final WebSignInDesk signIns;
  private final String publicUrl;
  private final RandomGenerator random;
  private final TimeSource time;
  private final Map<String, Response> links;

  /**
   * Makes one.
   *
   * @param random a {@link java.security.SecureRandom}, outside of tests
   */
  ProfileDesk(
      Visitors visitors,
      GateControl gate,
      Supplier<ShopSettings> settings,
      GatewayIdentity identity,
      RandomGenerator random,
      TimeSource time) {
    this.visitors = visitors;
    this.gate = gate;
    signIns = gate.webSignIns();
    this.random = random;
    this.time = time;
    this.settings = settings;
    publicUrl = identity.uri().replaceFirst("/$", "");
    links =
        Caffeine.newBuilder()
            .expireAfterWrite(LINK_LIFE)
            .maximumSize(MAX_LINKS)
            .ticker(time::nanoTime)
            .executor(Runnable::run)
            .<String, Response>build()
            .asMap();
  }

  private static String fileName(String gateway) {
    String plain = gateway.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[-.]+|[-.]+$", "");
    return (plain.isEmpty() ? "hourgate" : plain) + ".ovpn";
  }

  /** {@code POST /api/profile}. */
  CompletionStage<Response> profile(Request request) {
    return visitors.prove(request).thenApply(proof -> profile(request, proof));
  }

  /**
   * {@code GET /api/me/profile}: one that holds no secret. Its client is sent to the page at each
   * connection.
   */
  CompletionStage<Response> signInProfile(Request request) {
    if (!signIns.isOpen()) {
      throw new ProblemException(
          404, "no_profile", "The seller lets nobody in without a signed password.");
    }
    return visitors
        .signedIn(request)
        .thenApply(
            access -> {
              requireWelcome(access);
              return withoutSecret(request, access.wallet());
            });
  }

  private Response withoutSecret(Request request, WalletAddress wallet) {
    return file(
        template(request).fill(settings.get().name(), wallet.checksummed(), WebSignInDesk.PASSWORD)
            + PATIENCE);
  }

  /**
   * For an app that imports by itself: a device pass gets the profile with it, a login one without
   * a secret, and lets the app in this once.
   *
   * @param readyOnly whether no profile will do that asks for the page
   */
  CompletionStage<Response> imported(Request request, boolean readyOnly) {
    return visitors
        .proveBasic(request)
        .thenApply(
            proof -> {
              if (proof.credential().kind() == CredentialKind.DEVICE
                  || readyOnly
                  || !signIns.isOpen()) {
                return profile(request, proof);
              }
              requireWelcome(proof.access());
              return withoutSecret(request, proof.wallet())
                  .withHeader("vpn-session-user", base64(proof.wallet().checksummed()))
                  .withHeader("vpn-session-token", base64(proof.password()));
            });
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code POST /api/import}. */
  CompletionStage<Response> importLink(Request request) {
    return visitors
        .prove(request)
        .thenApply(
            proof -> {
              Response profile = profile(request, proof);
              byte[] bytes = new byte[ID_BYTES];
              random.nextBytes(bytes);
              String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
              links.put(id, profile);
              String url = publicUrl + FOLDER + id;
              return Response.json(
                  200,
                  new Link(
                      url,
                      "openvpn://import-profile/" + url,
                      time.wallTime().plus(LINK_LIFE).getEpochSecond()));
            });
  }

  /** {@code GET /p/…}. A HEAD, as programs send to look what is there, does not use the link up. */
  Response fetch(Request request) {
    visitors.requireWithinLimits(request);
    String id = request.path().substring(FOLDER.length());
    Optional<Response> profile =
        Optional.ofNullable(request.method().equals("GET") ? links.remove(id) : links.get(id));
    return profile.orElseThrow(
        () ->
            new ProblemException(
                404, "not_found", "This link was used already or is too old. Make a new one."));
  }

  private Response profile(Request request, Visitors.Proof proof) {
    if (proof.credential().kind() != CredentialKind.DEVICE) {
      throw Problems.of(
          400, ReasonCode.BAD_PASSWORD, "A profile needs a device pass: sign the text for one.");
    }
    requireWelcome(proof.access());
    return file(
        template(request)
            .fill(settings.get().name(), proof.wallet().checksummed(), proof.password()));
  }

  private void requireWelcome(Access access) {
    gate.banOf(access.wallet())
        .ifPresent(
            ban -> {
              throw Problems.banned(ban);
            });
    if (!access.isPaidAt(time.wallTime())) {
      throw Problems.of(402, ReasonCode.NO_TIME, "No time is paid for this wallet yet.");
    }
  }

  private Response file(String text) {
    return new Response(
        200,
        Map.of(
            "content-type",
            "application/x-openvpn-profile",
            "content-disposition",
            "attachment; filename=\"" + fileName(settings.get().name()) + "\""),
        text.getBytes(StandardCharsets.UTF_8));
  }

  private ProfileTemplate template(Request request) {
    Map<String, ProfileTemplate> templates = settings.get().profiles();
    Optional<String> instance = request.parameter("instance");
    Optional<ProfileTemplate> found =
        instance.isPresent()
            ? instance.map(templates::get)
            : templates.values().stream().findFirst();
    return found.orElseThrow(
        () ->
            new ProblemException(
                404, "no_profile", "The seller has not set up a profile. Use the password."));
  }

  private record Link(String url, String openUrl, long expires) {}
}
