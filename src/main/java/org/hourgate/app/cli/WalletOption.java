package org.hourgate.app.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.hourgate.chain.KeystoreFile;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where a wallet's key is. */
public final class WalletOption {

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(
      names = "--password-file",
      paramLabel = "F",
      description = "The keystore's password, on the first line; asked for if not given.")
  private @Nullable Path passwordFile;

  /** One of the two. */
  static final class Source {
    @Option(
        names = "--wallet-key-file",
        paramLabel = "F",
        required = true,
        description = "The wallet's private key: one line of 64 hexadecimal digits.")
    private @Nullable Path keyFile;

    @Option(
        names = "--keystore",
        paramLabel = "F",
        required = true,
        description = "The wallet as Ethereum clients keep it: encrypted JSON, version 3.")
    private @Nullable Path keystore;
  }

  public WalletKey load() {
    Path file = source.keyFile == null ? source.keystore : source.keyFile;
    try {
      return source.keystore == null
          ? WalletKey.parse(firstLine(source.keyFile))
          : KeystoreFile.load(source.keystore, password());
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.CONFIGURATION, "the wallet " + file + " can't be read: " + e.getMessage());
    }
  }

  private String password() throws IOException {
    if (passwordFile != null) {
      return firstLine(passwordFile);
    }
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .map(console -> console.readPassword("Password of the keystore: "))
        .map(String::new)
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.USAGE,
                    "there is no terminal to ask for the password: give --password-file"));
  }

  private static String firstLine(@Nullable Path file) throws IOException {
    if (file == null) {
      return "";
    }
    try (var lines = Files.lines(file)) {
      return lines.findFirst().orElse("");
    }
  }
}
