package org.hourgate.operator;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.KillResult;
import org.hourgate.gate.KillTarget;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.management.ClientId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Understands requests, asks the gate, and writes down who changed what. Safe for any thread. */
final class AdminCommands {

  private static final Logger AUDIT = LoggerFactory.getLogger("org.hourgate.audit");
  private static final Logger LOG = LoggerFactory.getLogger(AdminCommands.class);
  private static final int MAX_REASON = 160;

  private final GateControl gate;

  AdminCommands(GateControl gate) {
    this.gate = gate;
  }

  /**
   * Answers one line.
   *
   * @param uid who asks
   * @return never completes exceptionally
   */
  CompletionStage<AdminReply> answer(byte[] line, int uid) {
    try {
      AdminRequest request = Json.read(line, AdminRequest.class);
      return switch (request.command()) {
        case "sessions" ->
            gate.sessions().thenApply(AdminReply::sessions).exceptionally(this::failed);
        case "kill" -> kill(request, uid).exceptionally(this::failed);
        case null, default -> refused("known commands are sessions and kill");
      };
    } catch (InvalidJsonException e) {
      return refused("a request is one line with one JSON object");
    } catch (InvalidWalletAddressException e) {
      return refused(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return refused("not a client id");
    }
  }

  private CompletionStage<AdminReply> kill(AdminRequest request, int uid) {
    String reason = request.reason();
    if (reason == null
        || reason.isBlank()
        || reason.length() > MAX_REASON
        || reason.chars().anyMatch(Character::isISOControl)) {
      return refused("a kill needs a reason, one line of at most " + MAX_REASON + " characters");
    }
    KillTarget target;
    if (request.wallet() != null && request.instance() == null && request.cid() == null) {
      target = new KillTarget.ByWallet(WalletAddress.parse(request.wallet()));
    } else if (request.wallet() == null && request.instance() != null && request.cid() != null) {
      target = new KillTarget.ByClient(request.instance(), new ClientId(request.cid()));
    } else {
      return refused("a kill needs a wallet, or an instance and a cid");
    }
    AUDIT.info("kill begun uid={} target={} reason=\"{}\"", uid, describe(target), reason);
    return gate.kill(target, reason).thenApply(result -> killed(result, target, uid));
  }

  private static AdminReply killed(KillResult result, KillTarget target, int uid) {
    AUDIT.info(
        "kill done uid={} target={} cut={} confirmed={}",
        uid,
        describe(target),
        result.cut(),
        result.confirmed());
    return AdminReply.killed(result.cut(), result.confirmed());
  }

  private static String describe(KillTarget target) {
    return switch (target) {
      case KillTarget.ByWallet(WalletAddress wallet) -> wallet.shortened();
      case KillTarget.ByClient(String instance, ClientId client) ->
          instance.replaceAll("[^a-z0-9_-]", "?") + "/" + client;
      case KillTarget.ByOwner(WalletAddress wallet, String instance, ClientId client) ->
          wallet.shortened() + " " + instance.replaceAll("[^a-z0-9_-]", "?") + "/" + client;
    };
  }

  private static CompletionStage<AdminReply> refused(String detail) {
    return CompletableFuture.completedFuture(AdminReply.refused("bad_request", detail));
  }

  private AdminReply failed(Throwable failure) {
    LOG.warn("an admin request failed", failure);
    return AdminReply.refused("internal", "the gate did not answer; see the log");
  }
}
