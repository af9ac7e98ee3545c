package org.hourgate.fuzz;

import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.WaitingConnection;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.web3j.crypto.Hash;

/**
 * What wallets really signed for this gateway, and what they, or others, signed for something else.
 * Keeps to itself how a password is laid out: what the gate thinks of that is not asked.
 */
final class ProofPool {

  static final BigInteger N =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  static final int PREFIX = 24;

  private static final Duration MINUTES = Duration.ofMinutes(5);

  /**
   * A password as bytes: prefix, r, s and v.
   *
   * @param genuine whether it lets its wallet in
   */
  @SuppressWarnings("ArrayRecordComponent") // compared never
  record Proof(WalletKey wallet, CredentialKind kind, byte[] bytes, boolean genuine) {

    /** Every way in which it may be written. */
    List<String> spellings() {
      byte[] compact = Arrays.copyOf(bytes, bytes.length - 1);
      boolean odd = bytes[bytes.length - 1] == 28;
      if (odd) {
        compact[PREFIX + 32] |= (byte) 0x80;
      }
      byte[] small = bytes.clone();
      small[bytes.length - 1] = (byte) (odd ? 1 : 0);
      return List.of(encoded(compact), encoded(small), encoded(bytes));
    }
  }

  private final List<Proof> genuine = new ArrayList<>();
  private final List<Proof> foreign = new ArrayList<>();
  private final List<String> neverPasswords = new ArrayList<>();

  /**
   * Signs anew.
   *
   * @param authority that of the gate
   * @param paid who may come in
   * @param unpaid who may not
   */
  ProofPool(
      Path folder,
      CredentialAuthority authority,
      List<WalletKey> paid,
      WalletKey unpaid,
      Instant now,
      Random random) {
    for (CredentialKind kind : List.of(CredentialKind.LOGIN, CredentialKind.DEVICE)) {
      for (WalletKey wallet : paid) {
        IssuedNonce nonce = authority.issue(wallet.address(), kind, now, MINUTES);
        add(genuine, wallet, kind, nonce, wallet.signPersonal(nonce.message()), true);
        WalletKey other = paid.get(paid.indexOf(wallet) == 0 ? 1 : 0);
        add(foreign, wallet, kind, nonce, other.signPersonal(nonce.message()), false);
        otherTexts(wallet, kind, nonce);
        foreign(
            BareGate.authority(folder, "cd".repeat(32), BareGate.IDENTITY, random.nextLong()),
            wallet,
            kind,
            now);
        for (GatewayIdentity identity : otherIdentities()) {
          foreign(
              BareGate.authority(folder, "ab".repeat(32), identity, random.nextLong()),
              wallet,
              kind,
              now);
        }
        foreign(authority, wallet, kind, now.minusSeconds(3_600)); // Over.
        foreign(authority, wallet, kind, now.plusSeconds(3_600)); // Not begun.
      }
      foreign(authority, unpaid, kind, now);
    }
    for (WalletKey wallet : paid) {
      WaitingConnection waiting =
          new WaitingConnection(wallet.address(), "udp", "a".repeat(22), "10.99.0.2");
      IssuedNonce approval = authority.issueApproval(waiting, now, MINUTES);
      neverPasswords.add(
          approval.passwordPrefix() + encoded(wallet.signPersonal(approval.message())));
    }
  }

  /** The right nonce below a text that is not ours: what a wallet may be lured into signing. */
  private void otherTexts(WalletKey wallet, CredentialKind kind, IssuedNonce nonce) {
    String text = nonce.message();
    for (String signed :
        List.of(
            text + "\n",
            text.replace("\n", "\r\n"),
            text.strip().replaceFirst("\n\n", "\n"),
            text.replace("Nonce: ", "Nonce:  "),
            text + "\n- https://evil.example",
            text.lines().filter(line -> line.startsWith("Nonce: ")).findFirst().orElseThrow(),
            nonce.passwordPrefix())) {
      if (!signed.equals(text)) {
        add(foreign, wallet, kind, nonce, wallet.signPersonal(signed), false);
      }
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    add(foreign, wallet, kind, nonce, wallet.signHash(Hash.sha3(utf8)), false);
    byte[] typed = new byte[utf8.length + 2];
    typed[0] = 0x19;
    typed[1] = 0x01;
    System.arraycopy(utf8, 0, typed, 2, utf8.length);
    add(foreign, wallet, kind, nonce, wallet.signHash(Hash.sha3(typed)), false);
  }

  private static List<GatewayIdentity> otherIdentities() {
    GatewayIdentity ours = BareGate.IDENTITY;
    return List.of(
        new GatewayIdentity(ours.publicUrl(), 1, ours.contract()),
        new GatewayIdentity(
            ours.publicUrl(),
            ours.chainId(),
            WalletAddress.parse("0xe7f1725e7734ce288f8367e1bb143e90bb3f0512")),
        new GatewayIdentity(
            URI.create("https://evil.example.org:8443"), ours.chainId(), ours.contract()),
        new GatewayIdentity(
            URI.create("http://vpn.example.org:8443"), ours.chainId(), ours.contract()),
        new GatewayIdentity(
            URI.create("https://vpn.example.org:8443/"), ours.chainId(), ours.contract()));
  }

  private void foreign(
      CredentialAuthority authority, WalletKey wallet, CredentialKind kind, Instant time) {
    IssuedNonce nonce = authority.issue(wallet.address(), kind, time, MINUTES);
    add(foreign, wallet, kind, nonce, wallet.signPersonal(nonce.message()), false);
  }

  private static void add(
      List<Proof> list,
      WalletKey wallet,
      CredentialKind kind,
      IssuedNonce nonce,
      byte[] signature,
      boolean good) {
    byte[] prefix = Base64.getUrlDecoder().decode(nonce.passwordPrefix());
    byte[] bytes = Arrays.copyOf(prefix, prefix.length + signature.length);
    System.arraycopy(signature, 0, bytes, prefix.length, signature.length);
    list.add(new Proof(wallet, kind, bytes, good));
  }

  List<Proof> genuine() {
    return genuine;
  }

  List<Proof> foreign() {
    return foreign;
  }

  List<String> neverPasswords() {
    return neverPasswords;
  }

  static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
