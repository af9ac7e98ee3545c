package org.hourgate.app.cli;

import java.net.URI;
import java.time.Duration;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.config.Parsers;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How arguments are written: as in the configuration. */
public final class Converters {

  /** What the contract gives at most. */
  private static final Duration LONGEST = Duration.ofDays(2 * 365);

  private Converters() {}

  public static CommandLine register(CommandLine commandLine) {
    return commandLine
        .registerConverter(WalletAddress.class, Converters::wallet)
        .registerConverter(Duration.class, Converters::duration);
  }

  private static WalletAddress wallet(String text) {
    try {
      return WalletAddress.parse(text);
    } catch (InvalidWalletAddressException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static Duration duration(String text) {
    try {
      Duration duration = Parsers.duration(Duration.ofSeconds(1), LONGEST).parse(text);
      if (duration.toMillisPart() == 0) {
        return duration;
      }
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
    throw new TypeConversionException("must be whole seconds, not \"" + text + "\"");
  }

  /** The address of a node. It may hold an access key, so it is not repeated. */
  public static final class RpcUrl implements ITypeConverter<URI> {
    @Override
    public URI convert(String text) {
      try {
        URI url = URI.create(text);
        if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
            && url.getHost() != null) {
          return url;
        }
      } catch (IllegalArgumentException e) {
        // told below
      }
      throw new TypeConversionException("must be a URL that begins with http:// or https://");
    }
  }
}
