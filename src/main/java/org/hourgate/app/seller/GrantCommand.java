package org.hourgate.app.seller;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.Texts;
import org.hourgate.chain.ContractCall;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hourgate grant}: gives time away. */
@Command(
    name = "grant",
    description = "Give a wallet time for nothing. It adds to the time left. Only the owner may.")
public final class GrantCommand implements Callable<Integer> {

  @Mixin private ContractOption where;
  @Mixin private SendOption send;

  @Parameters(index = "0", paramLabel = "WALLET", description = "Who gets it.")
  private WalletAddress wallet;

  @Parameters(
      index = "1",
      paramLabel = "DURATION",
      description = "How much: 30m, 1h, 30d; no more than two years ahead of now.")
  private Duration duration;

  @Override
  public Integer call() {
    WalletKey key = send.key();
    try (HourgateContract contract = where.openAs(key)) {
      Instant now = contract.transactor().headTime();
      Instant paid = contract.entitlementOf(wallet).paidUntil();
      Instant then = (paid.isAfter(now) ? paid : now).plus(duration);
      return send.send(
          contract,
          key,
          ContractCall.grant(wallet, duration),
          Plan.to("Give %s to %s".formatted(Texts.duration(duration), wallet.checksummed()))
              .with("paid until", Texts.end(paid, now) + "; then about " + Texts.time(then)),
          receipt -> outcome(contract.newEnd(receipt)));
    }
  }

  private Outcome outcome(Instant paidUntil) {
    return Outcome.of(wallet.checksummed() + " is paid until " + Texts.time(paidUntil) + ".")
        .with("wallet", wallet.checksummed())
        .with("paidUntil", paidUntil.getEpochSecond());
  }
}
