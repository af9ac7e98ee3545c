package org.hourgate.app.seller;

import java.math.BigInteger;
import java.time.Instant;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hourgate refund}: ends a wallet's time and pays something back. */
@Command(
    name = "refund",
    description = {
      "End a wallet's time now, its sessions included, and pay ether back. Only the owner may.",
      "The ether comes from the owner's own wallet. The payee takes it with 'hourgate claim', or by"
          + " calling claim on the contract."
    })
public final class RefundCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ContractOption where;
  @Mixin private SendOption send;

  @Parameters(paramLabel = "WALLET", description = "Whose time ends.")
  private WalletAddress wallet;

  @Option(
      names = "--amount",
      paramLabel = "AMOUNT",
      required = true,
      description = "How much is paid back: \"0.005 ether\"; 0 for nothing.")
  private String amount;

  @Option(
      names = "--payee",
      paramLabel = "ADDRESS",
      description = "Who gets it (default: the wallet itself).")
  private @Nullable WalletAddress named;

  @Override
  public Integer call() {
    BigInteger wei = Amounts.parse(spec, "--amount", Currency.ETHER, amount);
    WalletAddress payee = Optional.ofNullable(named).orElse(wallet);
    WalletKey key = send.key();
    try (HourgateContract contract = where.openAs(key)) {
      Instant now = contract.transactor().headTime();
      Instant paid = contract.entitlementOf(wallet).paidUntil();
      if (!paid.isAfter(now) && wei.signum() == 0) {
        return send.nothing(wallet.checksummed() + " has no time left, and is to get nothing back");
      }
      return send.send(
          contract,
          key,
          ContractCall.refund(wallet, payee, wei),
          Plan.to("End the time of " + wallet.checksummed())
              .with("paid until", Texts.end(paid, now) + "; then no time left")
              .with("pays back", Currency.ETHER.format(wei) + ", from the owner's wallet")
              .with("to", payee.checksummed()),
          receipt -> outcome(contract.newEnd(receipt), contract.refundedAmount(receipt), payee));
    }
  }

  private Outcome outcome(Instant end, BigInteger wei, WalletAddress payee) {
    String ended = "The time of %s ended at %s.".formatted(wallet.checksummed(), Texts.time(end));
    Outcome outcome =
        wei.signum() == 0
            ? Outcome.of(ended)
            : Outcome.of(
                ended,
                "%s is credited to %s: 'hourgate claim' takes it."
                    .formatted(Currency.ETHER.format(wei), payee.checksummed()));
    return outcome
        .with("wallet", wallet.checksummed())
        .with("paidUntil", end.getEpochSecond())
        .with("payee", payee.checksummed())
        .with("amount", wei.toString());
  }
}
