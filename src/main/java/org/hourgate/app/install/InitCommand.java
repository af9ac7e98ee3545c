package org.hourgate.app.install;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.Converters;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.net.CidrBlock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hourgate init}: from nothing, or from an OpenVPN server, to a gateway. */
@Command(
    name = "init",
    description = {
      "Set up a gateway: configuration, keys, certificates, OpenVPN's server.conf, customers'"
          + " profile, firewall, systemd.",
      "Asks for what is not given; with --yes it asks nothing. Overwrites nothing, and says what to"
          + " type next. --existing fits Hourgate beside an OpenVPN server that is there; --undo"
          + " takes everything back. More: docs/deploy.md."
    })
public final class InitCommand implements Callable<Integer> {

  private static final String INSTANCE = "gate";

  @Spec private CommandSpec spec;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description = "Where customers find the page, such as https://vpn.example.org:8443.")
  private @Nullable URI publicUrl;

  @Option(
      names = "--rpc",
      paramLabel = "URL",
      converter = Converters.RpcUrl.class,
      description = "JSON-RPC address of a node of the chain. May be repeated.")
  private List<URI> rpc = new ArrayList<>();

  @Option(
      names = "--chain-id",
      paramLabel = "N",
      description = "The chain: 1 Ethereum, 8453 Base, 42161 Arbitrum One, 11155111 Sepolia ...")
  private @Nullable Long chainId;

  @Option(
      names = "--contract",
      paramLabel = "ADDRESS",
      description = "The contract, if it is on the chain already; else see hourgate deploy.")
  private @Nullable WalletAddress contract;

  @Option(
      names = "--confirmations",
      paramLabel = "N",
      description = "Blocks before a purchase counts (default: what fits the chain).")
  private @Nullable Integer confirmations;

  @Option(
      names = "--name",
      paramLabel = "TEXT",
      defaultValue = "Home gateway",
      description = "What customers read on the page (default: ${DEFAULT-VALUE}).")
  private String name;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Where customers' OpenVPN finds this machine (default: that of --public-url).")
  private @Nullable String host;

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

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description = "The page's certificate, PEM (default: one of our own, for a try).")
  private @Nullable Path certificate;

  @Option(names = "--certificate-key", paramLabel = "FILE", description = "Its key.")
  private @Nullable Path certificateKey;

  @Option(
      names = "--proxy",
      description = "A reverse proxy on this machine does TLS: listen on loopback only.")
  private boolean proxy;

  @Option(
      names = "--wan",
      paramLabel = "DEVICE",
      description = "The way to the internet (default: the default route, looked at each time).")
  private @Nullable String wan;

  @Option(
      names = "--keep-off",
      paramLabel = "CIDR",
      description = "More that customers must not reach, such as this line's own address.")
  private List<String> keepOff = new ArrayList<>();

  @Option(
      names = "--upload",
      paramLabel = "RATE",
      description = "Share the upload fairly at this rate, a little below the line's: 20mbit.")
  private @Nullable String upload;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      defaultValue = "hourgate",
      description = "The user that Hourgate runs as (default: ${DEFAULT-VALUE}).")
  private String user;

  @Option(
      names = "--existing",
      paramLabel = "FILE",
      description =
          "Use the OpenVPN server with this configuration: keeps its certificates, shows the lines"
              + " to add, and adds them if you say yes.")
  private @Nullable Path existing;

  @Option(names = "--undo", description = "Take back what a former init did.")
  private boolean undo;

  @Option(
      names = {"-y", "--yes"},
      description = "Ask nothing.")
  private boolean yes;

  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  private boolean dryRun;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = "Put all of it below this folder, to try it; nothing of this machine changes.")
  private Path root;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      root = root.toAbsolutePath().normalize();
      return undo ? undo(out) : install(out);
    } catch (IOException | UncheckedIOException e) {
      throw failed(e);
    }
  }

  private static CommandException failed(Exception e) {
    return new CommandException(
        ExitCode.CONFIGURATION,
        "%s: %s; run it as root, and `hourgate init --undo` takes back what was done"
            .formatted(e.getClass().getSimpleName(), e.getMessage()));
  }

  private int undo(PrintWriter out) throws IOException {
    Layout layout = new Layout(root, INSTANCE);
    Journal journal = new Journal(layout.journal());
    if (dryRun) {
      throw new ParameterException(spec.commandLine(), "--undo has no --dry-run");
    }
    if (!yes && !confirm("Take back what hourgate init did? Keys and certificates go with it.")) {
      out.println("Nothing was changed.");
      return ExitCode.NOTHING_TO_DO;
    }
    List<Path> left = journal.undo(file -> ExistingServer.restore(file, out));
    journal.written().forEach(path -> out.println("  removed " + path));
    left.forEach(path -> out.println("  left alone, it was changed since: " + path));
    SetupScript.run(layout, List.of("--undo"), line -> out.println("  " + line));
    out.println(
        "What you have switched on yourself is left: systemctl disable --now hourgate"
            + " openvpn-server@"
            + INSTANCE);
    return ExitCode.OK;
  }

  private int install(PrintWriter out) throws IOException {
    Optional<Questions> questions = yes ? Optional.empty() : Questions.here();
    Setup setup =
        existing == null
            ? fresh(questions)
            : new ExistingServer(existing.toAbsolutePath().normalize(), root, answers(questions));
    Journal journal = new Journal(new Layout(root, INSTANCE).journal());
    journal.requireNone(setup.files());
    setup.validate();
    setup.describe(out);
    if (dryRun) {
      out.println("Nothing was changed.");
      return ExitCode.OK;
    }
    if (!yes && !confirm("Do it?")) {
      out.println("Nothing was changed.");
      return ExitCode.NOTHING_TO_DO;
    }
    out.println("Done:");
    setup.write(journal, out);
    out.println();
    out.println(setup.nextSteps());
    return ExitCode.OK;
  }

  private Setup fresh(Optional<Questions> questions) {
    int openVpnPort =
        questions
            .filter(_ -> port == null)
            .map(q -> q.ask("OpenVPN's port", "1194", InitCommand::portNumber))
            .orElse(port == null ? 1194 : checkedPort(port));
    return new FreshServer(
        new Layout(root, INSTANCE), answers(questions), tcp, openVpnPort, network(), dns());
  }

  private boolean confirm(String question) {
    Questions questions =
        Questions.here()
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.USAGE,
                        "there is no terminal to ask on, so nothing was changed: add --yes, or"
                            + " --dry-run to look only"));
    return questions.confirm(question);
  }

  private Answers answers(Optional<Questions> questions) {
    if (questions.isEmpty()) {
      List<String> missing = new ArrayList<>();
      if (publicUrl == null) {
        missing.add("--public-url");
      }
      if (rpc.isEmpty()) {
        missing.add("--rpc");
      }
      if (chainId == null) {
        missing.add("--chain-id");
      }
      if (!missing.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "These have no default: " + String.join(", ", missing));
      }
    }
    URI url =
        publicUrl != null
            ? publicUrl
            : questions
                .orElseThrow()
                .ask(
                    "The page's address, as customers will type it, such as https://vpn.example.org:8443",
                    "",
                    InitCommand::url);
    if (rpc.isEmpty()) {
      rpc =
          List.of(
              questions
                  .orElseThrow()
                  .ask("A JSON-RPC address of your chain", "", InitCommand::node));
    }
    long chain =
        chainId != null
            ? chainId
            : questions
                .orElseThrow()
                .ask(
                    "Its chain id (1 Ethereum, 8453 Base, 42161 Arbitrum One, 11155111 Sepolia)",
                    "",
                    InitCommand::number);
    Optional<WalletAddress> address =
        Optional.ofNullable(contract)
            .or(
                () ->
                    questions.flatMap(
                        q ->
                            q.ask(
                                "The contract's address (empty: not there yet)",
                                "",
                                text ->
                                    text.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(WalletAddress.parse(text)))));
    Optional<String> rate =
        Optional.ofNullable(upload)
            .or(
                () ->
                    questions
                        .map(
                            q ->
                                q.ask(
                                    "Upload that customers may take, such as 20mbit (empty: all)",
                                    "",
                                    t -> t))
                        .filter(text -> !text.isEmpty()));
    if ((certificate == null) != (certificateKey == null)) {
      throw new ParameterException(
          spec.commandLine(), "--certificate and --certificate-key go together");
    }
    if (url.getHost() == null) {
      throw new ParameterException(
          spec.commandLine(), "--public-url: must be a URL such as https://vpn.example.org:8443");
    }
    return new Answers(
        name,
        url,
        plain("--host", Optional.ofNullable(host).orElse(bare(url.getHost()))),
        rpc,
        chain,
        address,
        Optional.ofNullable(confirmations).orElse(KnownChains.confirmations(chain)),
        Optional.ofNullable(certificate)
            .map(file -> new Answers.PageCertificate(absolute(file), absolute(certificateKey))),
        proxy,
        Optional.ofNullable(wan),
        keepOff,
        rate,
        plain("--user", user));
  }

  private static Path absolute(@Nullable Path file) {
    return Objects.requireNonNull(file).toAbsolutePath();
  }

  private static int portNumber(String text) {
    long port = number(text);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("must be a port, 1 to 65535");
    }
    return (int) port;
  }

  private static long number(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("must be a number");
    }
    return Long.parseLong(text);
  }

  private static URI url(String text) {
    URI url = URI.create(text);
    if (url.getHost() == null) {
      throw new IllegalArgumentException("must be a URL such as https://vpn.example.org:8443");
    }
    return url;
  }

  private static URI node(String text) {
    URI url = url(text);
    if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme())) {
      throw new IllegalArgumentException("must begin with http:// or https://");
    }
    return url;
  }

  private int checkedPort(int number) {
    try {
      return portNumber(Integer.toString(number));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--port: " + e.getMessage());
    }
  }

  /** OpenVPN writes IPv6 addresses without brackets. */
  private static String bare(String host) {
    return host.replaceAll("^\\[|]$", "");
  }

  /** Written into profiles and scripts. */
  private String plain(String option, String value) {
    if (!value.matches("[A-Za-z0-9._:-]+")) {
      throw new ParameterException(
          spec.commandLine(), option + ": must be letters, digits and any of . : - _");
    }
    return value;
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
