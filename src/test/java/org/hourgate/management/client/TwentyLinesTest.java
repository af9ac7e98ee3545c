package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.management.CommandPriority.CONNECT;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.hourgate.management.Command.ClientAuth;
import org.hourgate.management.Command.EnvFilter;
import org.hourgate.management.Command.HoldRelease;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;
import org.hourgate.management.Notification.ClientConnect;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.management.fake.FakeVpnClient;
import org.junit.jupiter.api.Test;

/** The example of {@code docs/management-protocol.md}, as it stands there. */
final class TwentyLinesTest {

  @Test
  void letsEverybodyInForAnHour() {
    try (FakeOpenVpn openVpn = FakeOpenVpn.builder().hold().virtualTime().start();
        ManagementClient client =
            new ManagementClient(
                ManagementClientConfig.of(openVpn.address()), RandomGenerator.getDefault())) {
      client.start(
          new ManagementListener() {
            @Override
            public void attached(Epoch epoch) {
              epochStarted(epoch);
            }

            @Override
            public void epochStarted(Epoch epoch) {
              var _ =
                  client.send(CommandPriority.STATUS, List.of(new EnvFilter(0), new HoldRelease()));
            }

            @Override
            public void notified(Epoch epoch, Notification notification) {
              if (notification instanceof ClientConnect(var id, var key, var environment)) {
                assertThat(environment.get("password")).isPresent();
                var _ =
                    client.send(
                        epoch,
                        CONNECT,
                        List.of(new ClientAuth(id, key, List.of("session-timeout 3600"))));
              }
            }

            @Override
            public void detached(String reason) {}
          });
      await().until(() -> !openVpn.isHeld());
      FakeVpnClient alice = openVpn.connect("alice", "secret");
      await().until(alice::passesTraffic);
      openVpn.advance(Duration.ofMinutes(59));
      assertThat(alice.passesTraffic()).isTrue();
      openVpn.advance(Duration.ofMinutes(1));
      assertThat(alice.passesTraffic()).isFalse();
    }
  }
}
