package org.hourgate.chain;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hourgate.credential.CredentialException;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.web3j.crypto.Wallet;
import org.web3j.crypto.WalletFile;
import org.web3j.crypto.exception.CipherException;
import tools.jackson.databind.JsonNode;

/**
 * Reads wallets as Ethereum clients keep them: JSON, encrypted (Web3 Secret Storage, version 3).
 * web3j decrypts; its own reader of the JSON loses the key derivation's name with Jackson 3.2.
 */
public final class KeystoreFile {

  private static final long MAX_LENGTH = 64 * 1024;

  /** What scrypt may cost: as much as clients ask for (n 262144, r 8), not more. */
  private static final long MAX_SCRYPT_MEMORY = 512L * 1024 * 1024;

  private KeystoreFile() {}

  /**
   * Decrypts a wallet; takes a second or so, by design of the format.
   *
   * @throws ChainException if it is no such file, or the password is another
   * @throws IOException if it can't be read
   */
  public static WalletKey load(Path file, String password) throws IOException {
    if (Files.size(file) > MAX_LENGTH) {
      throw noKeystore(file);
    }
    try {
      BigInteger key =
          Wallet.decrypt(password, parse(Json.readTree(Files.readString(file)))).getPrivateKey();
      return WalletKey.parse("%064x".formatted(key));
    } catch (CipherException e) {
      throw new ChainException(file + " can't be decrypted: " + e.getMessage());
    } catch (InvalidJsonException | IllegalArgumentException | CredentialException e) {
      throw noKeystore(file);
    }
  }

  private static ChainException noKeystore(Path file) {
    return new ChainException(file + " is no keystore file (JSON, version 3)");
  }

  private static WalletFile parse(JsonNode file) {
    JsonNode source = file.has("crypto") ? file.path("crypto") : file.path("Crypto");
    WalletFile.CipherParams cipherParams = new WalletFile.CipherParams();
    cipherParams.setIv(text(source.path("cipherparams").path("iv")));
    WalletFile.Crypto crypto = new WalletFile.Crypto();
    crypto.setCipher(text(source.path("cipher")));
    crypto.setCiphertext(text(source.path("ciphertext")));
    crypto.setCipherparams(cipherParams);
    crypto.setMac(text(source.path("mac")));
    crypto.setKdf(text(source.path("kdf")));
    setDerivation(crypto, source.path("kdfparams"));
    WalletFile wallet = new WalletFile();
    wallet.setVersion(number(file.path("version")));
    wallet.setCrypto(crypto);
    return wallet;
  }

  private static void setDerivation(WalletFile.Crypto crypto, JsonNode source) {
    switch (crypto.getKdf()) {
      case "scrypt" -> {
        WalletFile.ScryptKdfParams scrypt = new WalletFile.ScryptKdfParams();
        scrypt.setDklen(number(source.path("dklen")));
        scrypt.setN(number(source.path("n")));
        scrypt.setP(number(source.path("p")));
        scrypt.setR(number(source.path("r")));
        scrypt.setSalt(text(source.path("salt")));
        if (128L * scrypt.getN() * scrypt.getR() > MAX_SCRYPT_MEMORY) {
          throw new IllegalArgumentException("scrypt asks for too much memory");
        }
        crypto.setKdfparams(scrypt);
      }
      case "pbkdf2" -> {
        WalletFile.Aes128CtrKdfParams pbkdf2 = new WalletFile.Aes128CtrKdfParams();
        pbkdf2.setDklen(number(source.path("dklen")));
        pbkdf2.setC(number(source.path("c")));
        pbkdf2.setPrf(text(source.path("prf")));
        pbkdf2.setSalt(text(source.path("salt")));
        crypto.setKdfparams(pbkdf2);
      }
      default -> throw new IllegalArgumentException("unknown key derivation");
    }
  }

  private static String text(JsonNode node) {
    if (!node.isString()) {
      throw new IllegalArgumentException("a text is missing");
    }
    return node.asString();
  }

  private static int number(JsonNode node) {
    if (!node.isInt() || node.asInt() < 1) {
      throw new IllegalArgumentException("a number is missing");
    }
    return node.asInt();
  }
}
