package org.hourgate.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
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

  /** The node takes no request of 2 MB. */
  private static final int AT_ONCE = 10_000;

  private static final Pattern RESULT = Pattern.compile("\"result\":(\"0x[0-9a-f]*\")");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private PaidTime() {}

  /** What the node is told, made before it is needed. */
  static final class Gift {
    private final Anvil anvil;
    private final HourgateContract contract;
    private final Instant until;
    private final WalletAddress last;
    private final List<String> requests;

    private Gift(
        Anvil anvil,
        HourgateContract contract,
        Instant until,
        WalletAddress last,
        List<String> requests) {
      this.anvil = anvil;
      this.contract = contract;
      this.until = until;
      this.last = last;
      this.requests = requests;
    }

    /** Counts from now on, in the newest block. */
    void give() throws IOException {
      try (HttpClient http = HttpClient.newHttpClient()) {
        for (String request : requests) {
          String answer = post(http, anvil, request);
          if (!answer.contains("\"result\":true")) {
            throw new IOException("the chain said " + answer);
          }
        }
      }
      anvil.mine(1);
      Instant found = contract.entitlementOf(last).paidUntil();
      if (!found.equals(until)) {
        throw new IOException("the contract says " + found + ", not " + until);
      }
    }
  }

  static void give(
      Anvil anvil, HourgateContract contract, Collection<WalletAddress> wallets, Instant until)
      throws IOException {
    prepare(anvil, contract, wallets, until).give();
  }

  /** Makes the parts of a state that the node merges with its own. */
  static Gift prepare(
      Anvil anvil, HourgateContract contract, Collection<WalletAddress> wallets, Instant until)
      throws IOException {
    List<WalletAddress> all = List.copyOf(wallets);
    String address = contract.address().lowerCase();
    String value = "0x%064x".formatted(BigInteger.valueOf(until.getEpochSecond()));
    String account;
    try (HttpClient http = HttpClient.newHttpClient()) {
      account =
          "\"nonce\":1,\"balance\":%s,\"code\":%s"
              .formatted(
                  result(post(http, anvil, about("eth_getBalance", address))),
                  result(post(http, anvil, about("eth_getCode", address))));
    }
    List<String> requests =
        IntStream.range(0, (all.size() + AT_ONCE - 1) / AT_ONCE)
            .parallel()
            .mapToObj(n -> all.subList(n * AT_ONCE, Math.min(all.size(), (n + 1) * AT_ONCE)))
            .map(group -> state(address, account, group, value))
            .map(state -> request("anvil_loadState", "\"0x" + packed(state) + "\""))
            .toList();
    return new Gift(anvil, contract, until, all.getLast(), requests);
  }

  private static String state(
      String address, String account, List<WalletAddress> group, String value) {
    return group.stream()
        .map(wallet -> "\"%s\":\"%s\"".formatted(slot(wallet), value))
        .collect(
            Collectors.joining(
                ",",
                "{\"accounts\":{\"%s\":{%s,\"storage\":{".formatted(address, account),
                "}}},\"block\":null,\"best_block_number\":null,\"blocks\":[],\"transactions\":[]}"));
  }

  private static String packed(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static String slot(WalletAddress wallet) {
    return Hash.sha3("0x" + "0".repeat(24) + wallet.hex() + ACCESS_SLOT);
  }

  private static String about(String method, String address) {
    return request(method, "\"%s\",\"latest\"".formatted(address));
  }

  private static String request(String method, String parameters) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":[%s]}"
        .formatted(method, parameters);
  }

  /** The quoted hexadecimal result. */
  private static String result(String answer) throws IOException {
    Matcher result = RESULT.matcher(answer);
    if (!result.find()) {
      throw new IOException("the chain said " + answer);
    }
    return result.group(1);
  }

  private static String post(HttpClient http, Anvil anvil, String request) throws IOException {
    try {
      return http.send(
              HttpRequest.newBuilder(anvil.rpc())
                  .timeout(PATIENCE)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(request))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
