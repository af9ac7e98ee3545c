package org.hourgate.credential;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which logins were used, by wallet and nonce, until they expire: no login opens two
 * sessions. Reservations live in memory, spent logins also in a file, so they survive a restart.
 * Where the file can't tell what was spent, {@link #refuseIssuedBefore} closes the gap.
 *
 * <p>Memory is bounded: the owner calls {@link #forgetExpired} now and then, and beyond {@value
 * #MAX_REMEMBERED} logins no more are reserved.
 *
 * <p>Not safe for several threads: one serial executor owns it. The file is touched on the caller
 * in {@link #open} and {@link #close} only.
 */
public final class SpentLogins implements AutoCloseable {
  /** More than OpenVPN can establish within the few minutes that a login lives. */
  static final int MAX_REMEMBERED = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(SpentLogins.class);

  /** Compacting for fewer dead lines than this is not worth a new file. */
  private static final int DEAD_LINES = 256;

  private final Map<Login, Use> uses = new HashMap<>();
  private final SpentLoginFile file;
  private final Instant refuseIssuedBefore;
  private int linesInFile;

  private SpentLogins(SpentLoginFile file, Instant refuseIssuedBefore) {
    this.file = file;
    this.refuseIssuedBefore = refuseIssuedBefore;
  }

  /**
   * Reads the file and writes it anew without what has expired. A file that is missing, damaged in
   * any place or can't be written does not stop the start; logins issued earlier are refused then.
   *
   * @param writer runs later writes, one at a time
   */
  public static SpentLogins open(Path path, Instant now, Executor writer) {
    SpentLoginFile file = new SpentLoginFile(path, writer);
    // Whole seconds, as issuedAt has. Nobody is issued a login, connects with it and sees us
    // restart
    // within one second, so nothing spent is let through.
    Instant gap = now.truncatedTo(ChronoUnit.SECONDS);
    SpentLoginRecords records;
    try {
      records = file.read();
    } catch (NoSuchFileException e) {
      LOG.info("spent_logins begins, refusing logins issued before {}", gap);
      records = SpentLoginRecords.none(gap);
    } catch (IOException e) {
      LOG.warn("spent_logins unreadable, refusing logins issued before {}: {}", gap, e.toString());
      records = SpentLoginRecords.none(gap);
    }
    records = records.without(now);
    try {
      file.write(records.format());
    } catch (IOException e) {
      LOG.error("spent_logins unwritable, refusing logins issued before {}: {}", gap, e.toString());
      file.requestRewrite();
      records = records.refusingBefore(gap);
    }
    SpentLogins logins = new SpentLogins(file, records.refuseIssuedBefore());
    records.spent().forEach((login, expires) -> logins.uses.put(login, new Use(expires, true)));
    logins.linesInFile = logins.uses.size();
    return logins;
  }

  /** Logins issued before this moment may have been spent without our knowing it. */
  public Instant refuseIssuedBefore() {
    return refuseIssuedBefore;
  }

  /** False if the login is reserved or spent, or if there are too many to remember one more. */
  public boolean tryReserve(WalletAddress wallet, Nonce nonce, Instant expires) {
    return uses.size() < MAX_REMEMBERED
        && uses.putIfAbsent(new Login(wallet, nonce), new Use(expires, false)) == null;
  }

  /** Gives a reservation back; a spent login stays spent. */
  public void release(WalletAddress wallet, Nonce nonce) {
    uses.computeIfPresent(new Login(wallet, nonce), (_, use) -> use.spent ? use : null);
  }

  /** Turns a reservation into a use, for good. Does nothing if it has expired meanwhile. */
  public void spend(WalletAddress wallet, Nonce nonce) {
    Login login = new Login(wallet, nonce);
    Use use = uses.get(login);
    if (use == null || use.spent) {
      return;
    }
    uses.put(login, new Use(use.expires, true));
    if (file.wantsRewrite()) {
      rewrite();
    } else {
      file.append(SpentLoginRecords.formatLine(login, use.expires));
      linesInFile++;
    }
  }

  public boolean isSpent(WalletAddress wallet, Nonce nonce) {
    Use use = uses.get(new Login(wallet, nonce));
    return use != null && use.spent;
  }

  /**
   * Forgets what no longer passes the time window anyway.
   *
   * @param now by a clock that is trusted: what is forgotten could be used again
   */
  public void forgetExpired(Instant now) {
    uses.values().removeIf(use -> !now.isBefore(use.expires));
    if (file.wantsRewrite() || linesInFile > 2 * uses.size() + DEAD_LINES) {
      rewrite();
    }
  }

  /** Writes what still waits, on the caller: for an orderly end. */
  @Override
  public void close() {
    file.drain();
  }

  private void rewrite() {
    Map<Login, Instant> spent = new HashMap<>();
    uses.forEach(
        (login, use) -> {
          if (use.spent) {
            spent.put(login, use.expires);
          }
        });
    file.replace(new SpentLoginRecords(refuseIssuedBefore, spent).format());
    linesInFile = spent.size();
  }

  /** What identifies a login: never the bytes of its signature. */
  record Login(WalletAddress wallet, Nonce nonce) {}

  private record Use(Instant expires, boolean spent) {}
}
