package org.hourgate.operator;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line to the admin socket.
 *
 * @param command {@code sessions}, {@code watch}, {@code kill}, {@code ban}, {@code unban}, {@code
 *     bans} or {@code reload}
 * @param wallet whom it is about; or
 * @param instance with
 * @param cid which client of which instance
 * @param reason why; shown to the client
 * @param seconds how long to ban
 * @param until until when to ban, in unix seconds
 * @param forever whether the ban has no end
 * @param sudoUser who asks by {@code sudo}
 */
public record AdminRequest(
    @Nullable String command,
    @Nullable String wallet,
    @Nullable String instance,
    @Nullable Long cid,
    @Nullable String reason,
    @Nullable Long seconds,
    @Nullable Long until,
    @Nullable Boolean forever,
    @Nullable String sudoUser) {

  private static AdminRequest of(String command) {
    return new AdminRequest(command, null, null, null, null, null, null, null, null);
  }

  /** Asks for every session. */
  public static AdminRequest sessions() {
    return of("sessions");
  }

  /** Asks for all that there is to see, once a second, until one of both hangs up. */
  public static AdminRequest watch() {
    return of("watch");
  }

  /** Asks who is banned. */
  public static AdminRequest bans() {
    return of("bans");
  }

  /** Has the configuration read again. */
  public static AdminRequest reload() {
    return of("reload");
  }

  /** Ends every session of a wallet. */
  public static AdminRequest kill(String wallet, String reason) {
    return of("kill").about(wallet, reason);
  }

  /** Ends one session. */
  public static AdminRequest kill(String instance, long cid, String reason) {
    return new AdminRequest("kill", null, instance, cid, reason, null, null, null, null);
  }

  /** Bans a wallet for good, unless an end is added. */
  public static AdminRequest ban(String wallet, String reason) {
    return of("ban").about(wallet, reason);
  }

  /** Lets a wallet in again. */
  public static AdminRequest unban(String wallet) {
    return new AdminRequest("unban", wallet, null, null, null, null, null, null, null);
  }

  private AdminRequest about(String wallet, String reason) {
    return new AdminRequest(command, wallet, null, null, reason, null, null, null, null);
  }

  /** Bans for so long; a kill bans too then. */
  public AdminRequest banFor(Duration time) {
    return with(time.toSeconds(), null, null);
  }

  public AdminRequest banUntil(Instant end) {
    return with(null, end.getEpochSecond(), null);
  }

  public AdminRequest banForever() {
    return with(null, null, true);
  }

  private AdminRequest with(
      @Nullable Long seconds, @Nullable Long until, @Nullable Boolean forever) {
    return new AdminRequest(
        command, wallet, instance, cid, reason, seconds, until, forever, sudoUser);
  }

  /** Says who became root to ask. */
  public AdminRequest by(@Nullable String sudoUser) {
    return new AdminRequest(
        command, wallet, instance, cid, reason, seconds, until, forever, sudoUser);
  }
}
