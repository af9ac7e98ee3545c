package org.hourgate.app.seller;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.chain.ContractCall;
import org.hourgate.chain.Receipt;
import org.hourgate.chain.Transactor;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hourgate deploy}: puts a contract on a chain. Needs no configuration: it comes before. */
@Command(
    name = "deploy",
    description = {
      "Put a new contract on a chain and print its address.",
      "Tries it out first, says what it costs, and asks. Without a terminal it does not ask: a new"
          + " contract changes nothing that exists."
    })
public final class DeployCommand implements Callable<Integer> {

  @Mixin private NodeOption node;
  @Mixin private SendOption send;

  @Option(
      names = "--owner",
      paramLabel = "ADDRESS",
      description = "Who may sell and withdraw (default: the wallet that pays for this).")
  private @Nullable WalletAddress named;

  @Override
  public Integer call() {
    WalletKey key = send.keyOfWhoMeansIt();
    WalletAddress owner = Optional.ofNullable(named).orElse(key.address());
    try (Transactor transactor = node.connect()) {
      return send.send(
          transactor,
          key,
          Optional.empty(),
          ContractCall.deployment(owner),
          Plan.to("Put a new contract on chain " + transactor.chainId())
              .with("owner", owner.checksummed()),
          receipt -> outcome(receipt, owner));
    }
  }

  private static Outcome outcome(Receipt receipt, WalletAddress owner) {
    String contract =
        receipt
            .created()
            .map(WalletAddress::checksummed)
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.REFUSED,
                        "the node does not say where the contract is; look up the transaction "
                            + receipt.transaction()));
    return Outcome.of("contract " + contract, "owner " + owner.checksummed())
        .with("contract", contract)
        .with("owner", owner.checksummed());
  }
}
