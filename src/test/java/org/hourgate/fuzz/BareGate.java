package org.hourgate.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.gate.AskedBy;
import org.hourgate.gate.Bans;
import org.hourgate.gate.Belts;
import org.hourgate.gate.Gate;
import org.hourgate.gate.GateConfig;
import org.hourgate.gate.GateListener;
import org.hourgate.gate.RevokedDevices;
import org.hourgate.gate.ServiceRecords;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.ManagementConnection;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionTracker;

/** A gate that remembers nothing from before, with a known key and no limit for any source. */
public final class BareGate {

  public static final GatewayIdentity IDENTITY =
      new GatewayIdentity(
          URI.create("https://vpn.example.org:8443"),
          31337,
          WalletAddress.parse("0x5fbdb2315678afecb367f032d93f642f64180aa3"));

  private final Gate gate;
  private final SessionTracker listener;

  /**
   * Makes one.
   *
   * @param folder for its files; what they held is gone
   */
  public BareGate(
      Path folder,
      CredentialAuthority authority,
      TimeSource time,
      SerialExecutor gateThread,
      Executor signatureWorkers,
      EntitlementLedger ledger,
      ManagementConnection connection) {
    for (String file : List.of("spent", "bans", "revoked-devices", "belts")) {
      try {
        Files.deleteIfExists(folder.resolve(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    gate =
        new Gate(
            new GateConfig(
                IDENTITY.publicUrl(),
                1,
                GateConfig.WhenFull.NEWEST_WINS,
                Optional.of(Duration.ofSeconds(60)),
                GateConfig.WebSignIn.SAME_ADDRESS),
            gateThread,
            signatureWorkers,
            time,
            authority,
            SpentLogins.open(
                folder.resolve("spent"), time.wallTime().minusSeconds(86_400), Runnable::run),
            Bans.open(folder.resolve("bans"), Runnable::run),
            RevokedDevices.open(folder.resolve("revoked-devices"), Runnable::run),
            Belts.open(folder.resolve("belts"), Runnable::run),
            new ServiceRecords(folder.resolve("accounts"), _ -> {}),
            ledger,
            new SourceLimiter(Optional.empty(), List.of(), time),
            (_, _, _) -> CompletableFuture.completedFuture(List.of()),
            GateListener.none(),
            new Random(2));
    listener = gate.openInstance(new InstanceName("udp"), connection, AskedBy.MANAGEMENT);
  }

  public Gate gate() {
    return gate;
  }

  /** What is to be told of the connection. */
  public SessionTracker listener() {
    return listener;
  }

  /** The authority of a gateway with this key, 64 digits. */
  public static CredentialAuthority authority(
      Path folder, String key, GatewayIdentity identity, long seed) {
    return new CredentialAuthority(
        identity, keys(folder, key), SignatureRecovery.best(), new Random(seed));
  }

  private static GatewayKeys keys(Path folder, String key) {
    Path file = folder.resolve("key-" + key.substring(0, 8));
    try {
      if (Files.notExists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, key + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return GatewayKeys.load(file);
  }
}
