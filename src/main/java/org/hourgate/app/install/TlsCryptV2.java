package org.hourgate.app.install;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The server's key of {@code tls-crypt-v2}, and clients' keys wrapped by it: the same files as
 * {@code openvpn --genkey tls-crypt-v2-server} and {@code tls-crypt-v2-client} make (OpenVPN {@code
 * tls_crypt.c tls_crypt_v2_write_server_key_file, tls_crypt_v2_wrap_client_key}; format in {@code
 * doc/tls-crypt-v2.txt}). Immutable.
 */
final class TlsCryptV2 {

  private static final String SERVER_LABEL = "OpenVPN tls-crypt-v2 server key";
  private static final String CLIENT_LABEL = "OpenVPN tls-crypt-v2 client key";
  private static final Pattern SERVER_PEM =
      Pattern.compile(
          "-----BEGIN " + SERVER_LABEL + "-----\\s([A-Za-z0-9+/=\\s]+)-----END " + SERVER_LABEL);

  /**
   * Both keys of one direction: 64 bytes for the cipher, of which 32 count, then 64 for the MAC.
   */
  private static final int SERVER_KEY_LENGTH = 128;

  private static final int CLIENT_KEY_LENGTH = 256;
  private static final int CIPHER_KEY_LENGTH = 32;
  private static final int MAC_KEY_OFFSET = 64;
  private static final int MAC_LENGTH = 32;
  private static final int IV_LENGTH = 16;
  private static final byte METADATA_USER_DEFINED = 0;

  private final byte[] serverKey;

  private TlsCryptV2(byte[] serverKey) {
    this.serverKey = serverKey;
  }

  static TlsCryptV2 create() {
    return new TlsCryptV2(random(SERVER_KEY_LENGTH));
  }

  /**
   * Reads the server's file.
   *
   * @throws IllegalArgumentException if it is none
   */
  static TlsCryptV2 parse(String pem) {
    Matcher matcher = SERVER_PEM.matcher(pem);
    if (matcher.find()) {
      byte[] key = Base64.getMimeDecoder().decode(matcher.group(1));
      if (key.length == SERVER_KEY_LENGTH) {
        return new TlsCryptV2(key);
      }
    }
    throw new IllegalArgumentException("is no tls-crypt-v2 server key");
  }

  String serverPem() {
    return Pem.write(SERVER_LABEL, serverKey);
  }

  /** Makes a fresh key for a profile. */
  String newClientPem() {
    byte[] clientKey = random(CLIENT_KEY_LENGTH);
    byte[] wrapped = wrap(clientKey, new byte[] {METADATA_USER_DEFINED});
    return Pem.write(
        CLIENT_LABEL,
        ByteBuffer.allocate(clientKey.length + wrapped.length).put(clientKey).put(wrapped).array());
  }

  private byte[] wrap(byte[] clientKey, byte[] metadata) {
    int length = MAC_LENGTH + clientKey.length + metadata.length + Short.BYTES;
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(serverKey, MAC_KEY_OFFSET, MAC_LENGTH, "HmacSHA256"));
      mac.update(ByteBuffer.allocate(Short.BYTES).putShort((short) length).array());
      mac.update(clientKey);
      mac.update(metadata);
      byte[] tag = mac.doFinal();
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(serverKey, 0, CIPHER_KEY_LENGTH, "AES"),
          new IvParameterSpec(Arrays.copyOf(tag, IV_LENGTH)));
      return ByteBuffer.allocate(length)
          .put(tag)
          .put(cipher.update(clientKey))
          .put(cipher.doFinal(metadata))
          .putShort((short) length)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256 and AES/CTR", e);
    }
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
