package org.hourgate.app.seller;

import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.chain.ContractCall;
import org.hourgate.chain.Currency;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hourgate withdraw}: takes out the takings. */
@Command(
    name = "withdraw",
    description = {
      "Take out the takings: all ether, or all of one token. Only the owner may.",
      "What refunds have credited stays for those who claim it."
    })
public final class WithdrawCommand implements Callable<Integer> {

  @Mixin private ContractOption where;
  @Mixin private SendOption send;

  @Option(names = "--to", paramLabel = "ADDRESS", required = true, description = "Who gets it.")
  private WalletAddress to;

  @Option(
      names = "--token",
      paramLabel = "ADDRESS",
      description = "Take out this token (ERC-20) instead of ether.")
  private @Nullable WalletAddress named;

  @Override
  public Integer call() {
    Optional<WalletAddress> token = Optional.ofNullable(named);
    WalletKey key = send.key();
    try (HourgateContract contract = where.openAs(key)) {
      refuseLostRecipients(contract, token);
      BigInteger takings = contract.takings(token);
      Currency currency = Currencies.of(contract, token);
      if (takings.signum() == 0) {
        return send.nothing("there is no %s to withdraw".formatted(currency.symbol()));
      }
      Plan plan = Plan.to("Withdraw " + currency.format(takings)).with("to", to.checksummed());
      return send.send(
          contract,
          key,
          ContractCall.withdraw(token, to),
          token.map(address -> plan.with("token", address.checksummed())).orElse(plan),
          receipt -> outcome(contract.withdrawnAmount(receipt), currency));
    }
  }

  /** What goes to the token's own contract, or to one that sells, nobody gets out again. */
  private void refuseLostRecipients(HourgateContract contract, Optional<WalletAddress> token) {
    if (token.filter(to::equals).isPresent() || to.equals(contract.address())) {
      throw new CommandException(
          ExitCode.USAGE,
          "--to %s is %s: what goes there is lost. Give a wallet of yours."
              .formatted(
                  to.checksummed(),
                  to.equals(contract.address()) ? "the contract itself" : "the token's contract"));
    }
  }

  private Outcome outcome(BigInteger amount, Currency currency) {
    return Outcome.of("%s went to %s.".formatted(currency.format(amount), to.checksummed()))
        .with("to", to.checksummed())
        .with("amount", amount.toString())
        .with("symbol", currency.symbol())
        .with("decimals", currency.decimals());
  }
}
