package org.hourgate.app.seller;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hourgate products on}. */
@Command(name = "on", description = "Put a product back on sale. Only the owner may.")
final class ProductsOnCommand implements Callable<Integer> {

  @Mixin private ProductSwitch sale;

  @Parameters(paramLabel = "PRODUCT", description = "Its number in the list.")
  private long product;

  @Override
  public Integer call() {
    return sale.turn(product, true);
  }
}
