package org.hourgate.app.install;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.infrastructure.net.CidrBlock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a seller says of an OpenVPN server that is to be made. */
final class ServerOptions {

  private static final int USUAL_PORT = 1194;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--port", paramLabel = "N", description = "OpenVPN's port (default: 1194).")
  private @Nullable Integer port;

  @Option(names = "--tcp", description = "OpenVPN by TCP, for where UDP does not pass.")
  private boolean tcp;

  @Option(
      names = "--network",
      paramLabel = "CIDR",
      defaultValue = "10.88.0.0/16",
      description = "The customers' addresses in the tunnel (default: ${DEFAULT-VALUE}).")
  private String network;

  @Option(
      names = "--dns",
      paramLabel = "ADDRESS",
      defaultValue = "9.9.9.9,149.112.112.112",
      split = ",",
      description = "Name servers for customers, on the internet (default: ${DEFAULT-VALUE}).")
  private List<String> dns = new ArrayList<>();

  /** Empty questions: nobody is there to ask. */
  Setup server(Layout layout, Answers answers, Optional<Questions> questions) {
    return new FreshServer(layout, answers, tcp, port(questions), network(), dns());
  }

  private int port(Optional<Questions> questions) {
    if (port != null) {
      return checkedPort(port);
    }
    return questions
        .map(
            person ->
                person.ask(
                    "OpenVPN's port", Integer.toString(USUAL_PORT), ServerOptions::portNumber))
        .orElse(USUAL_PORT);
  }

  private static int portNumber(String text) {
    long port = AnswerOptions.number(text);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("must be a port, 1 to 65535");
    }
    return (int) port;
  }

  private int checkedPort(int number) {
    try {
      return portNumber(Integer.toString(number));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--port: " + e.getMessage());
    }
  }

  private CidrBlock network() {
    try {
      CidrBlock block = CidrBlock.parse(network);
      if (block.network().getAddress().length != Integer.BYTES
          || block.prefixLength() > 29
          || block.network().getAddress()[3] != 0) {
        throw new IllegalArgumentException("must be a network such as 10.88.0.0/16");
      }
      return block;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--network: " + e.getMessage());
    }
  }

  private List<String> dns() {
    for (String server : dns) {
      try {
        var _ = InetAddress.ofLiteral(server);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(
            spec.commandLine(), "--dns: must be an address such as 9.9.9.9, not " + server);
      }
    }
    return dns;
  }
}
