package org.hourgate.gate;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.files.CheckedFile;
import org.hourgate.infrastructure.files.CheckedLines;

/**
 * Who is banned, kept over restarts in a file that is written whole at each change. A file that is
 * there and can't be trusted to the last byte stops the start: no ban is ever forgotten in silence.
 *
 * <p>Changed by the gate's thread alone; read by any.
 */
public final class Bans {

  private static final String MAGIC = "hourgate-bans-1";
  private static final String FOR_EVER = "forever";

  private final CheckedFile file;
  private volatile Map<WalletAddress, Ban> bans;

  private Bans(CheckedFile file, Map<WalletAddress, Ban> bans) {
    this.file = file;
    this.bans = bans;
  }

  /**
   * Reads the file; one that is not there holds no ban.
   *
   * @param writer runs writes, one at a time
   * @throws UnreadableStateException if there is a doubt about any ban
   */
  public static Bans open(Path path, Executor writer) {
    CheckedFile file = new CheckedFile(path, MAGIC, writer);
    try {
      Map<WalletAddress, Ban> bans = new HashMap<>();
      for (String line : file.read()) {
        Ban ban = ban(CheckedLines.fields(line, 5));
        bans.put(ban.wallet(), ban);
      }
      return new Bans(file, Map.copyOf(bans));
    } catch (IOException e) {
      throw new UnreadableStateException("bans", path, e);
    }
  }

  /** The ban that holds for this wallet. Safe for any thread. */
  Optional<Ban> of(WalletAddress wallet, Instant now) {
    return Optional.ofNullable(bans.get(wallet)).filter(ban -> ban.holdsAt(now));
  }

  /** Every ban that holds, the newest first. Safe for any thread. */
  List<Ban> all(Instant now) {
    return bans.values().stream()
        .filter(ban -> ban.holdsAt(now))
        .sorted(Comparator.comparing(Ban::since).reversed())
        .toList();
  }

  /**
   * Holds from now on, in place of an earlier ban of the wallet.
   *
   * @return whether it was written down; never completes exceptionally
   */
  CompletionStage<Boolean> put(Ban ban) {
    Map<WalletAddress, Ban> changed = new HashMap<>(bans);
    changed.put(ban.wallet(), ban);
    return changeTo(changed);
  }

  /**
   * Ends the ban of this wallet.
   *
   * @return whether that was written down; never completes exceptionally
   */
  CompletionStage<Boolean> remove(WalletAddress wallet) {
    Map<WalletAddress, Ban> changed = new HashMap<>(bans);
    changed.remove(wallet);
    return changeTo(changed);
  }

  /**
   * Drops bans that are over, and writes what could not be written before.
   *
   * @param now by a clock that is trusted: what is dropped never comes back
   */
  void forgetOver(Instant now) {
    Map<WalletAddress, Ban> changed = new HashMap<>(bans);
    if (changed.values().removeIf(ban -> !ban.holdsAt(now)) || file.isBehind()) {
      var _ = changeTo(changed);
    }
  }

  private CompletionStage<Boolean> changeTo(Map<WalletAddress, Ban> changed) {
    bans = Map.copyOf(changed);
    return file.replace(changed.values().stream().map(Bans::line).toList());
  }

  private static String line(Ban ban) {
    return String.join(
        " ",
        Long.toString(ban.since().getEpochSecond()),
        ban.until().map(Instant::getEpochSecond).map(String::valueOf).orElse(FOR_EVER),
        ban.wallet().lowerCase(),
        encoded(ban.by()),
        encoded(ban.reason()));
  }

  private static Ban ban(String[] fields) throws IOException {
    try {
      return new Ban(
          WalletAddress.parse(fields[2]),
          Instant.ofEpochSecond(Long.parseLong(fields[0])),
          fields[1].equals(FOR_EVER)
              ? Optional.empty()
              : Optional.of(Instant.ofEpochSecond(Long.parseLong(fields[1]))),
          URLDecoder.decode(fields[4], StandardCharsets.UTF_8),
          URLDecoder.decode(fields[3], StandardCharsets.UTF_8));
    } catch (IllegalArgumentException | DateTimeException | InvalidWalletAddressException e) {
      throw new IOException("a line is damaged", e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
