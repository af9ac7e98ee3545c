package org.hourgate.chain;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import org.hourgate.credential.WalletKey;
import org.web3j.crypto.WalletUtils;
import org.web3j.crypto.exception.CipherException;
import tools.jackson.core.JacksonException;

/**
 * Reads wallets as Ethereum clients keep them: JSON, encrypted (Web3 Secret Storage, version 3).
 */
public final class KeystoreFile {

  private KeystoreFile() {}

  /**
   * Decrypts a wallet; takes a second or so, by design of the format.
   *
   * @throws ChainException if it is no such file, or the password is another
   * @throws IOException if it can't be read
   */
  public static WalletKey load(Path file, String password) throws IOException {
    try {
      BigInteger key =
          WalletUtils.loadCredentials(password, file.toFile()).getEcKeyPair().getPrivateKey();
      return WalletKey.parse("%064x".formatted(key));
    } catch (CipherException e) {
      throw new ChainException(file + " can't be decrypted: " + e.getMessage());
    } catch (JacksonException e) {
      throw new ChainException(file + " is no keystore file (JSON, version 3)");
    }
  }
}
