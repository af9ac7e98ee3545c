package org.hourgate.gate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.SpentLogins;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.fuzz.Scratch;
import org.hourgate.infrastructure.files.CheckedLines;

/**
 * Whatever a crash, a full disk or an editor left in {@code state-dir}: it is read to the last
 * byte, or not believed, in the one way that each file has for that; what is read and written again
 * says the same. An input is tried as it is, and with right checksums put behind its lines.
 */
public final class StateFilesFuzz implements FuzzTarget {

  private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
  private static final String WALLET = "0x5fbdb2315678afecb367f032d93f642f64180aa3";

  private final Path folder = Scratch.folder("state");
  private final Path file = folder.resolve("file");
  private final Path accounts = folder.resolve("accounts");
  private final Path month = accounts.resolve("2026-11");

  public StateFilesFuzz() {
    try {
      Files.createDirectories(accounts);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void run(byte[] input) throws IOException {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    all(input);
    StringBuilder summed = new StringBuilder();
    text.lines().forEach(line -> summed.append(CheckedLines.line(line)));
    all(summed.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void all(byte[] content) throws IOException {
    bans(content);
    revoked(content);
    spent(content);
    Files.write(file, content);
    Belts.open(file, Runnable::run).close();
    Files.write(month, content);
    ServiceRecords.Content read =
        ServiceRecords.read(accounts, Instant.EPOCH, NOW.plus(Duration.ofDays(30)));
    for (ServiceRecords.Service service : read.services()) {
      if (service.within(Instant.EPOCH, NOW.plus(Duration.ofDays(30))).isNegative()) {
        throw new IllegalStateException("less than no time: " + service);
      }
    }
  }

  private void bans(byte[] content) throws IOException {
    Files.write(file, content);
    Bans bans;
    try {
      bans = Bans.open(file, Runnable::run);
    } catch (UnreadableStateException e) {
      return; // The start stops.
    }
    List<Ban> read = bans.all(NOW);
    Optional<Ban> any = read.stream().findFirst();
    if (any.isPresent()) {
      bans.put(any.get());
      Bans again = Bans.open(file, Runnable::run);
      if (!List.copyOf(new java.util.HashSet<>(again.all(NOW)))
          .containsAll(read.stream().distinct().toList())) {
        throw new IllegalStateException("a ban was lost: " + read);
      }
    }
  }

  private void revoked(byte[] content) throws IOException {
    Files.write(file, content);
    try {
      RevokedDevices.open(file, Runnable::run).forgetOver(NOW);
      RevokedDevices.open(file, Runnable::run);
    } catch (UnreadableStateException e) {
      // The start stops.
    }
  }

  private void spent(byte[] content) throws IOException {
    Files.write(file, content);
    SpentLogins logins = SpentLogins.open(file, NOW, Runnable::run);
    Instant bound = logins.refuseIssuedBefore();
    logins.close();
    SpentLogins again = SpentLogins.open(file, NOW, Runnable::run);
    if (!again.refuseIssuedBefore().equals(bound)) {
      throw new IllegalStateException("believed more the second time");
    }
    again.close();
  }

  @Override
  public List<byte[]> seeds() {
    List<String> seeds = new ArrayList<>();
    String ban = "1795309140 forever " + WALLET + " root noise+and+more";
    seeds.add("hourgate-bans-1 1\n" + ban);
    seeds.add("hourgate-bans-1 2\n" + ban + "\n1795309140 1895309140 " + WALLET + " %41 %zz");
    seeds.add("hourgate-bans-1 0");
    seeds.add("hourgate-bans-1 1\n99999999999999999 forever " + WALLET + " a b");
    seeds.add("hourgate-revoked-devices-1 1\n1795309140 " + WALLET + " 0123456789abcdef");
    seeds.add("hourgate-spent-logins-1 1795309140");
    seeds.add(
        "hourgate-spent-logins-1 1795309140\n1895309140 "
            + WALLET.substring(2)
            + " 0123456789abcdef0123456789abcdef");
    seeds.add("hourgate-spent-logins-1 99999999999999999");
    seeds.add(
        "1795309140 1795309000 udp 7 "
            + WALLET
            + " 10.8.0.2 100 200 expired\n1795309140 1795309000 udp 7 "
            + WALLET
            + " - 1 2 on");
    seeds.add("-9223372036854775808 31556889864403199 udp 7 " + WALLET + " - 1 2 on");
    seeds.add("hourgate-belts-1\nudp\t4711\t7\t" + WALLET + "\t1795309140\t1795309300\n");
    seeds.add("");
    List<byte[]> bytes = new ArrayList<>();
    for (String seed : seeds) {
      bytes.add(seed.getBytes(StandardCharsets.UTF_8));
      StringBuilder summed = new StringBuilder();
      seed.lines().forEach(line -> summed.append(CheckedLines.line(line)));
      bytes.add(summed.toString().getBytes(StandardCharsets.UTF_8));
    }
    return bytes;
  }
}
