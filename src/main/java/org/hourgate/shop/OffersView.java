package org.hourgate.shop;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.hourgate.chain.Offer;
import org.hourgate.chain.Product;
import org.hourgate.chain.Storefront;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/offers}: what is for sale, as it was last read. Safe for any thread. */
final class OffersView {

  private final Storefront storefront;
  private final Supplier<ShopSettings> settings;

  OffersView(Storefront storefront, Supplier<ShopSettings> settings) {
    this.storefront = storefront;
    this.settings = settings;
  }

  Response answer(Request request) {
    return Response.json(200, now().orElseThrow(Problems::chainUnavailable));
  }

  /** Empty before the chain was read. */
  Optional<List<Json>> now() {
    return storefront.shelf().map(shelf -> shelf.offers().stream().map(this::json).toList());
  }

  private Json json(Offer offer) {
    Product product = offer.product();
    return new Json(
        product.id(),
        product.price().toString(),
        product.token().map(WalletAddress::checksummed).orElse(null),
        product.token().isPresent() ? offer.symbol() : settings.get().chain().currency(),
        offer.decimals(),
        product.duration().toSeconds(),
        settings.get().confirmations().needed(product),
        product.active(),
        settings
            .get()
            .seller()
            .fiat()
            .flatMap(rates -> rates.of(product, offer.decimals()))
            .orElse(null));
  }

  record Json(
      long id,
      String price,
      @Nullable String token,
      String symbol,
      int decimals,
      long duration,
      int confirmations,
      boolean active,
      FiatRates.@Nullable Hint fiat) {}
}
