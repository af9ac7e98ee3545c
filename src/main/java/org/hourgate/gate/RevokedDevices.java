package org.hourgate.gate;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.hourgate.credential.Credential;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.files.CheckedFile;
import org.hourgate.infrastructure.files.CheckedLines;

/**
 * Profiles that their wallet has revoked one by one, kept over restarts until nothing that descends
 * from them can be good any more. A file that can't be trusted stops the start.
 *
 * <p>Changed by the gate's thread alone; read by any.
 */
public final class RevokedDevices {

  private static final String MAGIC = "hourgate-revoked-devices-1";

  /** More than anybody owns; bounds what one wallet can make us keep. */
  private static final int MOST_PER_WALLET = 100;

  /** All of them are written at each change, and the gate's thread makes the lines. */
  private static final int MOST = 10_000;

  private record Device(WalletAddress wallet, DeviceId id) {}

  private final CheckedFile file;
  private volatile Map<Device, Instant> revoked;

  /** Asked each second for each session whose device is not known. */
  private volatile Set<WalletAddress> wallets;

  private RevokedDevices(CheckedFile file, Map<Device, Instant> revoked) {
    this.file = file;
    this.revoked = revoked;
    wallets = walletsOf(revoked);
  }

  private static Set<WalletAddress> walletsOf(Map<Device, Instant> revoked) {
    return revoked.keySet().stream().map(Device::wallet).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads the file; one that is not there holds none.
   *
   * @param writer runs writes, one at a time
   * @throws UnreadableStateException if there is a doubt about any
   */
  public static RevokedDevices open(Path path, Executor writer) {
    CheckedFile file = new CheckedFile(path, MAGIC, writer);
    try {
      Map<Device, Instant> revoked = new HashMap<>();
      for (String line : file.read()) {
        String[] fields = CheckedLines.fields(line, 3);
        revoked.put(
            new Device(WalletAddress.parse(fields[1]), new DeviceId(fields[2])),
            Instant.ofEpochSecond(Long.parseLong(fields[0])));
      }
      return new RevokedDevices(file, Map.copyOf(revoked));
    } catch (IOException
        | IllegalArgumentException
        | DateTimeException
        | InvalidWalletAddressException e) {
      throw new UnreadableStateException("revoked profiles", path, e);
    }
  }

  boolean contains(WalletAddress wallet, DeviceId device) {
    return revoked.containsKey(new Device(wallet, device));
  }

  /** Whether this wallet has revoked any. */
  boolean concern(WalletAddress wallet) {
    return wallets.contains(wallet);
  }

  /**
   * Nothing of this device is good from now on.
   *
   * @return whether that was written down; empty if the wallet, or all together, revoked too many
   */
  Optional<CompletionStage<Boolean>> add(WalletAddress wallet, DeviceId device, Instant now) {
    Map<Device, Instant> changed = new HashMap<>(revoked);
    changed.put(new Device(wallet, device), now);
    if (changed.size() > MOST
        || changed.keySet().stream().filter(d -> d.wallet().equals(wallet)).count()
            > MOST_PER_WALLET) {
      return Optional.empty();
    }
    return Optional.of(changeTo(changed));
  }

  /**
   * Drops what can't be good any more anyway, and writes what could not be written before.
   *
   * @param now by a clock that is trusted: what is dropped never comes back
   */
  void forgetOver(Instant now) {
    Map<Device, Instant> changed = new HashMap<>(revoked);
    if (changed.values().removeIf(since -> !now.isBefore(since.plus(Credential.MAX_LIFETIME)))
        || file.isBehind()) {
      var _ = changeTo(changed);
    }
  }

  private CompletionStage<Boolean> changeTo(Map<Device, Instant> changed) {
    revoked = Map.copyOf(changed);
    wallets = walletsOf(revoked);
    List<String> lines =
        changed.entrySet().stream()
            .map(
                e ->
                    "%d %s %s"
                        .formatted(
                            e.getValue().getEpochSecond(),
                            e.getKey().wallet().lowerCase(),
                            e.getKey().id()))
            .toList();
    return file.replace(lines);
  }
}
