package org.hourgate.testing;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.hourgate.credential.WalletAddress;
import org.hourgate.testing.FaultyRpc.Behaviour;
import org.hourgate.testing.FaultyRpc.Question;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What goes wrong with nodes and the networks before them, for {@link FaultyRpc#behave}. */
public final class Faults {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int WORD = 64;
  private static final int SELECTOR = 10;

  /** keccak256("AccessChanged(address,uint64)"). */
  private static final String ACCESS_CHANGED =
      "0x2edac1612d4ce6b3e8036952c24908dec3837bd62706872cb7870a58da44391f";

  private Faults() {}

  // The network

  /** Takes the question and never answers. */
  public static Behaviour blackHole() {
    return question -> {};
  }

  public static Behaviour latency(Duration delay) {
    return question -> {
      TimeUnit.NANOSECONDS.sleep(delay.toNanos());
      question.passOn();
    };
  }

  /** Answers so slowly, byte by byte, that no time-out between two bytes ever comes. */
  public static Behaviour drip() {
    return question -> question.drip(20);
  }

  public static Behaviour reset() {
    return Question::reset;
  }

  // HTTP

  public static Behaviour status(int code) {
    return question -> question.reply(code, "not now");
  }

  public static Behaviour redirectTo(String place) {
    return question -> question.reply(307, "", "Location", place);
  }

  public static Behaviour flood(long bytes) {
    return question -> question.flood(bytes, /* announced= */ false, /* compressed= */ false);
  }

  // JSON-RPC

  public static Behaviour garbage() {
    return question -> question.reply(200, "<html>502 Bad Gateway</html>");
  }

  public static Behaviour truncated() {
    return question -> question.replace(reply -> reply.substring(0, reply.length() / 2));
  }

  public static Behaviour deep() {
    String deep = "[".repeat(100_000);
    return question -> question.result(deep);
  }

  public static Behaviour wrongId() {
    return question -> question.replace(reply -> reply.replaceFirst("\"id\":", "\"id\":1"));
  }

  public static Behaviour result(String json) {
    return question -> question.result(json);
  }

  public static Behaviour error(int code, String message) {
    return question -> question.error(code, message);
  }

  /** Answers one method so, and the others well. */
  public static Behaviour only(String method, Behaviour behaviour) {
    return question -> {
      if (question.method().equals(method)) {
        behaviour.answer(question);
      } else {
        question.passOn();
      }
    };
  }

  // The chain's state

  /** A node that has not heard of any block after this one. */
  public static Behaviour frozenAt(long block) {
    return question -> answerAsOf(question, block);
  }

  /** Two nodes behind one address, one of which stands still: each second question meets it. */
  public static Behaviour everySecondFrozenAt(long block) {
    AtomicInteger asked = new AtomicInteger();
    return question -> {
      if (asked.incrementAndGet() % 2 == 0) {
        answerAsOf(question, block);
      } else {
        question.passOn();
      }
    };
  }

  private static void answerAsOf(Question question, long block)
      throws IOException, InterruptedException {
    switch (question.method()) {
      case "eth_blockNumber" -> question.result('"' + hex(block) + '"');
      case "eth_getBlockByNumber" -> {
        if (number(question.params().get(0).asString(), block) > block) {
          question.result("null");
        } else {
          asOf(question, 0, block).passOn();
        }
      }
      case "eth_call", "eth_getCode" -> {
        if (number(question.params().get(1).asString(), block) > block) {
          question.error(-32_000, "header not found");
        } else {
          asOf(question, 1, block).passOn();
        }
      }
      case "eth_getLogs" -> {
        JsonNode filter = question.params().get(0);
        if (filter.has("blockHash")) {
          if (isLater(question.truth(), block)) {
            question.error(-32_000, "unknown block");
          } else {
            question.passOn();
          }
        } else if (number(filter.get("fromBlock").asString(), block) > block) {
          question.error(-32_602, "block range extends beyond current head block");
        } else {
          ArrayNode params = (ArrayNode) question.params().deepCopy();
          ObjectNode clipped = (ObjectNode) params.get(0);
          long to = Math.min(block, number(filter.get("toBlock").asString(), block));
          clipped.put("toBlock", hex(to));
          question.withParams(params).passOn();
        }
      }
      default -> question.passOn();
    }
  }

  /** Whether the reply has a log of a block after this one. */
  private static boolean isLater(String reply, long block) {
    for (JsonNode log : JSON.readTree(reply).path("result")) {
      if (Long.decode(log.get("blockNumber").asString()) > block) {
        return true;
      }
    }
    return false;
  }

  private static Question asOf(Question question, int position, long block) {
    ArrayNode params = (ArrayNode) question.params().deepCopy();
    if (params.get(position).asString().equals("latest")) {
      params.set(position, JSON.getNodeFactory().stringNode(hex(block)));
    }
    return question.withParams(params);
  }

  private static long number(String block, long latest) {
    return block.equals("latest") ? latest : Long.decode(block);
  }

  private static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  // Lies

  /** Says that the wallet's time ends elsewhere than it does. */
  public static Behaviour paidUntil(WalletAddress wallet, UnaryOperator<Instant> lie) {
    return paidUntil(Map.of(wallet, lie));
  }

  /** Says of these wallets that their time ends elsewhere than it does. */
  public static Behaviour paidUntil(Map<WalletAddress, UnaryOperator<Instant>> lies) {
    return question -> {
      if (question.method().equals("eth_call")) {
        question.replace(reply -> changed(question, reply, lies));
      } else {
        question.passOn();
      }
    };
  }

  private static String changed(
      Question question, String reply, Map<WalletAddress, UnaryOperator<Instant>> lies) {
    JsonNode call = question.params().get(0);
    String data = (call.has("data") ? call.get("data") : call.get("input")).asString();
    ObjectNode parsed = (ObjectNode) JSON.readTree(reply);
    String result = parsed.path("result").asString("");
    int wallets = (data.length() - SELECTOR) / WORD - 2;
    if (result.length() != 2 + WORD * (2 + 2 * wallets)) {
      return reply;
    }
    StringBuilder changed = new StringBuilder(result);
    for (int i = 0; i < wallets; i++) {
      int end = SELECTOR + WORD * (3 + i);
      UnaryOperator<Instant> lie =
          lies.get(WalletAddress.parse("0x" + data.substring(end - 40, end)));
      if (lie != null) {
        int from = 2 + WORD * (2 + 2 * i);
        long told = Long.parseLong(result, from + WORD - 16, from + WORD, 16);
        long lied = lie.apply(Instant.ofEpochSecond(told)).getEpochSecond();
        changed.replace(from, from + WORD, word(lied));
      }
    }
    return parsed.put("result", changed.toString()).toString();
  }

  private static String word(long value) {
    String hex = Long.toHexString(value);
    return "0".repeat(WORD - hex.length()) + hex;
  }

  public static Behaviour hiddenLogs() {
    return only("eth_getLogs", result("[]"));
  }

  /** In every range of blocks something is said to have changed for these wallets. */
  public static Behaviour inventedLogs(WalletAddress contract, WalletAddress... wallets) {
    return only(
        "eth_getLogs",
        question -> {
          String block = question.params().get(0).path("fromBlock").asString("0x0");
          question.result(
              Arrays.stream(wallets)
                  .map(wallet -> inventedLog(contract, wallet, block))
                  .collect(Collectors.joining(",", "[", "]")));
        });
  }

  private static String inventedLog(WalletAddress contract, WalletAddress wallet, String block) {
    return """
        {"address":"%s","topics":["%s","0x%s%s"],"data":"0x%s","blockNumber":"%s",\
        "transactionHash":"0x%s","transactionIndex":"0x0","blockHash":"0x%s",\
        "logIndex":"0x0","removed":false}"""
        .formatted(
            contract.lowerCase(),
            ACCESS_CHANGED,
            "0".repeat(24),
            wallet.hex(),
            word(4_000_000_000L),
            block,
            "12".repeat(32),
            "34".repeat(32));
  }

  // By hand

  /** Keeps the questions about one wallet until it is released, and then leaves them to another. */
  public static final class Hold implements Behaviour {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String wallet;
    private final Behaviour next;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    public Hold(WalletAddress wallet, Behaviour next) {
      this.wallet = wallet.hex().toLowerCase(Locale.ROOT);
      this.next = next;
    }

    @Override
    public void answer(Question question) throws IOException, InterruptedException {
      if (question.mentions(wallet)) {
        asked.countDown();
        released.await();
      }
      next.answer(question);
    }

    public void awaitQuestion() throws InterruptedException {
      if (!asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("nobody asked");
      }
    }

    /** From now on they are answered. */
    public void release() {
      released.countDown();
    }
  }
}
