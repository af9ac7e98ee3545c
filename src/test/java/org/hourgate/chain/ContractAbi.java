package org.hourgate.chain;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.web3j.crypto.Hash;
import org.web3j.utils.Numeric;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says what the contract understands and says, by the names in its published ABI. Every value is a
 * number that takes one word: an address, an amount, 1 for true. What the ABI does not name does
 * not exist.
 */
final class ContractAbi {

  private static final int WORD = 64;
  private static final BigInteger BEYOND_A_WORD = BigInteger.ONE.shiftLeft(256);

  private final Map<String, JsonNode> functions = new HashMap<>();
  private final Map<String, JsonNode> errors = new HashMap<>();
  private final Map<String, JsonNode> events = new HashMap<>();

  /** An entry of a transaction's log. */
  record Log(List<String> topics, String data) {}

  ContractAbi() {
    try (InputStream abi = HourgateContract.class.getResourceAsStream("contract/Hourgate.abi")) {
      for (JsonNode entry : new JsonMapper().readTree(abi)) {
        switch (entry.get("type").asString()) {
          case "function" -> functions.put(entry.get("name").asString(), entry);
          case "error" -> errors.put(entry.get("name").asString(), entry);
          case "event" -> events.put(entry.get("name").asString(), entry);
          case String other -> {
            // the constructor
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String function) {
    return functions.containsKey(function);
  }

  Set<String> errors() {
    return errors.keySet();
  }

  /** Which error a revert's data is, if one of the contract's. */
  Optional<String> errorOf(String data) {
    return errors.entrySet().stream()
        .filter(error -> data.startsWith(selector(error.getKey() + signature(error.getValue()))))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  boolean isPayable(String function) {
    return named(functions, function).get("stateMutability").asString().equals("payable");
  }

  /** Whether each argument is a value of its parameter's type. */
  boolean takes(String function, List<BigInteger> arguments) {
    List<String> types = types(named(functions, function));
    for (int i = 0; i < types.size(); i++) {
      if (arguments.get(i).bitLength() > bits(types.get(i))) {
        return false;
      }
    }
    return true;
  }

  String call(String function, List<BigInteger> arguments) {
    return selector(function + signature(named(functions, function))) + words(arguments);
  }

  String error(String name, List<BigInteger> values) {
    return selector(name + signature(named(errors, name))) + words(values);
  }

  Log event(String name, List<BigInteger> values) {
    JsonNode event = named(events, name);
    List<String> topics = new ArrayList<>(List.of(Hash.sha3String(name + signature(event))));
    StringBuilder data = new StringBuilder("0x");
    for (int i = 0; i < values.size(); i++) {
      if (event.get("inputs").get(i).get("indexed").asBoolean()) {
        topics.add("0x" + word(values.get(i)));
      } else {
        data.append(word(values.get(i)));
      }
    }
    return new Log(topics, data.toString());
  }

  static String selector(String signature) {
    return Hash.sha3String(signature).substring(0, 10);
  }

  static String words(List<BigInteger> values) {
    return values.stream().map(ContractAbi::word).collect(Collectors.joining());
  }

  /** Takes an answer apart. */
  static List<BigInteger> numbers(String data) {
    List<BigInteger> numbers = new ArrayList<>();
    for (int at = 2; at < data.length(); at += WORD) {
      numbers.add(new BigInteger(data.substring(at, at + WORD), 16));
    }
    return numbers;
  }

  private static String word(BigInteger value) {
    return Numeric.toHexStringNoPrefixZeroPadded(value.mod(BEYOND_A_WORD), WORD)
        .toLowerCase(Locale.ROOT);
  }

  private static JsonNode named(Map<String, JsonNode> entries, String name) {
    return Objects.requireNonNull(entries.get(name), name);
  }

  private static String signature(JsonNode entry) {
    return types(entry).stream().collect(Collectors.joining(",", "(", ")"));
  }

  private static List<String> types(JsonNode entry) {
    return entry.get("inputs").valueStream().map(input -> input.get("type").asString()).toList();
  }

  private static int bits(String type) {
    return switch (type) {
      case "address" -> 160;
      case "bool" -> 1;
      case "uint8" -> 8;
      case "uint32" -> 32;
      case "uint96" -> 96;
      default -> 256;
    };
  }
}
