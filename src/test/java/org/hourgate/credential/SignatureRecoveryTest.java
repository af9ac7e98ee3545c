package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both implementations under the same tests; the native one where it loads. */
class SignatureRecoveryTest {
  private static final BigInteger N = EthereumSignature.N;
  private static final WalletKey KEY =
      WalletKey.parse("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
  private static final byte[] DIGEST = SignInText.personalHash("a text");

  static List<SignatureRecovery> implementations() {
    return Stream.concat(
            SignatureRecoveries.nativeIfItWorks(NativeSignatureRecovery::new).stream(),
            Stream.of(new BouncyCastleSignatureRecovery()))
        .toList();
  }

  @Test
  @EnabledOnOs(
      value = OS.LINUX,
      architectures = {"amd64", "aarch64"})
  void theNativeLibraryIsTheBestOnLinux() {
    assertThat(SignatureRecovery.best().name()).isEqualTo("libsecp256k1");
    assertThat(implementations()).hasSize(2);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theNativeLibraryLeavesNoFileBehind() throws Exception {
    assertThat(SignatureRecovery.best()).isNotNull();
    assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
        .filteredOn(line -> line.contains("secp256k1"))
        .allMatch(line -> line.endsWith("(deleted)"));
  }

  @Test
  void aLibraryThatDoesNotLoadIsNotUsed() {
    assertThat(
            SignatureRecoveries.nativeIfItWorks(
                () -> {
                  throw new UnsatisfiedLinkError("failed to map segment");
                }))
        .isEmpty();
  }

  @Test
  void aLibraryThatFailsTheSelfTestIsNotUsed() {
    SignatureRecovery wrong =
        new SignatureRecovery() {
          @Override
          public String name() {
            return "wrong";
          }

          @Override
          public Optional<WalletAddress> recover(byte[] digest, EthereumSignature signature) {
            return Optional.of(KEY.address());
          }
        };

    assertThat(SignatureRecoveries.nativeIfItWorks(() -> wrong)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void takesEveryAgreedSpelling(SignatureRecovery recovery) {
    for (String message : new String[] {"a text", "text 1", "text 2", "text 3", "text 4"}) {
      byte[] digest = SignInText.personalHash(message);
      byte[] expanded = KEY.signPersonal(message);
      byte[] zeroBased = expanded.clone();
      zeroBased[64] = (byte) (zeroBased[64] - 27);
      byte[] compact = Arrays.copyOf(expanded, 64);
      compact[32] |= (byte) (zeroBased[64] << 7);

      for (byte[] spelling : new byte[][] {expanded, zeroBased, compact}) {
        assertThat(recover(recovery, digest, spelling)).contains(KEY.address());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void refusesHighS(SignatureRecovery recovery) {
    EthereumSignature good = signature();

    assertThat(recover(recovery, good.r(), N.subtract(good.s()), good.oddY() ? 27 : 28)).isEmpty();
    assertThat(recover(recovery, good.r(), N.subtract(good.s()), good.oddY() ? 28 : 27)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void refusesSOutsideItsRange(SignatureRecovery recovery) {
    BigInteger r = signature().r();
    for (int v = 27; v <= 28; v++) {
      assertThat(recover(recovery, r, BigInteger.ZERO, v)).isEmpty();
      assertThat(recover(recovery, r, N, v)).isEmpty();
      assertThat(recover(recovery, r, BigInteger.ONE.add(N), v)).isEmpty();
      assertThat(recover(recovery, r, BigInteger.TWO.pow(256).subtract(BigInteger.ONE), v))
          .isEmpty();
      assertThat(recover(recovery, r, BigInteger.ONE, v)).isPresent();
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void refusesROutsideItsRange(SignatureRecovery recovery) {
    BigInteger s = signature().s();
    for (int v = 27; v <= 28; v++) {
      assertThat(recover(recovery, BigInteger.ZERO, s, v)).isEmpty();
      assertThat(recover(recovery, N, s, v)).isEmpty();
      assertThat(recover(recovery, N.add(BigInteger.ONE), s, v)).isEmpty();
      assertThat(recover(recovery, BigInteger.TWO.pow(256).subtract(BigInteger.ONE), s, v))
          .isEmpty();
      assertThat(recover(recovery, BigInteger.ONE, s, v)).isPresent();
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void refusesRThatIsNoPointOfTheCurve(SignatureRecovery recovery) {
    // 5³ + 7 is no square modulo the field's prime.
    assertThat(recover(recovery, BigInteger.valueOf(5), signature().s(), 27)).isEmpty();
    assertThat(recover(recovery, BigInteger.valueOf(5), signature().s(), 28)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void refusesTheKeyAtInfinityThatAnybodyCanMake(SignatureRecovery recovery) {
    X9ECParameters curve = CustomNamedCurves.getByName("secp256k1");
    BigInteger e = new BigInteger(1, DIGEST);
    for (int k = 2; k < 12; k++) {
      ECPoint point = curve.getG().multiply(BigInteger.valueOf(k)).normalize();
      BigInteger s = e.multiply(BigInteger.valueOf(k).modInverse(N)).mod(N);
      boolean odd = point.getAffineYCoord().toBigInteger().testBit(0);
      if (s.compareTo(N.shiftRight(1)) > 0) {
        s = N.subtract(s);
        odd = !odd;
      }
      BigInteger r = point.getAffineXCoord().toBigInteger();

      assertThat(recover(recovery, r, s, odd ? 28 : 27)).isEmpty();
      assertThat(recover(recovery, r, s, odd ? 27 : 28)).isPresent();
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void refusesEveryOtherV(SignatureRecovery recovery) {
    EthereumSignature good = signature();
    for (int v = 0; v < 256; v++) {
      boolean agreed = v == 0 || v == 1 || v == 27 || v == 28;
      assertThat(recover(recovery, good.r(), good.s(), v).isPresent())
          .as("v %d", v)
          .isEqualTo(agreed);
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void refusesEveryOtherLength(SignatureRecovery recovery) {
    byte[] good = KEY.signPersonal("a text");
    for (int length = 0; length < 200; length++) {
      if (length != 64 && length != 65) {
        assertThat(recover(recovery, DIGEST, Arrays.copyOf(good, length))).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void digestsHave32Bytes(SignatureRecovery recovery) {
    for (int length : new int[] {0, 31, 33, 64}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> recovery.recover(new byte[length], signature()));
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void findsTheSignerOfThousandsOfRandomSignatures(SignatureRecovery recovery) {
    Random random = new Random(20261121);
    for (int i = 0; i < 2_000; i++) {
      WalletKey key = WalletKey.parse(LowerHex.format(randomWord(random)));
      byte[] digest = randomWord(random);

      assertThat(recovery.recover(digest, key.sign(digest))).contains(key.address());
    }
  }

  @Test
  void bothAgreeAboutThousandsOfMadeUpSignatures() {
    List<SignatureRecovery> implementations = implementations();
    Random random = new Random(42);
    byte[][] specialDigests = {
      new byte[32],
      word(N),
      word(N.subtract(BigInteger.ONE)),
      word(BigInteger.TWO.pow(256).subtract(BigInteger.ONE))
    };
    int found = 0;
    for (int i = 0; i < 4_000; i++) {
      byte[] signature = new byte[65];
      random.nextBytes(signature);
      if (i % 3 == 0) {
        Arrays.fill(signature, 0, 30, (byte) 0);
      }
      if (i % 5 == 0) {
        Arrays.fill(signature, 32, 62, (byte) 0);
      }
      signature[32] &= 0x7f;
      signature[64] = (byte) (27 + random.nextInt(2));
      byte[] digest = i % 7 == 0 ? specialDigests[i % 4] : randomWord(random);

      List<Optional<WalletAddress>> answers =
          implementations.stream().map(recovery -> recover(recovery, digest, signature)).toList();
      assertThat(answers).as("signature %d", i).containsOnly(answers.getFirst());
      found += answers.getFirst().isPresent() ? 1 : 0;
    }
    assertThat(found).isBetween(1_000, 3_000);
  }

  private static EthereumSignature signature() {
    return EthereumSignature.parse(KEY.signPersonal("a text")).orElseThrow();
  }

  private static Optional<WalletAddress> recover(
      SignatureRecovery recovery, BigInteger r, BigInteger s, int v) {
    byte[] bytes = new byte[65];
    System.arraycopy(word(r), 0, bytes, 0, 32);
    System.arraycopy(word(s), 0, bytes, 32, 32);
    bytes[64] = (byte) v;
    return recover(recovery, DIGEST, bytes);
  }

  private static Optional<WalletAddress> recover(
      SignatureRecovery recovery, byte[] digest, byte[] signature) {
    return EthereumSignature.parse(signature).flatMap(parsed -> recovery.recover(digest, parsed));
  }

  private static byte[] word(BigInteger value) {
    return LowerHex.parse("%064x".formatted(value));
  }

  private static byte[] randomWord(Random random) {
    byte[] word = new byte[32];
    random.nextBytes(word);
    return word;
  }
}
