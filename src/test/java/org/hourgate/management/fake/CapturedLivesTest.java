package org.hourgate.management.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.testing.Capture;
import org.hourgate.testing.RawController;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recorded lives of a real server's clients, lived again: the same clients say the same to the
 * fake, the controller of the recording commands the same, and each block and reply is compared.
 */
final class CapturedLivesTest {

  private static final String ENV = ">CLIENT:ENV,";
  private static final String END = ENV + "END";

  private final Map<String, FakeVpnClient> clients = new HashMap<>();
  private final Map<String, List<String>> printed = new HashMap<>();
  private int compared;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "life-username-only",
        "reauth-plain-password",
        "reauth-auth-nocache-file-changed",
        "token-own-pushed",
        "token-gen-token-external-auth",
        "unanswered-connect"
      })
  void areLivedAlike(String name) throws IOException {
    FakeOpenVpnBuilder builder = FakeOpenVpn.builder().virtualTime();
    if (name.contains("external-auth")) {
      builder.externalTokens();
    }
    List<Capture.Line> capture = Capture.named(name).connections().getFirst();
    List<String> replies = new ArrayList<>();
    try (FakeOpenVpn openVpn = builder.start();
        RawController controller = new RawController(socket(openVpn))) {
      for (int i = 0; i < capture.size(); i++) {
        String text = capture.get(i).text();
        if (capture.get(i).direction() == Capture.Direction.TO_OPENVPN) {
          if (!text.equals("quit")) {
            controller.send(text + "\n");
          }
        } else if (!text.startsWith(">")) {
          replies.add(text);
        } else if (text.matches(">CLIENT:(CONNECT|REAUTH|ESTABLISHED|DISCONNECT),.*")) {
          controller.awaitReplies(replies.size()); // Before what happens next to clients.
          compare(openVpn, controller, blockAt(capture, i));
        }
      }
      List<String> actual = controller.ask("pid");
      assertThat(Masked.of(actual.subList(0, actual.size() - 1))).isEqualTo(Masked.of(replies));
    }
    assertThat(compared).isPositive();
  }

  private static List<String> blockAt(List<Capture.Line> capture, int head) {
    List<String> block = new ArrayList<>();
    for (int i = head; block.isEmpty() || !block.getLast().equals(END); i++) {
      String text = capture.get(i).text();
      if (i == head || text.startsWith(ENV)) {
        block.add(text);
      }
    }
    return block;
  }

  private void compare(FakeOpenVpn openVpn, RawController controller, List<String> block) {
    String[] head = block.getFirst().substring(">CLIENT:".length()).split(",", -1);
    FakeVpnClient client = clients.get(head[1]);
    switch (head[0]) {
      case "CONNECT" -> clients.put(head[1], connect(openVpn, Long.parseLong(head[1]), block));
      case "REAUTH" -> renegotiate(Objects.requireNonNull(client), block);
      case "DISCONNECT" -> {
        if (client != null && client.state() != FakeVpnClient.State.GONE) {
          client.vanish();
        }
      }
      default -> {
        // ESTABLISHED is the daemon's own doing.
      }
    }
    assertThat(settled(printedBlock(controller, block.getFirst()))).isEqualTo(settled(block));
    compared++;
  }

  private FakeVpnClient connect(FakeOpenVpn openVpn, long id, List<String> block) {
    openVpn.countClientsFrom(id);
    String password = value(block, "password");
    FakeVpnClient before = clients.get(Long.toString(id - 1));
    if (password.startsWith("SESS_ID_AT_") && before != null) {
      return before.sessionState(value(block, "session_state")).reconnect();
    }
    Map<String, String> peerInfo = new LinkedHashMap<>();
    for (String line : block) {
      String[] parts = line.substring(Math.min(line.length(), ENV.length())).split("=", 2);
      if (parts.length == 2 && parts[0].matches("[IU]V_.*")) {
        peerInfo.put(parts[0], parts[1]);
      }
    }
    return openVpn.connect(
        new FakeLogin(
            value(block, "username"), password, peerInfo, List.of(), UnaryOperator.identity()));
  }

  private static void renegotiate(FakeVpnClient client, List<String> block) {
    String password = value(block, "password");
    if (password.startsWith("SESS_ID_AT_")) {
      var _ = client.sessionState(value(block, "session_state")).renegotiate();
    } else if (client.token().equals(Optional.of(password))) {
      var _ = client.renegotiate();
    } else {
      var _ = client.renegotiate(password);
    }
  }

  private static String value(List<String> block, String name) {
    return block.stream()
        .filter(line -> line.startsWith(ENV + name + "="))
        .map(line -> line.substring(ENV.length() + name.length() + 1))
        .findFirst()
        .orElse("");
  }

  private List<String> printedBlock(RawController controller, String head) {
    while (!printed.containsKey(head)) {
      List<String> lines =
          controller.notificationsUpTo(END).stream()
              .filter(line -> line.matches(">CLIENT:(CONNECT|REAUTH|EST|DIS|ENV).*"))
              .toList();
      printed.put(lines.getFirst(), lines);
    }
    return printed.get(head);
  }

  /** The recorded server had another verbosity and an address of its own to listen on. */
  private static List<String> settled(List<String> block) {
    return Masked.of(block).stream()
        .filter(line -> !line.startsWith(ENV + "local_1="))
        .map(line -> line.replaceFirst("^>CLIENT:ENV,verb=.*", ">CLIENT:ENV,verb=N"))
        .toList();
  }

  private static Path socket(FakeOpenVpn openVpn) {
    return switch (openVpn.address()) {
      case ManagementAddress.Unix(Path path) -> path;
      case ManagementAddress.Tcp tcp -> throw new IllegalStateException(tcp.toString());
    };
  }
}
