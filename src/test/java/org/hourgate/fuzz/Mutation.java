package org.hourgate.fuzz;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** One way to make another password, or another user name, of what was signed. */
enum Mutation {
  NONE,
  SPELLING_OF_V,
  BITS,
  BYTES,
  FIELD_OF_ANOTHER,
  TWIN_OF_S,
  ANY_V,
  EDGES_OF_R_AND_S,
  LENGTH,
  ENCODING,
  KIND,
  OTHER_WALLET,
  USER_NAME,
  SIGNED_FOR_SOMETHING_ELSE,
  NO_PASSWORD_AT_ALL,
  TOKEN,
  TOKEN_OF_ANOTHER,
  TOKEN_BITS;

  private static final int[] FIELDS = {0, 1, 5, 8, 12, 24, 56, 88, 89};

  /** What is shown to the gate. */
  record Attempt(String username, String password) {}

  /**
   * Makes an attempt.
   *
   * @param tokens wallet and token, by turns, of what the gate pushed to real clients
   */
  Attempt attempt(ProofPool pool, List<String> tokens, Random random) {
    List<ProofPool.Proof> genuine = pool.genuine();
    ProofPool.Proof proof = genuine.get(random.nextInt(genuine.size()));
    ProofPool.Proof another = genuine.get(random.nextInt(genuine.size()));
    String name = proof.wallet().address().checksummed();
    byte[] bytes = proof.bytes().clone();
    return switch (this) {
      case NONE -> new Attempt(name, proof.spellings().getFirst());
      case SPELLING_OF_V -> new Attempt(name, proof.spellings().get(random.nextInt(3)));
      case BITS -> new Attempt(name, bits(written(bytes, random), 1 + random.nextInt(3), random));
      case BYTES -> {
        byte[] shown = written(bytes, random);
        shown[random.nextInt(shown.length)] = (byte) random.nextInt();
        yield new Attempt(name, ProofPool.encoded(shown));
      }
      case FIELD_OF_ANOTHER -> {
        int field = random.nextInt(FIELDS.length - 1);
        byte[] from = random.nextBoolean() ? another.bytes() : any(pool.foreign(), random).bytes();
        System.arraycopy(
            from, FIELDS[field], bytes, FIELDS[field], FIELDS[field + 1] - FIELDS[field]);
        yield new Attempt(name, ProofPool.encoded(written(bytes, random)));
      }
      case TWIN_OF_S -> {
        put(ProofPool.N.subtract(number(bytes, 56)), bytes, 56);
        if (random.nextBoolean()) {
          bytes[88] = (byte) (55 - bytes[88]);
        }
        yield new Attempt(name, ProofPool.encoded(written(bytes, random)));
      }
      case ANY_V -> {
        bytes[88] = (byte) random.nextInt(256);
        yield new Attempt(name, ProofPool.encoded(bytes));
      }
      case EDGES_OF_R_AND_S -> {
        int at = random.nextBoolean() ? 24 : 56;
        BigInteger value = number(bytes, at);
        List<BigInteger> edges =
            List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                ProofPool.N,
                ProofPool.N.add(BigInteger.ONE),
                ProofPool.N.subtract(BigInteger.ONE),
                ProofPool.N.shiftRight(1),
                ProofPool.N.shiftRight(1).add(BigInteger.ONE),
                BigInteger.TWO.pow(256).subtract(BigInteger.ONE),
                value.add(ProofPool.N).mod(BigInteger.TWO.pow(256)),
                value.add(BigInteger.ONE),
                value.negate().mod(BigInteger.TWO.pow(256)));
        put(edges.get(random.nextInt(edges.size())), bytes, at);
        yield new Attempt(name, ProofPool.encoded(written(bytes, random)));
      }
      case LENGTH -> {
        byte[] shown = written(bytes, random);
        yield new Attempt(
            name,
            ProofPool.encoded(
                random.nextBoolean()
                    ? Arrays.copyOf(shown, random.nextInt(shown.length + 40))
                    : Arrays.copyOfRange(shown, random.nextInt(shown.length), shown.length)));
      }
      case ENCODING -> new Attempt(name, otherEncoding(written(bytes, random), random));
      case KIND -> {
        bytes[0] = (byte) random.nextInt(6);
        yield new Attempt(name, ProofPool.encoded(written(bytes, random)));
      }
      case OTHER_WALLET ->
          new Attempt(another.wallet().address().checksummed(), proof.spellings().getFirst());
      case USER_NAME -> new Attempt(otherName(name, random), proof.spellings().getFirst());
      case SIGNED_FOR_SOMETHING_ELSE -> {
        ProofPool.Proof foreign = any(pool.foreign(), random);
        yield new Attempt(
            foreign.wallet().address().checksummed(), foreign.spellings().get(random.nextInt(3)));
      }
      case NO_PASSWORD_AT_ALL ->
          new Attempt(
              name, pool.neverPasswords().get(random.nextInt(pool.neverPasswords().size())));
      case TOKEN, TOKEN_OF_ANOTHER, TOKEN_BITS -> token(tokens, name, random);
    };
  }

  private Attempt token(List<String> tokens, String name, Random random) {
    if (tokens.isEmpty()) {
      return new Attempt(name, "");
    }
    int i = 2 * random.nextInt(tokens.size() / 2);
    String token = tokens.get(i + 1);
    return switch (this) {
      case TOKEN -> new Attempt(tokens.get(i), token);
      case TOKEN_OF_ANOTHER -> new Attempt(name, token);
      default ->
          new Attempt(
              tokens.get(i),
              bits(Base64.getUrlDecoder().decode(token), 1 + random.nextInt(3), random));
    };
  }

  private static ProofPool.Proof any(List<ProofPool.Proof> proofs, Random random) {
    return proofs.get(random.nextInt(proofs.size()));
  }

  /** In one of its two lengths. */
  private static byte[] written(byte[] bytes, Random random) {
    if (random.nextBoolean()) {
      return bytes.clone();
    }
    byte[] compact = Arrays.copyOf(bytes, bytes.length - 1);
    if (bytes[88] == 28 || bytes[88] == 1) {
      compact[56] |= (byte) 0x80;
    }
    return compact;
  }

  private static String bits(byte[] bytes, int count, Random random) {
    for (int i = 0; i < count; i++) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return ProofPool.encoded(bytes);
  }

  private static String otherEncoding(byte[] bytes, Random random) {
    String text = ProofPool.encoded(bytes);
    int at = random.nextInt(text.length());
    return switch (random.nextInt(9)) {
      case 0 -> Base64.getUrlEncoder().encodeToString(bytes);
      case 1 -> Base64.getEncoder().encodeToString(bytes);
      case 2 -> text + "=".repeat(1 + random.nextInt(3));
      case 3 -> text.substring(0, at) + " \t\r\n".charAt(random.nextInt(4)) + text.substring(at);
      case 4 -> text.substring(0, text.length() - 1) + (char) (text.charAt(text.length() - 1) + 1);
      case 5 -> text.substring(0, at) + "%41" + text.substring(at);
      case 6 -> text + "A";
      case 7 -> text.replace('A', '\uff21');
      default -> text.toLowerCase(Locale.ROOT);
    };
  }

  private static String otherName(String name, Random random) {
    int at = 2 + random.nextInt(40);
    char c = name.charAt(at);
    return switch (random.nextInt(8)) {
      case 0 -> name.toLowerCase(Locale.ROOT);
      case 1 -> "0x" + name.substring(2).toUpperCase(Locale.ROOT);
      case 2 -> "0X" + name.substring(2);
      case 3 ->
          name.substring(0, at)
              + (Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))
              + name.substring(at + 1);
      case 4 ->
          name.substring(0, at) + Integer.toHexString(random.nextInt(16)) + name.substring(at + 1);
      case 5 -> name + " ";
      case 6 -> name.replace('0', '\uff10');
      default -> name.substring(0, at) + name.substring(at + 1);
    };
  }

  private static BigInteger number(byte[] bytes, int at) {
    return new BigInteger(1, Arrays.copyOfRange(bytes, at, at + 32));
  }

  private static void put(BigInteger value, byte[] bytes, int at) {
    byte[] word = value.toByteArray();
    int length = Math.min(word.length, 32);
    Arrays.fill(bytes, at, at + 32, (byte) 0);
    System.arraycopy(word, word.length - length, bytes, at + 32 - length, length);
  }
}
