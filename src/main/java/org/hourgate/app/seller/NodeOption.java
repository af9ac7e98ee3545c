package org.hourgate.app.seller;

import java.net.URI;
import java.util.List;
import org.hourgate.app.cli.Converters;
import org.hourgate.chain.Transactor;
import picocli.CommandLine.Option;

/** {@code --rpc} and {@code --chain-id}: a chain named on the command line. */
final class NodeOption {

  @Option(
      names = "--rpc",
      paramLabel = "URL",
      required = true,
      converter = Converters.RpcUrl.class,
      description =
          "A JSON-RPC address of the chain. May be repeated: the first that answers is used.")
  private List<URI> rpc = List.of();

  @Option(
      names = "--chain-id",
      paramLabel = "N",
      required = true,
      description = "The chain's id, so that nothing lands on another chain by mistake.")
  private long chainId;

  Transactor connect() {
    return Transactor.connect(rpc, chainId);
  }
}
