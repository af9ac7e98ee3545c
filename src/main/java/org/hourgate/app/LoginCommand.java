package org.hourgate.app;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.cli.WalletOption;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.SignatureRequest;
import org.hourgate.credential.WalletKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hourgate login}: a customer's way in without a browser. */
@Command(
    name = "login",
    description = {
      "Ask a gateway for a text, sign it with a wallet, and write user name and password to a file.",
      "OpenVPN reads such a file: auth-user-pass FILE."
    })
final class LoginCommand implements Runnable {

  /** What to ask for. */
  enum Kind {
    LOGIN,
    DEVICE
  }

  @Spec private CommandSpec spec;
  @Mixin private WalletOption wallet;

  @Option(
      names = "--url",
      paramLabel = "URL",
      required = true,
      description = "The gateway's public URL, as on its page.")
  private URI url;

  @Option(
      names = "--kind",
      paramLabel = "login|device",
      defaultValue = "login",
      description =
          "login: good for one session, for minutes. device: again and again, for weeks (default:"
              + " ${DEFAULT-VALUE}).")
  private Kind kind;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "Where to write; readable by you alone.")
  private Path out;

  @Option(
      names = "--insecure",
      description = "Take any certificate. Whoever sits in between can use your time.")
  private boolean insecure;

  @Override
  public void run() {
    if (!Optional.ofNullable(url.getScheme()).orElse("").matches("https?")
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || !url.getRawPath().matches("/?")
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw new ParameterException(
          spec.commandLine(), "--url must be https://HOST[:PORT], not " + url);
    }
    WalletKey key = wallet.load();
    NonceClient.Nonce nonce =
        new NonceClient(url, insecure).ask(key.address(), kind.name().toLowerCase(Locale.ROOT));
    CredentialKind credentialKind =
        switch (kind) {
          case LOGIN -> CredentialKind.LOGIN;
          case DEVICE -> CredentialKind.DEVICE;
        };
    SignatureRequest.objection(nonce.message(), url, key.address(), credentialKind)
        .ifPresent(
            objection -> {
              throw new CommandException(ExitCode.REFUSED, objection);
            });
    String password =
        nonce.passwordPrefix()
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(key.signPersonal(nonce.message()));
    Credential credential =
        PasswordDecoder.decode(password)
            .filter(decoded -> decoded.kind() == credentialKind)
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.REFUSED, "The server sent a password prefix that is none."));
    write(key.address().checksummed() + "\n" + password + "\n");
    Instant expires = credential.expires();
    spec.commandLine()
        .getOut()
        .printf("Wrote %s for %s, good until %s.%n", out, key.address().checksummed(), expires);
  }

  /** A reader sees the old file or the whole new one. */
  private void write(String content) {
    Path folder = out.toAbsolutePath().getParent();
    try {
      Path draft =
          Files.createTempFile(
              folder,
              ".login",
              ".tmp",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        Files.writeString(draft, content, StandardCharsets.US_ASCII);
        Files.move(draft, out, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.CONFIGURATION, out + " can't be written: " + e.getMessage());
    }
  }
}
