package org.hourgate.app.install;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.hourgate.app.cli.Converters;
import org.hourgate.credential.WalletAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a seller says of the gateway, whatever OpenVPN it is for; asked for what is not given. */
final class AnswerOptions {

  private static final String A_URL = "must be a URL such as https://vpn.example.org:8443";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

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

  /** Empty questions: nobody is there to ask. */
  Answers read(Optional<Questions> questions) {
    if (questions.isEmpty()) {
      requireWhatHasNoDefault();
    }
    URI url =
        given(
            publicUrl,
            questions,
            "The page's address, as customers will type it, such as https://vpn.example.org:8443",
            AnswerOptions::url);
    List<URI> nodes =
        given(
            rpc.isEmpty() ? null : rpc,
            questions,
            "A JSON-RPC address of your chain",
            text -> List.of(node(text)));
    long chain =
        given(
            chainId,
            questions,
            "Its chain id (1 Ethereum, 8453 Base, 42161 Arbitrum One, 11155111 Sepolia)",
            AnswerOptions::number);
    Optional<WalletAddress> address =
        orAsked(
            contract,
            questions,
            "The contract's address (empty: not there yet)",
            WalletAddress::parse);
    Optional<String> rate =
        orAsked(
            upload,
            questions,
            "Upload that customers may take, such as 20mbit (empty: all)",
            text -> text);
    if ((certificate == null) != (certificateKey == null)) {
      throw wrong("--certificate and --certificate-key go together");
    }
    if (url.getHost() == null) {
      throw wrong("--public-url: " + A_URL);
    }
    return new Answers(
        name,
        url,
        plain("--host", Optional.ofNullable(host).orElse(bare(url.getHost()))),
        nodes,
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

  private void requireWhatHasNoDefault() {
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
      throw wrong("These have no default: " + String.join(", ", missing));
    }
  }

  private static <T> T given(
      @Nullable T option,
      Optional<Questions> questions,
      String question,
      Function<String, T> read) {
    return option != null ? option : questions.orElseThrow().ask(question, "", read);
  }

  private static <T> Optional<T> orAsked(
      @Nullable T option,
      Optional<Questions> questions,
      String question,
      Function<String, T> read) {
    return Optional.ofNullable(option)
        .or(
            () ->
                questions.flatMap(
                    person ->
                        person.ask(
                            question,
                            "",
                            text ->
                                text.isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(read.apply(text)))));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static Path absolute(@Nullable Path file) {
    return Objects.requireNonNull(file).toAbsolutePath();
  }

  static long number(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("must be a number");
    }
    return Long.parseLong(text);
  }

  private static URI url(String text) {
    URI url = URI.create(text);
    if (url.getHost() == null) {
      throw new IllegalArgumentException(A_URL);
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

  /** OpenVPN writes IPv6 addresses without brackets. */
  private static String bare(String host) {
    return host.replaceAll("^\\[|]$", "");
  }

  /** Written into profiles and scripts. */
  private String plain(String option, String value) {
    if (!value.matches("[A-Za-z0-9._:-]+")) {
      throw wrong(option + ": must be letters, digits and any of . : - _");
    }
    return value;
  }
}
