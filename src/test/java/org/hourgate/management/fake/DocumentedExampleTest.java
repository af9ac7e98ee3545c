package org.hourgate.management.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.management.CommandPriority.CONNECT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.hourgate.management.Command.ClientAuth;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;
import org.hourgate.management.Notification.ClientConnect;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.client.ManagementClient;
import org.hourgate.management.client.ManagementClientConfig;
import org.junit.jupiter.api.Test;

/** The example of {@code docs/fake-openvpn.md}: it works, and it is the one that stands there. */
final class DocumentedExampleTest {

  private static final String NAME = "DocumentedExampleTest.java";

  @Test
  void works() {
    try (FakeOpenVpn openVpn = FakeOpenVpn.builder().virtualTime().start();
        var _ = new Controller(openVpn.address())) {
      FakeVpnClient alice = openVpn.connect("alice", "secret"); // CONNECT,0,1 and its block
      await().until(alice::passesTraffic);
      openVpn.advance(Duration.ofHours(1)); // the controller said session-timeout 3600
      assertThat(alice.passesTraffic()).isFalse();
    }
  }

  @Test
  void standsInTheDocument() throws IOException {
    String document = Files.readString(Path.of("docs/fake-openvpn.md"));
    String example = document.split("```java\n", 2)[1].split("```", 2)[0];
    String source =
        Files.readString(Path.of("src/test/java/org/hourgate/management/fake").resolve(NAME));
    assertThat(source).contains(example.strip().indent(4).stripTrailing());
  }

  /** Lets everybody in for an hour. */
  private static final class Controller implements ManagementListener, AutoCloseable {

    private final ManagementClient client;

    Controller(ManagementAddress address) {
      client =
          new ManagementClient(ManagementClientConfig.of(address), RandomGenerator.getDefault());
      client.start(this);
      await().until(client::isAttached);
    }

    @Override
    public void attached(Epoch epoch) {}

    @Override
    public void epochStarted(Epoch epoch) {}

    @Override
    public void notified(Epoch epoch, Notification notification) {
      if (notification instanceof ClientConnect(var id, var key, var _)) {
        var _ =
            client.send(
                epoch, CONNECT, List.of(new ClientAuth(id, key, List.of("session-timeout 3600"))));
      }
    }

    @Override
    public void detached(String reason) {}

    @Override
    public void close() {
      client.close();
    }
  }
}
