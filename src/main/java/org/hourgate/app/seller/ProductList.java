package org.hourgate.app.seller;

import java.io.PrintWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hourgate.app.cli.Table;
import org.hourgate.app.cli.Texts;
import org.hourgate.chain.Currency;
import org.hourgate.chain.HourgateContract;
import org.hourgate.chain.Product;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The list of products, with what the seller has earned; asks nothing of a wallet. */
final class ProductList {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Mixin private ContractOption where;

  @Option(
      names = "--json",
      description = "Print a JSON object; amounts in the smallest unit, durations in seconds.")
  private boolean json;

  void print() {
    PrintWriter out = command.commandLine().getOut();
    try (HourgateContract contract = where.open()) {
      WalletAddress owner = contract.owner();
      boolean paused = contract.isPaused();
      List<Product> products = contract.products();
      Map<Optional<WalletAddress>, Currency> currencies = currencies(contract, products);
      Map<Currency, BigInteger> takings = new LinkedHashMap<>();
      currencies.forEach((token, currency) -> takings.put(currency, contract.takings(token)));
      if (json) {
        out.println(Json.writePretty(report(contract, owner, paused, products, takings)));
        return;
      }
      out.printf(
          "contract %s on chain %d, owner %s%n",
          contract.address().checksummed(), contract.transactor().chainId(), owner.checksummed());
      out.println(
          takings.entrySet().stream()
              .map(taking -> taking.getKey().format(taking.getValue()))
              .collect(Collectors.joining(", ", "to withdraw: ", "")));
      if (paused) {
        out.println("Purchases are paused: nobody can buy until 'hourgate unpause'.");
      }
      if (products.isEmpty()) {
        out.println("No products yet: 'hourgate products add' makes one.");
      } else {
        out.println();
        table(products, currencies).forEach(out::println);
      }
    }
  }

  /** Ether first, then the tokens in the order of the products. */
  private static Map<Optional<WalletAddress>, Currency> currencies(
      HourgateContract contract, List<Product> products) {
    Map<Optional<WalletAddress>, Currency> currencies = new LinkedHashMap<>();
    currencies.put(Optional.empty(), Currency.ETHER);
    for (Product product : products) {
      currencies.computeIfAbsent(product.token(), token -> Currencies.of(contract, token));
    }
    return currencies;
  }

  private static List<String> table(
      List<Product> products, Map<Optional<WalletAddress>, Currency> currencies) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("PRODUCT", "TIME", "PRICE", "FOR SALE", "TOKEN"));
    for (Product product : products) {
      rows.add(
          List.of(
              String.valueOf(product.id()),
              Texts.duration(product.duration()),
              currencies.getOrDefault(product.token(), Currency.ETHER).format(product.price()),
              product.active() ? "yes" : "no",
              product.token().map(WalletAddress::checksummed).orElse("")));
    }
    return Table.align(rows);
  }

  private static Report report(
      HourgateContract contract,
      WalletAddress owner,
      boolean paused,
      List<Product> products,
      Map<Currency, BigInteger> takings) {
    Map<Optional<WalletAddress>, Currency> currencies =
        takings.keySet().stream().collect(Collectors.toMap(Currency::token, c -> c));
    return new Report(
        contract.address().checksummed(),
        contract.transactor().chainId(),
        owner.checksummed(),
        paused,
        products.stream()
            .map(
                product -> {
                  Currency currency = currencies.getOrDefault(product.token(), Currency.ETHER);
                  return new Line(
                      product.id(),
                      product.price().toString(),
                      address(currency),
                      currency.symbol(),
                      currency.decimals(),
                      product.duration().toSeconds(),
                      product.active());
                })
            .toList(),
        takings.entrySet().stream()
            .map(
                taking ->
                    new Taking(
                        taking.getValue().toString(),
                        address(taking.getKey()),
                        taking.getKey().symbol(),
                        taking.getKey().decimals()))
            .toList());
  }

  private static @Nullable String address(Currency currency) {
    return currency.token().map(WalletAddress::checksummed).orElse(null);
  }

  private record Report(
      String contract,
      long chainId,
      String owner,
      boolean paused,
      List<Line> products,
      List<Taking> takings) {}

  private record Line(
      long id,
      String price,
      @Nullable String token,
      String symbol,
      int decimals,
      long duration,
      boolean active) {}

  private record Taking(String amount, @Nullable String token, String symbol, int decimals) {}
}
