package org.hourgate.credential;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The gateway's secret: the key that makes nonces and tokens, and the one before it, which still
 * checks them. Immutable, safe for any thread.
 */
public final class GatewayKeys {
  private static final int KEY_LENGTH = 32;
  private static final String ALGORITHM = "HmacSHA256";
  private static final Set<PosixFilePermission> GROUP_AND_OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  /**
   * One for each key, which is set: to find the algorithm and set the key takes as long as a MAC.
   */
  private final List<Mac> prototypes;

  private GatewayKeys(List<Mac> prototypes) {
    this.prototypes = List.copyOf(prototypes);
  }

  /**
   * Reads the key file: 64 hexadecimal digits, and on a second line those of the previous key, if
   * there is one. Makes the file, readable by its owner alone, if there is none; of several
   * processes that do so at once all use the same key.
   *
   * @throws InvalidGatewayKeyException with what the operator should do
   */
  public static GatewayKeys load(Path file) {
    try {
      if (Files.notExists(file)) {
        create(file);
      }
      requireOwnerOnly(file);
      return parse(file, Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new InvalidGatewayKeyException(
          "The gateway key " + file + " can't be read or made: check the folder and its owner.", e);
    }
  }

  private static GatewayKeys parse(Path file, String content) {
    List<String> lines = content.lines().toList();
    if (lines.isEmpty() || lines.size() > 2) {
      throw malformed(file);
    }
    List<Mac> prototypes = new ArrayList<>();
    for (String line : lines) {
      String hex = line.toLowerCase(Locale.ROOT);
      if (!LowerHex.matches(hex, 2 * KEY_LENGTH)) {
        throw malformed(file);
      }
      prototypes.add(prototype(LowerHex.parse(hex)));
    }
    return new GatewayKeys(prototypes);
  }

  private static InvalidGatewayKeyException malformed(Path file) {
    return new InvalidGatewayKeyException(
        "The gateway key "
            + file
            + " must hold one line of 64 hexadecimal digits, or two (new key, previous key):"
            + " correct it, or move it away and a new one is made.");
  }

  private static void requireOwnerOnly(Path file) throws IOException {
    if (!Collections.disjoint(Files.getPosixFilePermissions(file), GROUP_AND_OTHERS)) {
      throw new InvalidGatewayKeyException(
          "The gateway key " + file + " is open to other users: run chmod 600 " + file + ".");
    }
  }

  /** Writes a file of another name first: a key file is whole from the moment it exists. */
  private static void create(Path file) throws IOException {
    byte[] key = new byte[KEY_LENGTH];
    new SecureRandom().nextBytes(key);
    byte[] line = (LowerHex.format(key) + "\n").getBytes(StandardCharsets.US_ASCII);
    Path folder = file.toAbsolutePath().getParent();
    Path draft =
        Files.createTempFile(
            folder,
            ".gateway-key",
            ".tmp",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(line);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      // A link, because unlike a rename it never replaces a key that another process just made.
      Files.createLink(file, draft);
    } catch (FileAlreadyExistsException e) {
      return; // the other process's key is the one
    } finally {
      Files.delete(draft);
    }
  }

  /** HMAC-SHA256 with the current key first, then with the previous one. */
  List<byte[]> macs(byte[] input) {
    List<byte[]> macs = new ArrayList<>(prototypes.size());
    for (Mac prototype : prototypes) {
      macs.add(mac(prototype, input));
    }
    return macs;
  }

  /** HMAC-SHA256 with the current key. */
  byte[] mac(byte[] input) {
    return mac(prototypes.getFirst(), input);
  }

  private static Mac prototype(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** A prototype is copied and never fed, so that threads may share it. */
  private static byte[] mac(Mac prototype, byte[] input) {
    try {
      return ((Mac) prototype.clone()).doFinal(input);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("Java's own " + ALGORITHM + " can be copied", e);
    }
  }

  @Override
  public String toString() {
    return "GatewayKeys[" + prototypes.size() + " hidden]";
  }
}
