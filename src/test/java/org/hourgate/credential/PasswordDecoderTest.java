package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordDecoderTest {
  /** Signed with ethers 6.17.0 and, to the same bytes, with viem 2.57.20 and cast 1.7.1. */
  private static final String COMPACT =
      "AWsB3CAAASwAAAAAh8j_wzfPpQzeUb_8FgH1vCTQn82IrovQOKneyReumRNMn6uvzPlNJuIyFsaLkTaDXRAYRjOY4cPb"
          + "gCSe9KP6LkGw7Phzrz0iFJjf0Q";

  private static final String EXPANDED =
      "AWsB3CAAASwAAAAAh8j_wzfPpQzeUb_8FgH1vCTQn82IrovQOKneyReumRNMn6uvzPlNJuIyFsYLkTaDXRAYRjOY4cPb"
          + "gCSe9KP6LkGw7Phzrz0iFJjf0Rw";

  private static final String TOKEN =
      "A2sB3CAAASzT6qGBMHzauc-v64Kr5CfP1x0HvuoGOBevjN3StGw-iwIqUotUMuCg";

  @Test
  void readsALogin() {
    Credential.Signed login = (Credential.Signed) PasswordDecoder.decode(COMPACT).orElseThrow();

    assertThat(login.kind()).isEqualTo(CredentialKind.LOGIN);
    assertThat(login.issuedAt()).isEqualTo(Instant.parse("2026-11-21T18:00:00Z"));
    assertThat(login.lifetime()).isEqualTo(Duration.ofMinutes(5));
    assertThat(login.nonce()).isEqualTo(new Nonce("0000000087c8ffc337cfa50cde51bffc"));
    assertThat(login.deviceId()).isEqualTo(new DeviceId("d3eaa181307cdab9"));
    assertThat(login.signature().oddY()).isTrue();
  }

  @Test
  void bothSpellingsOfASignatureAreOneCredential() {
    assertThat(PasswordDecoder.decode(EXPANDED)).isEqualTo(PasswordDecoder.decode(COMPACT));
  }

  @Test
  void readsADevicePass() {
    byte[] bytes = bytes(COMPACT);
    bytes[0] = 2;

    assertThat(PasswordDecoder.decode(base64(bytes)).orElseThrow().kind())
        .isEqualTo(CredentialKind.DEVICE);
  }

  @Test
  void readsAToken() {
    Credential.Token token = (Credential.Token) PasswordDecoder.decode(TOKEN).orElseThrow();

    assertThat(token.issuedAt()).isEqualTo(Instant.parse("2026-11-21T18:00:00Z"));
    assertThat(token.lifetime()).isEqualTo(Duration.ofMinutes(5));
    assertThat(token.deviceId()).isEqualTo(new DeviceId("d3eaa181307cdab9"));
    assertThat(token.mac())
        .isEqualTo("cfafeb82abe427cfd71d07beea063817af8cddd2b46c3e8b022a528b5432e0a0");
  }

  @Test
  void takesEveryAgreedValueOfV() {
    for (int[] pair : new int[][] {{28, 1}, {1, 1}, {27, 0}, {0, 0}}) {
      assertThat(PasswordDecoder.decode(withV(pair[0])))
          .hasValueSatisfying(
              credential ->
                  assertThat(((Credential.Signed) credential).signature().oddY())
                      .isEqualTo(pair[1] == 1));
    }
  }

  @Test
  void refusesEveryOtherValueOfV() {
    for (int v = 0; v < 256; v++) {
      boolean agreed = v == 0 || v == 1 || v == 27 || v == 28;
      assertThat(PasswordDecoder.decode(withV(v)).isPresent()).as("v %d", v).isEqualTo(agreed);
    }
  }

  @Test
  void refusesEveryKindByteThatDoesNotBelongToTheLength() {
    for (String password : new String[] {COMPACT, EXPANDED, TOKEN}) {
      byte[] bytes = bytes(password);
      for (int kind = 0; kind < 256; kind++) {
        bytes[0] = (byte) kind;
        boolean belongs = password.equals(TOKEN) ? kind == 3 : kind == 1 || kind == 2;
        assertThat(PasswordDecoder.decode(base64(bytes)).isPresent())
            .as("kind %d, %d bytes", kind, bytes.length)
            .isEqualTo(belongs);
      }
    }
  }

  @Test
  void refusesEveryOtherLength() {
    for (int length = 0; length <= 256; length++) {
      for (byte kind = 0; kind <= 5; kind++) {
        byte[] bytes = Arrays.copyOf(bytes(EXPANDED), length);
        if (length > 0) {
          bytes[0] = kind;
        }
        boolean right =
            kind == 3 ? length == 48 : (kind == 1 || kind == 2) && (length == 88 || length == 89);
        assertThat(PasswordDecoder.decode(base64(bytes)).isPresent())
            .as("kind %d, %d bytes", kind, length)
            .isEqualTo(right);
      }
    }
  }

  @Test
  void refusesEverySecondSpellingOfTheSameBytes() {
    // 118 characters leave 4 unused bits in the last one, 119 leave 2.
    for (String password : new String[] {COMPACT, EXPANDED}) {
      String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      String start = password.substring(0, password.length() - 1);
      int sameBytes = 0;
      for (int i = 0; i < alphabet.length(); i++) {
        String other = start + alphabet.charAt(i);
        if (Arrays.equals(Base64.getUrlDecoder().decode(other), bytes(password))) {
          sameBytes++;
          assertThat(PasswordDecoder.decode(other).isPresent())
              .as(other)
              .isEqualTo(other.equals(password));
        }
      }
      assertThat(sameBytes).isEqualTo(password.length() == 118 ? 16 : 4);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "=",
        "A",
        "hunter2",
        COMPACT + "=",
        COMPACT + "==",
        EXPANDED + "=",
        COMPACT + "\n",
        " " + COMPACT,
        TOKEN + "=",
        TOKEN + "====",
        "SCRV1:" + TOKEN,
        "0x" + TOKEN
      })
  void refusesWhatIsNoPassword(String text) {
    assertThat(PasswordDecoder.decode(text)).isEmpty();
  }

  @Test
  void refusesTheOrdinaryBase64Alphabet() {
    assertThat(COMPACT).contains("_");
    assertThat(PasswordDecoder.decode(COMPACT.replace('_', '/'))).isEmpty();
    assertThat(TOKEN).contains("-");
    assertThat(PasswordDecoder.decode(TOKEN.replace('-', '+'))).isEmpty();
  }

  @Test
  void refusesSignatureValuesOutOfRange() {
    BigInteger n = EthereumSignature.N;
    BigInteger half = n.shiftRight(1);
    BigInteger max = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);

    for (BigInteger r : new BigInteger[] {BigInteger.ZERO, n, n.add(BigInteger.ONE), max}) {
      assertThat(PasswordDecoder.decode(withRAndS(r, BigInteger.ONE))).as("r %s", r).isEmpty();
    }
    for (BigInteger s :
        new BigInteger[] {
          BigInteger.ZERO,
          half.add(BigInteger.ONE),
          n.subtract(BigInteger.ONE),
          n,
          n.add(BigInteger.ONE),
          max
        }) {
      assertThat(PasswordDecoder.decode(withRAndS(BigInteger.ONE, s))).as("s %s", s).isEmpty();
    }
    assertThat(PasswordDecoder.decode(withRAndS(n.subtract(BigInteger.ONE), half))).isPresent();
    assertThat(PasswordDecoder.decode(withRAndS(BigInteger.ONE, BigInteger.ONE))).isPresent();
  }

  @Test
  void refusesTheHighTwinOfASignature() {
    Credential.Signed login = (Credential.Signed) PasswordDecoder.decode(EXPANDED).orElseThrow();
    byte[] twin =
        bytes(
            withRAndS(login.signature().r(), EthereumSignature.N.subtract(login.signature().s())));
    twin[88] = 27;

    assertThat(PasswordDecoder.decode(base64(twin))).isEmpty();
  }

  @Test
  void neverThrowsForRandomText() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(140);
      for (int j = 0; j < length; j++) {
        text.append(
            (char) (random.nextInt(20) == 0 ? random.nextInt(0x10000) : 32 + random.nextInt(95)));
      }
      assertThat(PasswordDecoder.decode(text.toString())).isEmpty();
    }
  }

  private static String withV(int v) {
    byte[] bytes = bytes(EXPANDED);
    bytes[88] = (byte) v;
    return base64(bytes);
  }

  private static String withRAndS(BigInteger r, BigInteger s) {
    byte[] bytes = bytes(EXPANDED);
    put(r, bytes, 24);
    put(s, bytes, 56);
    return base64(bytes);
  }

  private static void put(BigInteger value, byte[] target, int offset) {
    byte[] digits = LowerHex.parse("%064x".formatted(value));
    System.arraycopy(digits, 0, target, offset, digits.length);
  }

  private static byte[] bytes(String password) {
    return Base64.getUrlDecoder().decode(password);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
