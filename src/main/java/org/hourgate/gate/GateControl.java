package org.hourgate.gate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.WalletAddress;

/**
 * What an operator may ask of the gate. Safe for any thread; stages complete on the gate's thread,
 * where nobody may block, and complete exceptionally only if the gate is closed.
 */
public interface GateControl {

  /** Every session the gate knows of now, of all instances, also those that still wait. */
  CompletionStage<List<SessionView>> sessions();

  /** How things stood within the last second, in numbers; answers at once. */
  GateSnapshot snapshot();

  /**
   * Cuts the sessions meant by the target at once.
   *
   * @param reason shown to the client and written to the log
   * @return completes when every cut is confirmed, or when the time for that has passed
   */
  CompletionStage<KillResult> kill(KillTarget target, String reason);

  /**
   * Keeps a wallet out and cuts its sessions at once. Takes the place of an earlier ban.
   *
   * @return completes as {@link #kill} does
   */
  CompletionStage<BanResult> ban(Ban ban);

  /**
   * Makes one profile useless, and all that descends from it; its sessions are cut at once.
   *
   * @return whether it is revoked and written down; false also if the wallet has revoked too many
   */
  CompletionStage<Boolean> revoke(WalletAddress wallet, DeviceId device);

  /** Whether that profile was revoked by itself; answers at once. */
  boolean isRevoked(WalletAddress wallet, DeviceId device);

  /** Lets a wallet in again. */
  CompletionStage<UnbanResult> unban(WalletAddress wallet);

  /** The bans that hold now, the newest first; answers at once. */
  List<Ban> bans();

  /** The ban that holds for a wallet now; answers at once. */
  Optional<Ban> banOf(WalletAddress wallet);

  /** Clients that wait for a signature on the page. */
  WebSignInDesk webSignIns();

  /** Verdicts since the start: {@code accept}, and each reason for a refusal; answers at once. */
  Map<String, Long> verdicts();
}
