package org.hourgate.app.seller;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.Amounts;
import org.hourgate.app.cli.Texts;
import org.hourgate.chain.ContractCall;
import org.hourgate.chain.Currency;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hourgate products add}. */
@Command(name = "add", description = "Put time on sale. Only the owner may.")
final class ProductsAddCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ContractOption where;
  @Mixin private SendOption send;

  @Option(
      names = "--duration",
      paramLabel = "DURATION",
      required = true,
      description = "The time one purchase adds: 30m, 1h, 30d; two years (730d) at most.")
  private Duration duration;

  @Option(
      names = "--price",
      paramLabel = "AMOUNT",
      required = true,
      description =
          "What one purchase costs: \"0.01 ether\" or \"20 gwei\"; with --token the token's own unit,"
              + " \"5\" or \"5 USDC\".")
  private String price;

  @Option(
      names = "--token",
      paramLabel = "ADDRESS",
      description = "To be paid in this token (ERC-20) instead of ether.")
  private @Nullable WalletAddress token;

  @Override
  public Integer call() {
    if (token == null) {
      Amounts.parse(spec, "--price", Currency.ETHER, price);
    }
    WalletKey key = send.key();
    try (HourgateContract contract = where.openAs(key)) {
      Optional<WalletAddress> paidIn = Optional.ofNullable(token);
      Currency currency =
          paidIn.map(address -> contract.token(address).currency()).orElse(Currency.ETHER);
      BigInteger amount = Amounts.parse(spec, "--price", currency, price);
      String offer = Texts.duration(duration) + " for " + currency.format(amount);
      Plan plan = Plan.to("Put " + offer + " on sale");
      return send.send(
          contract,
          key,
          ContractCall.addProduct(paidIn, amount, duration),
          paidIn.map(address -> plan.with("token", address.checksummed())).orElse(plan),
          receipt -> outcome(contract.addedProduct(receipt), offer));
    }
  }

  private static Outcome outcome(long product, String offer) {
    return Outcome.of("Product %d is for sale: %s.".formatted(product, offer))
        .with("product", product);
  }
}
