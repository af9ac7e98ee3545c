package org.hourgate.app.seller;

import java.util.Optional;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.chain.HourgateContract;
import org.hourgate.chain.Transactor;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which contract: the configuration's, or one that is named on the command line. */
final class ContractOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Mixin private ConfigOption config;

  @ArgGroup(exclusive = false, heading = "%nWithout a configuration, all three:%n")
  private @Nullable NodeOption node;

  @Option(
      names = "--contract",
      paramLabel = "ADDRESS",
      description = "The contract (default: the configuration's, the first if it lists several).")
  private @Nullable WalletAddress address;

  /** Connects; the caller closes. */
  HourgateContract open() {
    if (node != null) {
      WalletAddress named =
          Optional.ofNullable(address)
              .orElseThrow(
                  () ->
                      new ParameterException(
                          command.commandLine(), "--rpc and --chain-id need --contract too"));
      return HourgateContract.at(node.connect(), named);
    }
    HourgateConfig.Chain chain = config.load().chain();
    return HourgateContract.at(
        Transactor.connect(chain.rpc(), chain.id()),
        Optional.ofNullable(address).orElse(chain.contracts().getFirst()));
  }

  /** Connects for somebody who must be the owner; the caller closes. */
  HourgateContract openAs(WalletKey key) {
    HourgateContract contract = open();
    try {
      WalletAddress owner = contract.owner();
      if (!owner.equals(key.address())) {
        throw new CommandException(
            ExitCode.REFUSED,
            "%s is not the owner of the contract %s: only %s may do this. Nothing was sent."
                .formatted(
                    key.address().checksummed(),
                    contract.address().checksummed(),
                    owner.checksummed()));
      }
      return contract;
    } catch (RuntimeException e) {
      contract.close();
      throw e;
    }
  }
}
