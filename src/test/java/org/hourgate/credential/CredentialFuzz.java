package org.hourgate.credential;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hourgate.fuzz.BareGate;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.fuzz.Scratch;

/**
 * Whatever stands in a password or a cookie: it has one meaning or none, and what is taken for ours
 * is, to the last bit, something that was signed or minted. An input is tried as a text, and as a
 * mask that is laid over each of the real ones.
 */
public final class CredentialFuzz implements FuzzTarget {

  private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
  private static final WalletKey ALICE = WalletKey.parse("11".repeat(32));
  private static final WalletKey BOB = WalletKey.parse("22".repeat(32));

  private final CredentialAuthority authority;
  private final List<String> real = new ArrayList<>();
  private final Set<Object> signed = new HashSet<>();
  private final WaitingConnection waiting =
      new WaitingConnection(ALICE.address(), "udp", "a".repeat(22), "10.99.0.2");

  public CredentialFuzz() {
    Path folder = Scratch.folder("credential");
    authority = BareGate.authority(folder, "ab".repeat(32), BareGate.IDENTITY, 1);
    for (CredentialKind kind : List.of(CredentialKind.LOGIN, CredentialKind.DEVICE)) {
      IssuedNonce nonce = authority.issue(ALICE.address(), kind, NOW, Duration.ofMinutes(5));
      byte[] signature = ALICE.signPersonal(nonce.message());
      String password = nonce.passwordPrefix() + encoded(signature);
      real.add(password);
      signed.add(PasswordDecoder.decode(password).orElseThrow());
    }
    IssuedNonce forPage = authority.issueApproval(waiting, NOW, Duration.ofMinutes(5));
    String approval = forPage.passwordPrefix() + encoded(ALICE.signPersonal(forPage.message()));
    real.add(approval);
    signed.add(Approval.decode(approval).orElseThrow());
    String token =
        authority.mintToken(
            ALICE.address(), NOW, Duration.ofDays(1), new DeviceId("0123456789abcdef"));
    real.add(token);
    signed.add(PasswordDecoder.decode(token).orElseThrow());
    WebSession session =
        new WebSession(
            ALICE.address(), NOW, new DeviceId("0123456789abcdef"), NOW.plusSeconds(3_600));
    real.add(authority.sealWebSession(session));
    signed.add(session);
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void run(byte[] input) {
    check(new String(input, StandardCharsets.ISO_8859_1));
    check(encoded(input));
    if (input.length > 1) {
      byte[] base = Base64.getUrlDecoder().decode(real.get((input[0] & 0xff) % real.size()));
      int offset = input[1] & 0xff;
      for (int i = 2; i < input.length && offset + i - 2 < base.length; i++) {
        base[offset + i - 2] ^= input[i];
      }
      check(encoded(base));
    }
    wallet(new String(input, StandardCharsets.UTF_8));
  }

  private void check(String text) {
    PasswordDecoder.decode(text)
        .ifPresent(
            credential -> {
              oneMeaning(text, credential);
              for (WalletKey wallet : List.of(ALICE, BOB)) {
                boolean accepted =
                    authority.isAuthentic(wallet.address(), credential)
                        && (!(credential instanceof Credential.Signed s)
                            || authority.isSignedBy(wallet.address(), s));
                require(!accepted || (wallet == ALICE && signed.contains(credential)), text);
              }
            });
    Approval.decode(text)
        .ifPresent(
            approval ->
                require(
                    !(authority.isAuthentic(waiting, approval)
                            && authority.isSignedBy(waiting, approval))
                        || signed.contains(approval),
                    text));
    authority
        .openWebSession(text)
        .ifPresent(session -> require(signed.contains(session) && real.contains(text), text));
  }

  private static void require(boolean good, String text) {
    if (!good) {
      throw new IllegalStateException("taken, and nobody signed it: " + text);
    }
  }

  /** The same bytes come out; only of v there are two spellings. */
  private static void oneMeaning(String text, Credential credential) {
    byte[] bytes = Base64.getUrlDecoder().decode(text);
    byte[] head =
        PasswordLayout.head(credential.kind(), credential.issuedAt(), credential.lifetime());
    boolean same =
        encoded(bytes).equals(text)
            && java.util.Arrays.equals(head, java.util.Arrays.copyOf(bytes, head.length))
            && switch (credential) {
              case Credential.Token token ->
                  PasswordLayout.encode(
                          head, LowerHex.parse(token.deviceId().hex()), LowerHex.parse(token.mac()))
                      .equals(text);
              case Credential.Signed s -> {
                byte[] rAndS = s.signature().rAndS();
                if (bytes.length == PasswordLayout.COMPACT_LENGTH && s.signature().oddY()) {
                  rAndS[32] |= (byte) 0x80;
                }
                yield PasswordLayout.encode(head, s.nonce().bytes(), rAndS)
                    .equals(encoded(java.util.Arrays.copyOf(bytes, PasswordLayout.COMPACT_LENGTH)));
              }
            };
    if (!same || credential.toString().contains(text)) {
      throw new IllegalStateException("read as something else: " + text);
    }
  }

  private static void wallet(String text) {
    try {
      WalletAddress address = WalletAddress.parse(text);
      boolean same =
          text.equalsIgnoreCase(address.lowerCase())
              && WalletAddress.parse(address.checksummed()).equals(address)
              && text.chars().allMatch(c -> c < 0x80);
      if (!same) {
        throw new IllegalStateException("another address: " + text);
      }
    } catch (InvalidWalletAddressException e) {
      // Not one.
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < real.size(); i++) {
      seeds.add(real.get(i).getBytes(StandardCharsets.ISO_8859_1));
      seeds.add(Base64.getUrlDecoder().decode(real.get(i)));
      seeds.add(new byte[] {(byte) i, 0, 0});
      seeds.add(new byte[] {(byte) i, 56, (byte) 0x80});
    }
    for (String text :
        List.of(
            ALICE.address().checksummed(),
            ALICE.address().lowerCase(),
            "0X" + ALICE.address().hex(),
            "0x\uff11" + ALICE.address().hex().substring(1),
            real.getFirst() + "=",
            real.getFirst().substring(1))) {
      seeds.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return seeds;
  }
}
