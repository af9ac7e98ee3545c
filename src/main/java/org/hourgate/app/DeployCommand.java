package org.hourgate.app;

import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hourgate deploy}: puts a contract on a chain. Needs no configuration: it comes before. */
@Command(name = "deploy", description = "Put a new contract on a chain and print its address.")
final class DeployCommand implements Runnable {

  @Spec private CommandSpec spec;
  @Mixin private WalletOption wallet;

  @Option(
      names = "--rpc",
      paramLabel = "URL",
      required = true,
      description = "A JSON-RPC address of the chain.")
  private URI rpc;

  @Option(
      names = "--chain-id",
      paramLabel = "N",
      required = true,
      description = "The chain's id, so that nothing lands on another chain by mistake.")
  private long chainId;

  @Option(
      names = "--owner",
      paramLabel = "ADDRESS",
      description = "Who may sell and withdraw (default: the wallet that pays for this).")
  private @Nullable String owner;

  @Override
  public void run() {
    if (!Optional.ofNullable(rpc.getScheme()).orElse("").matches("https?")
        || rpc.getHost() == null) {
      throw new ParameterException(spec.commandLine(), "--rpc must be an http:// or https:// URL");
    }
    Optional<WalletAddress> named = Optional.ofNullable(owner).map(this::address);
    WalletKey key = wallet.load();
    try (HourgateContract contract =
        HourgateContract.deploy(rpc, chainId, key, named.orElse(key.address()))) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("contract " + contract.address().checksummed());
      out.println("owner " + contract.owner().checksummed());
    }
  }

  private WalletAddress address(String text) {
    try {
      return WalletAddress.parse(text);
    } catch (InvalidWalletAddressException e) {
      throw new ParameterException(spec.commandLine(), "--owner: " + e.getMessage());
    }
  }
}
