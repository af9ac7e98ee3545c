package org.hourgate.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.WalletAddress;

/**
 * A wallet and a reconnect token of it. Nobody has its key: none is needed, and so a hundred
 * thousand are made in a moment.
 */
record Customer(WalletAddress wallet, Login login) {

  private static final Duration LIFETIME = Duration.ofHours(2);

  static List<WalletAddress> wallets(List<Customer> customers) {
    return customers.stream().map(Customer::wallet).toList();
  }

  /** Customers by number, always the same. */
  static List<Customer> range(CredentialAuthority authority, int first, int count, Instant now) {
    return IntStream.range(first, first + count)
        .parallel()
        .mapToObj(
            n -> {
              String digits = HexFormat.of().toHexDigits(n);
              WalletAddress wallet = WalletAddress.parse("0x" + "c0".repeat(16) + digits);
              DeviceId device = new DeviceId("d0d0d0d0" + digits);
              return new Customer(
                  wallet,
                  new Login(
                      wallet.lowerCase(), authority.mintToken(wallet, now, LIFETIME, device)));
            })
        .toList();
  }
}
