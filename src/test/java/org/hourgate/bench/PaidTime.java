package org.hourgate.bench;

import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.web3j.crypto.Hash;

/**
 * Gives paid time to many wallets at once, to the second: written into the contract's storage by
 * the development node, because as many purchases would take minutes and end in different seconds.
 * No event tells of it: what the gate knows it has read.
 */
final class PaidTime {

  /** The mapping of accounts in {@code Hourgate.sol}; {@code paidUntil} is its lowest 8 bytes. */
  private static final String ACCESS_SLOT = "%064x".formatted(3);

  private static final int AT_ONCE = 500;

  private PaidTime() {}

  static void give(
      Anvil anvil, HourgateContract contract, Collection<WalletAddress> wallets, Instant until)
      throws IOException {
    List<WalletAddress> all = List.copyOf(wallets);
    String value = "0x%064x".formatted(BigInteger.valueOf(until.getEpochSecond()));
    try (HttpClient http = HttpClient.newHttpClient()) {
      IntStream.range(0, (all.size() + AT_ONCE - 1) / AT_ONCE)
          .parallel()
          .mapToObj(n -> all.subList(n * AT_ONCE, Math.min(all.size(), (n + 1) * AT_ONCE)))
          .map(group -> batch(contract, group, value))
          .forEach(batch -> post(http, anvil, batch));
    }
    anvil.mine(1);
    Instant found = contract.entitlementOf(all.getLast()).paidUntil();
    if (!found.equals(until)) {
      throw new IOException("the contract says " + found + ", not " + until);
    }
  }

  private static String batch(HourgateContract contract, List<WalletAddress> group, String value) {
    return group.stream()
        .map(
            wallet ->
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"anvil_setStorageAt\",\"params\":[\"%s\",\"%s\",\"%s\"]}"
                    .formatted(contract.address().lowerCase(), slot(wallet), value))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String slot(WalletAddress wallet) {
    return Hash.sha3("0x" + "0".repeat(24) + wallet.hex() + ACCESS_SLOT);
  }

  private static void post(HttpClient http, Anvil anvil, String batch) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(anvil.rpc())
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(batch))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200 || response.body().contains("\"error\"")) {
        throw new IllegalStateException("the chain said " + response.body());
      }
    } catch (IOException e) {
      throw new IllegalStateException("the chain does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
