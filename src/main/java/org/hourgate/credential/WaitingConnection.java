package org.hourgate.credential;

import java.util.regex.Pattern;

/**
 * A VPN client that waits until its wallet signs on the page. The signed text names all of it, so a
 * signature for one connection is good for no other.
 *
 * @param wallet the user name the client gave
 * @param instance the name of the OpenVPN instance
 * @param id 22 characters of base64url that nobody can guess
 * @param address the client's network address, as text
 */
public record WaitingConnection(WalletAddress wallet, String instance, String id, String address) {

  // What EIP-4361 allows in a statement, and less.
  private static final Pattern INSTANCE = Pattern.compile("[a-z0-9_-]{1,32}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

  public WaitingConnection {
    if (!INSTANCE.matcher(instance).matches()
        || !ID.matcher(id).matches()
        || !ADDRESS.matcher(address).matches()) {
      throw new IllegalArgumentException("not a connection that can be signed for");
    }
  }
}
