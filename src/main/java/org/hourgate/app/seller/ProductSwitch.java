package org.hourgate.app.seller;

import org.hourgate.app.cli.Texts;
import org.hourgate.chain.ContractCall;
import org.hourgate.chain.HourgateContract;
import org.hourgate.chain.Product;
import org.hourgate.credential.WalletKey;
import picocli.CommandLine.Mixin;

/** Takes a product off sale, or puts it back. */
final class ProductSwitch {

  @Mixin private ContractOption where;
  @Mixin private SendOption send;

  int turn(long id, boolean on) {
    WalletKey key = send.key();
    try (HourgateContract contract = where.openAs(key)) {
      Product product = contract.product(id);
      String state = on ? "on sale" : "off sale";
      if (product.active() == on) {
        return send.nothing("product %d is %s already".formatted(id, state));
      }
      return send.send(
          contract,
          key,
          ContractCall.setActive(id, on),
          Plan.to("%s product %d %s".formatted(on ? "Put" : "Take", id, state))
              .with("time", Texts.duration(product.duration()))
              .with("price", price(contract, product)),
          receipt ->
              Outcome.of("Product %d is %s.".formatted(id, state))
                  .with("product", id)
                  .with("active", on));
    }
  }

  private static String price(HourgateContract contract, Product product) {
    return Currencies.of(contract, product.token()).format(product.price());
  }
}
