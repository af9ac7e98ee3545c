package org.hourgate.shop;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.gate.WebSignInDesk;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.http.Router;

/** Every address of the customers' listeners. */
public final class Shop {

  private final Visitors visitors;
  private final AccessDesk desk;
  private final EventBoard board;
  private final Router router;
  private final Router tunnelRouter;
  private volatile ShopSettings current;

  /**
   * Makes the routes.
   *
   * @param random makes the names of import links; a {@link java.security.SecureRandom}, outside of
   *     tests
   */
  public Shop(ShopSettings begin, ShopParts parts, RandomGenerator random) {
    current = begin;
    Supplier<ShopSettings> settings = () -> current;
    desk = new AccessDesk(parts.ledger(), begin.confirmations().longest() > 1, parts.time());
    SigningTime signingTime =
        new SigningTime(parts.time(), parts.checks(), () -> isClockConfirmed(parts));
    visitors =
        new Visitors(
            parts.identity(),
            parts.authority(),
            desk,
            parts.gate(),
            parts.requests(),
            parts.signatureWorkers(),
            parts.time(),
            signingTime);
    GatewayView gateway = new GatewayView(settings, parts);
    OffersView offers = new OffersView(parts.storefront(), settings);
    board =
        new EventBoard(
            visitors,
            desk,
            gateway,
            offers,
            parts.gate(),
            parts.storefront(),
            parts.shopThread(),
            parts.time());
    NonceEndpoint nonces =
        new NonceEndpoint(settings, parts.authority(), parts.nonces(), signingTime);
    OwnAccount account =
        new OwnAccount(
            visitors,
            parts.gate(),
            parts.storefront(),
            begin.sessionsPerWallet(),
            () -> current.historyFrom());
    OwnerDesk owner =
        new OwnerDesk(
            visitors,
            parts.gate(),
            parts.storefront(),
            () -> current.historyFrom(),
            () -> current.chain().currency(),
            parts.time());
    WebSignInDesk signIns = parts.gate().webSignIns();
    ProfileDesk profiles =
        new ProfileDesk(visitors, parts.gate(), settings, parts.identity(), random, parts.time());
    SignInDesk waiting =
        new SignInDesk(visitors, parts.authority(), signIns, settings, signingTime);
    router =
        new Router()
            .on("GET", "/api/gateway", request -> Response.json(200, gateway.now()))
            .on("GET", "/api/offers", offers::answer)
            .onAsync("GET", "/api/access", this::access)
            .on("POST", "/api/nonce", nonces::answer)
            .onAsync("POST", "/api/session", visitors::signIn)
            .on("DELETE", "/api/session", visitors::signOut)
            .onAsync("GET", "/api/me", account::me)
            .onAsync("POST", "/api/me/disconnect", account::disconnect)
            .onAsync("POST", "/api/me/revoke", account::revoke)
            .onAsync("GET", "/api/me/history", account::history)
            .onAsync("GET", "/api/me/profile", profiles::signInProfile)
            .onAsync("GET", "/api/owner", owner::view)
            .onAsync("POST", "/api/owner/disconnect", owner::disconnect)
            .onAsync("POST", "/api/owner/revoke", owner::revoke)
            .onAsync("GET", "/api/events", board::open)
            .onAsync("POST", "/api/profile", profiles::profile)
            .onAsync("POST", "/api/import", profiles::importLink)
            .onNames("GET", ProfileDesk.FOLDER, profiles::fetch)
            .onNamesAsync("GET", SignInDesk.FOLDER, waiting::look)
            .onNamesAsync("POST", SignInDesk.FOLDER, waiting::allow)
            .onNamesAsync("DELETE", SignInDesk.FOLDER, waiting::refuse);
    new AppImport(profiles).addTo(router);
    Page.read(settings, parts.identity(), gateway, offers, parts.time())
        .ifPresent(page -> page.addTo(router));
    tunnelRouter =
        new TunnelPage(
                settings,
                parts.identity().uri().toString(),
                visitors,
                new TunnelSessions(parts.gate(), parts.shopThread(), parts.time()),
                parts.time())
            .routes();
  }

  public Router routes() {
    return router;
  }

  /** For listeners inside the tunnel. */
  public Router tunnelRoutes() {
    return tunnelRouter;
  }

  /**
   * These hold from now on; open pages are told. Confirmations and sessions per wallet stay as they
   * were at the start.
   */
  public void change(ShopSettings settings) {
    current = settings;
  }

  /** Begins to look for what open pages are to be told. */
  public void start() {
    board.start();
  }

  private CompletionStage<Response> access(Request request) {
    visitors.requireWithinLimits(request);
    return desk.of(Visitors.wallet(request.parameter("wallet").orElse(null)))
        .thenApply(access -> Response.json(200, access.toJson()));
  }

  /** The gate looks once a second, and who has just come may be faster. */
  private static boolean isClockConfirmed(ShopParts parts) {
    ChainStatus chain = parts.ledger().status();
    return chain.fit() || !chain.headChecked() || parts.gate().snapshot().clockConfirmed();
  }
}
