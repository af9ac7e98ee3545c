package org.hourgate.credential;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Bitcoin Core's libsecp256k1 through ACINQ's binding, three to four times as fast as Java. The
 * constructor throws a {@link LinkageError} or an unchecked exception where the library does not
 * load.
 */
final class NativeSignatureRecovery implements SignatureRecovery {
  private final Secp256k1 library = load();

  /**
   * The binding unpacks its library and deletes the file as the virtual machine ends, which never
   * happens where that is killed or halted. Linux keeps what is loaded without the file.
   */
  private static synchronized Secp256k1 load() {
    try {
      Path folder = Files.createTempDirectory("hourgate-native");
      System.setProperty("fr.acinq.secp256k1.tmpdir", folder.toString());
      try {
        return Secp256k1.get();
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder to unpack the library in", e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Override
  public String name() {
    return "libsecp256k1";
  }

  @Override
  public Optional<WalletAddress> recover(byte[] digest, EthereumSignature signature) {
    if (digest.length != Keccak256.LENGTH) {
      throw new IllegalArgumentException("a digest has 32 bytes");
    }
    try {
      byte[] key = library.ecdsaRecover(signature.rAndS(), digest, signature.oddY() ? 1 : 0);
      return Optional.of(WalletAddress.ofPublicKey(Arrays.copyOfRange(key, 1, key.length)));
    } catch (Secp256k1Exception e) {
      return Optional.empty(); // r is no point of the curve, or the key would be at infinity
    }
  }
}
