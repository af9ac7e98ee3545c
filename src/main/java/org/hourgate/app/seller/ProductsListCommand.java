package org.hourgate.app.seller;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code hourgate products list}. */
@Command(
    name = "list",
    description = "List all products, on sale or not, and what can be withdrawn.")
final class ProductsListCommand implements Runnable {

  @Mixin private ProductList list;

  @Override
  public void run() {
    list.print();
  }
}
