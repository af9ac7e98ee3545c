package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.hourgate.app.lab.Output;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;

/**
 * A server that lets clients in by tokens of its own and asks nobody ({@code auth-gen-token}
 * without {@code external-auth}). Its configuration does not say so any more: somebody has changed
 * the file since it was started.
 */
@Execution(CONCURRENT)
final class NoVerdictIT {

  @TempDir private static Path folder;

  @RegisterExtension
  static final Lab lab =
      Lab.with(server -> server.line("config " + included("auth-gen-token 3600\n")))
          .meanwhile(() -> included(""));

  private static Path included(String text) {
    try {
      return Files.writeString(folder.resolve("more.conf"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void cutsWhoeverIsUpWithoutAVerdict() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "device")) {
      int mark = visit.client().output().mark();
      visit.client().process().signal("USR1");
      visit.client().awaitConnected(mark, Lab.LONG);

      Output.Line farewell =
          visit.client().output().await(mark, "Halt command was pushed", Lab.LONG);
      assertThat(farewell.text()).contains("[internal]");
      assertThat(visit.client().process().awaitExit(Lab.LONG)).isZero();
      assertThat(visit.lastPacket())
          .isBefore(
              visit
                  .client()
                  .output()
                  .await(mark, "Initialization Sequence Completed", Lab.LONG)
                  .readAt()
                  .plus(Visit.PROMISE));
    }
  }
}
