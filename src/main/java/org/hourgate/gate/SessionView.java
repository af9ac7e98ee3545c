package org.hourgate.gate;

import java.time.Instant;
import java.util.Optional;
import org.hourgate.credential.DeviceId;
import org.hourgate.management.ClientId;

/**
 * One session as an operator sees it.
 *
 * @param instance the name of the OpenVPN instance
 * @param client its CID in the instance's present epoch
 * @param wallet the wallet in EIP-55 spelling
 * @param realAddress the client's network address as OpenVPN shows it; may be empty
 * @param tunnelAddress its address in the tunnel; empty until it is established
 * @param tunnelAddress6 its IPv6 address there, where {@code tunnelAddress} is another; else empty
 * @param since when it began
 * @param until when its paid time ends; empty while the chain was not asked yet, as after a restart
 * @param asOf when the chain was last read for this wallet; empty if it was not yet
 * @param bytesIn bytes from the client, as far as they are known
 * @param bytesOut bytes to the client, as far as they are known
 * @param device that of the credential; empty if that is unknown
 */
public record SessionView(
    String instance,
    ClientId client,
    String wallet,
    String realAddress,
    String tunnelAddress,
    String tunnelAddress6,
    Instant since,
    Optional<Instant> until,
    Optional<Instant> asOf,
    long bytesIn,
    long bytesOut,
    Kind kind,
    Optional<DeviceId> device,
    State state) {

  /** Its IPv6 address in the tunnel, where it has an IPv4 address as well. */
  public Optional<String> secondTunnelAddress() {
    return Optional.of(tunnelAddress6).filter(address -> !address.isEmpty());
  }

  /** The credential it was admitted by. */
  public enum Kind {
    LOGIN,
    DEVICE,
    TOKEN,
    /** Signed for on the page while the client waited. */
    WEB,
    /** Found established after a restart of ours: OpenVPN does not tell. */
    UNKNOWN
  }

  /** How far it is. */
  public enum State {
    /** Admitted, the tunnel not up yet. */
    ADMITTED,
    ESTABLISHED,
    /** The cut is written, its end not confirmed. */
    ENDING
  }
}
