package org.hourgate.app.seller;

import org.hourgate.chain.ContractCall;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletKey;
import picocli.CommandLine.Mixin;

/** Stops all purchases, or allows them again. */
final class PauseSwitch {

  @Mixin private ContractOption where;
  @Mixin private SendOption send;

  int turn(boolean pause) {
    WalletKey key = send.key();
    try (HourgateContract contract = where.openAs(key)) {
      String state = pause ? "paused" : "allowed";
      if (contract.isPaused() == pause) {
        return send.nothing("purchases are %s already".formatted(state));
      }
      return send.send(
          contract,
          key,
          pause ? ContractCall.pause() : ContractCall.unpause(),
          Plan.to(pause ? "Stop all purchases" : "Allow purchases again"),
          receipt -> Outcome.of("Purchases are %s.".formatted(state)).with("paused", pause));
    }
  }
}
