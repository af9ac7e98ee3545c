package org.hourgate.app.install;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.hourgate.infrastructure.net.CidrBlock;

/** Blocks of IPv4 addresses as OpenVPN writes them. */
final class Netmasks {

  private Netmasks() {}

  /** {@code 10.88.0.0 255.255.0.0}. */
  static String spell(CidrBlock block) {
    int mask = block.prefixLength() == 0 ? 0 : -1 << (Integer.SIZE - block.prefixLength());
    try {
      return block.network().getHostAddress()
          + " "
          + InetAddress.getByAddress(ByteBuffer.allocate(Integer.BYTES).putInt(mask).array())
              .getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 bytes are an address", e);
    }
  }
}
