package org.hourgate.app.seller;

import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.hourgate.chain.ContractCall;
import org.hourgate.chain.Currency;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hourgate claim}: a payee takes what a refund credited. */
@Command(
    name = "claim",
    description = "Take the ether that refunds credited to a wallet. The wallet itself must sign.")
public final class ClaimCommand implements Callable<Integer> {

  @Mixin private ContractOption where;
  @Mixin private SendOption send;

  @Option(
      names = "--to",
      paramLabel = "ADDRESS",
      description = "Who gets the ether (default: the wallet that signs).")
  private @Nullable WalletAddress named;

  @Override
  public Integer call() {
    WalletKey key = send.key();
    WalletAddress to = Optional.ofNullable(named).orElse(key.address());
    try (HourgateContract contract = where.open()) {
      BigInteger credit = contract.claimable(key.address());
      if (credit.signum() == 0) {
        return send.nothing("nothing is credited to " + key.address().checksummed());
      }
      return send.send(
          contract,
          key,
          ContractCall.claim(to),
          Plan.to("Claim " + Currency.ETHER.format(credit)).with("to", to.checksummed()),
          receipt -> outcome(contract.claimedAmount(receipt), to));
    }
  }

  private static Outcome outcome(BigInteger wei, WalletAddress to) {
    return Outcome.of("%s went to %s.".formatted(Currency.ETHER.format(wei), to.checksummed()))
        .with("to", to.checksummed())
        .with("amount", wei.toString());
  }
}
