package org.hourgate.app.seller;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hourgate products off}. */
@Command(
    name = "off",
    description = "Take a product off sale; time already bought stays. Only the owner may.")
final class ProductsOffCommand implements Callable<Integer> {

  @Mixin private ProductSwitch sale;

  @Parameters(paramLabel = "PRODUCT", description = "Its number in the list.")
  private long product;

  @Override
  public Integer call() {
    return sale.turn(product, false);
  }
}
