package org.hourgate.app.seller;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code hourgate products}: what is for sale. Without a subcommand it lists. */
@Command(
    name = "products",
    description = {
      "List what the contract sells, or change it.",
      "A product never changes: a new price is a new product, and the old one is taken off sale."
    },
    subcommands = {
      ProductsListCommand.class,
      ProductsAddCommand.class,
      ProductsOnCommand.class,
      ProductsOffCommand.class
    })
public final class ProductsCommand implements Runnable {

  @Mixin private ProductList list;

  @Override
  public void run() {
    list.print();
  }
}
