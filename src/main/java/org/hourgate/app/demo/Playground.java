package org.hourgate.app.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;

/** A customer's things, laid out for a person to play with, and the commands to do it. */
final class Playground {

  private static final int CUSTOMER = 1;

  private Playground() {}

  /**
   * Puts a minute on sale, writes key and profile of a customer, and says what to type and what to
   * look at.
   */
  static String prepare(LabGateway gateway, String watch) throws IOException {
    Path folder = gateway.network().directory();
    long product =
        gateway.contract().addProduct(LabGateway.OWNER, LabGateway.PRICE, Duration.ofMinutes(1));
    Path key = folder.resolve("alice.key");
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, Anvil.privateKey(CUSTOMER) + "\n");
    Path login = folder.resolve("alice.login");
    Path profile = folder.resolve("alice.ovpn");
    Namespace home = gateway.network().addClient();
    OpenVpnClient.of(gateway.server(), home).loginFile(login).write(profile);
    String wallet = Anvil.key(CUSTOMER).address().checksummed();
    return """

    Everything runs until you press Ctrl-C. In another terminal, as root, from the checkout:

    buy a minute (the wallet is %s):
      contracts/node_modules/.bin/cast send %s "purchaseProduct(uint256)" %d --value %d --rpc-url %s --private-key "0x$(cat %s)"
    sign a login:
      bin/hourgate login --url %s --wallet-key-file %s --out %s
    connect:
      ip netns exec %s openvpn --config %s
    from the customer's side of the tunnel:
      ip netns exec %s ping %s
    watch, and end it:
      bin/hourgate sessions --config %s
      bin/hourgate kill %s --reason "Just trying" --config %s

    %s
    """
        .formatted(
            wallet,
            gateway.contract().address().checksummed(),
            product,
            LabGateway.PRICE,
            gateway.anvil().rpc(),
            key,
            gateway.shop(),
            key,
            login,
            home.name(),
            profile,
            home.name(),
            gateway.server().gateway(),
            gateway.configuration(),
            wallet,
            gateway.configuration(),
            watch);
  }
}
