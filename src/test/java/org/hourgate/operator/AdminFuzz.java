package org.hourgate.operator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.gate.Ban;
import org.hourgate.gate.KillReason;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.testing.StubAdminParts;
import org.hourgate.testing.StubGateControl;

/**
 * Whatever comes on the admin socket: one answer of ours, and nobody is killed or banned but for a
 * reason of one line.
 */
public final class AdminFuzz implements FuzzTarget {

  private final Peer peer = new Peer(0, (int) ProcessHandle.current().pid());

  @Override
  public void run(byte[] input) {
    StubGateControl gate = new StubGateControl();
    AdminCommands commands = new AdminCommands(StubAdminParts.of(gate));
    if (commands.answer(input, peer) instanceof AdminCommands.Answer.Once(var stage)) {
      AdminReply reply = stage.toCompletableFuture().join();
      String line = Json.writeText(reply);
      if (line.indexOf('\n') >= 0 || "internal".equals(reply.error())) {
        throw new IllegalStateException("answered " + line);
      }
    }
    for (StubGateControl.Kill kill : gate.kills()) {
      if (!KillReason.isFit(kill.reason())) {
        throw new IllegalStateException("killed for " + kill.reason());
      }
    }
    for (Ban ban : gate.bans()) {
      if (!KillReason.isFit(ban.reason()) || ban.until().filter(ban.since()::isAfter).isPresent()) {
        throw new IllegalStateException("banned by " + ban);
      }
    }
  }

  @Override
  public List<String> words() {
    return List.of(
        "{\"command\":\"",
        "\"kill\"",
        "\"ban\"",
        ",\"wallet\":\"",
        ",\"instance\":\"udp\",\"cid\":7",
        ",\"reason\":\"",
        ",\"seconds\":",
        ",\"until\":",
        ",\"by\":\"",
        "9223372036854775807",
        "-1",
        "null",
        "\\n",
        "\\r",
        "\\u0000",
        "\\u202e",
        "\"}");
  }

  @Override
  public List<byte[]> seeds() {
    String wallet = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
    List<byte[]> seeds = new ArrayList<>();
    for (AdminRequest request :
        List.of(
            AdminRequest.sessions(),
            AdminRequest.watch(),
            AdminRequest.bans(),
            AdminRequest.reload(),
            AdminRequest.kill(wallet, "noise").by("alice"),
            AdminRequest.kill("udp", 7, "noise"),
            AdminRequest.ban(wallet, "noise").banForever(),
            AdminRequest.ban(wallet, "noise")
                .banUntil(java.time.Instant.ofEpochSecond(4_000_000_000L)),
            AdminRequest.kill(wallet, "noise").banFor(java.time.Duration.ofHours(1)),
            AdminRequest.unban(wallet))) {
      seeds.add(Json.write(request));
    }
    for (String odd :
        List.of(
            "null",
            "[]",
            "{\"command\":\"ban\",\"wallet\":\"0x\",\"seconds\":9223372036854775807,\"reason\":\"x\"}",
            "{\"command\":\"ban\",\"wallet\":\"" + wallet + "\",\"until\":1e400,\"reason\":\"x\"}",
            "{\"command\":\"kill\",\"instance\":\"a\\u0000\",\"cid\":-1,\"reason\":\"x\\ny\"}",
            "[".repeat(3_000))) {
      seeds.add(odd.getBytes(StandardCharsets.UTF_8));
    }
    return seeds;
  }
}
