package org.hourgate.bench;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.client.ManagementClient;
import org.hourgate.management.client.ManagementClientConfig;

/** A controller of the management library that lets everybody in: what the protocol alone costs. */
final class Bypass implements ManagementListener, AutoCloseable {

  private final ManagementClient client;

  private Bypass(Path socket) {
    client =
        new ManagementClient(
            ManagementClientConfig.of(new ManagementAddress.Unix(socket)), new SecureRandom());
  }

  static Bypass on(Path socket) {
    Bypass bypass = new Bypass(socket);
    bypass.client.start(bypass);
    return bypass;
  }

  @Override
  public void attached(Epoch epoch) {
    var _ =
        client.send(
            CommandPriority.CUT, List.of(new Command.EnvFilter(0), new Command.HoldRelease()));
  }

  @Override
  public void epochStarted(Epoch epoch) {}

  @Override
  public void notified(Epoch epoch, Notification notification) {
    if (notification instanceof Notification.ClientConnect connect) {
      var _ =
          client.send(
              epoch,
              CommandPriority.CONNECT,
              List.of(new Command.ClientAuthNt(connect.client(), connect.key())));
    }
  }

  @Override
  public void detached(String reason) {}

  @Override
  public void close() {
    client.close();
  }
}
