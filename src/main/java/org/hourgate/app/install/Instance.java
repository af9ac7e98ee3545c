package org.hourgate.app.install;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.hourgate.app.check.ServerFile;
import org.hourgate.infrastructure.net.CidrBlock;

/**
 * The OpenVPN process that Hourgate is set beside.
 *
 * @param management as {@code hourgate.yaml} has it
 * @param unit what starts it
 * @param device the tunnel's device
 * @param network6 addresses of IPv6, where customers get some
 */
record Instance(
    String name,
    String management,
    Optional<Path> managementPassword,
    String unit,
    String device,
    boolean tcp,
    int port,
    CidrBlock network,
    Optional<CidrBlock> network6) {

  InetAddress server() {
    return ServerFile.firstOf(network);
  }

  Optional<InetAddress> server6() {
    return network6.map(ServerFile::firstOf);
  }

  String exitNotify() {
    return tcp ? "0" : "1";
  }
}
