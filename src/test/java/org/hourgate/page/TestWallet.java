package org.hourgate.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.hourgate.app.lab.Anvil;
import org.hourgate.credential.WalletKey;
import org.web3j.crypto.Hash;
import org.web3j.crypto.StructuredDataEncoder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A wallet in the browser whose user does what the test says. Signs texts with its key; everything
 * else is the chain's matter, which sends transactions of any account without a key. Used by one
 * thread.
 */
final class TestWallet {

  static final String HOME_CHAIN = "0x7a69";

  private static final String ICON =
      "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'>"
          + "<rect width='1' height='1' fill='%23e2761b'/></svg>";
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String name;
  private final URI node;
  private final List<String> asked = new ArrayList<>();
  private String lastMessage = "";
  private final Map<String, Map<String, Object>> failures = new HashMap<>();
  private final Map<String, String> answers = new HashMap<>();
  private final Map<String, String> views = new HashMap<>();
  private final Map<String, Integer> refused = new HashMap<>();
  private final Map<String, Runnable> hooks = new HashMap<>();
  private final List<String> knownChains = new ArrayList<>(List.of(HOME_CHAIN, "0x1"));
  private WalletKey key;
  private String chain = HOME_CHAIN;
  private boolean locked;
  private Optional<WalletKey> keyAfterSigning = Optional.empty();
  private boolean permitted;
  private boolean announced = true;
  private String lastTransaction = "";

  private TestWallet(String name, WalletKey key, URI node) {
    this.name = name;
    this.key = key;
    this.node = node;
  }

  /** A wallet of somebody new with so many ether. */
  static TestWallet with(Anvil anvil, int ether) {
    return of(anvil, newKey(anvil, ether));
  }

  static TestWallet of(Anvil anvil, WalletKey key) {
    anvil.call("anvil_autoImpersonateAccount", true);
    return new TestWallet("Test Fox", key, anvil.rpc());
  }

  static WalletKey newKey(Anvil anvil, int ether) {
    WalletKey key = WalletKey.parse("%064x".formatted(0x2000 + COUNT.incrementAndGet()));
    BigInteger wei = BigInteger.TEN.pow(18).multiply(BigInteger.valueOf(ether));
    anvil.call("anvil_setBalance", key.address().checksummed(), "0x" + wei.toString(16));
    return key;
  }

  TestWallet named(String other) {
    TestWallet renamed = new TestWallet(other, key, node);
    renamed.chain = chain;
    return renamed;
  }

  WalletKey key() {
    return key;
  }

  String address() {
    return key.address().checksummed();
  }

  /** Every method the page asked for, in order. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  /** The last text that was signed. */
  String lastMessage() {
    return lastMessage;
  }

  /** The next call of this method fails with this code. */
  TestWallet failNext(String method, int code) {
    failures.put(method, Map.of("code", code, "message", "as the test says"));
    return this;
  }

  /** Something happens on the chain just before the next call of this method. */
  TestWallet beforeNext(String method, Runnable event) {
    hooks.put(method, event);
    return this;
  }

  TestWallet on(String otherChain) {
    chain = otherChain;
    return this;
  }

  TestWallet knowingOnly(String... chains) {
    knownChains.clear();
    knownChains.addAll(List.of(chains));
    return this;
  }

  /** The next call of this method is answered with this. */
  TestWallet answerNext(String method, String result) {
    answers.put(method, result);
    return this;
  }

  /** Every call of this view, of whatever contract, is answered with this. */
  TestWallet answerView(String signature, String result) {
    views.put(Hash.sha3String(signature).substring(0, 10), result);
    return this;
  }

  /** Every call of this method fails with this code. */
  TestWallet failAlways(String method, int code) {
    refused.put(method, code);
    return this;
  }

  /** An old wallet, which only sets {@code window.ethereum}. */
  TestWallet unannounced() {
    announced = false;
    return this;
  }

  TestWallet locked() {
    locked = true;
    return this;
  }

  void unlock() {
    locked = false;
  }

  /** The user changes to another account while the next signature is on its way to the page. */
  void switchWhileSigning(WalletKey other) {
    keyAfterSigning = Optional.of(other);
  }

  void switchTo(WalletKey other) {
    key = other;
  }

  /** The script that announces this wallet to a page as EIP-6963 has it. */
  String script(int number) {
    return """
        (() => {
          const listeners = {};
          (window.__emit ??= {})[%d] = (event, value) => (listeners[event] ?? []).forEach((f) => f(value));
          const detail = Object.freeze({
            info: Object.freeze({ uuid: crypto.randomUUID(), name: %s, rdns: 'org.example.fox%d', icon: %s }),
            provider: {
              async request(question) {
                const answer = JSON.parse(await window.__wallet(%d, JSON.stringify(question)));
                if (answer.accounts) (listeners.accountsChanged ?? []).forEach((f) => f(answer.accounts));
                if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
                return answer.result;
              },
              on(event, listener) { (listeners[event] ??= []).push(listener); return this; },
              removeListener() { return this; },
            },
          });
          if (!%s) { window.ethereum = detail.provider; return; }
          const announce = () => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
          addEventListener('eip6963:requestProvider', announce);
          announce();
        })();
        """
        .formatted(
            number,
            JSON.writeValueAsString(name),
            number,
            JSON.writeValueAsString(ICON),
            number,
            announced);
  }

  /** Answers the page: a JSON-RPC response without its envelope. */
  String answer(String question) {
    JsonNode call = JSON.readTree(question);
    String method = call.get("method").asString();
    asked.add(method);
    Runnable event = hooks.remove(method);
    if (event != null) {
      event.run();
    }
    Map<String, Object> failure = failures.remove(method);
    if (failure != null) {
      return error(failure);
    }
    if (refused.containsKey(method)) {
      return error(Map.of("code", refused.get(method), "message", "as the test says"));
    }
    String prepared = answers.remove(method);
    if (prepared != null) {
      return result(prepared);
    }
    return switch (method) {
      case "eth_accounts" -> result(locked || !permitted ? List.of() : List.of(address()));
      case "eth_requestAccounts" -> {
        permitted = true;
        yield locked
            ? error(Map.of("code", 4100, "message", "the wallet is locked"))
            : result(List.of(address()));
      }
      case "eth_chainId" -> result(chain);
      case "wallet_switchEthereumChain" -> {
        String wanted = call.get("params").get(0).get("chainId").asString();
        if (!knownChains.contains(wanted)) {
          yield error(Map.of("code", 4902, "message", "unknown chain"));
        }
        chain = wanted;
        yield "{\"result\":null}";
      }
      case "wallet_addEthereumChain" -> {
        knownChains.add(call.get("params").get(0).get("chainId").asString());
        yield "{\"result\":null}";
      }
      case "personal_sign" -> signed(sign(call.get("params").get(0).asString()));
      case "eth_signTypedData_v4" -> result(signTyped(call.get("params").get(1).asString()));
      case "eth_getTransactionCount" -> atHome() ? node(call) : result("0xff");
      case "eth_getTransactionReceipt", "eth_getTransactionByHash" ->
          atHome() ? node(call) : "{\"result\":null}";
      case "eth_sendTransaction" ->
          call.get("params").get(0).get("chainId").asString().equals(chain)
              ? sent(node(call))
              : error(Map.of("code", -32602, "message", "that is another chain"));
      case "eth_call" -> {
        String data = call.get("params").get(0).get("data").asString();
        String view = views.get(data.substring(0, Math.min(10, data.length())));
        yield view == null ? node(call) : result(view);
      }
      default -> node(call);
    };
  }

  private boolean atHome() {
    return chain.equals(HOME_CHAIN);
  }

  private String sent(String answer) {
    JsonNode hash = JSON.readTree(answer).get("result");
    if (hash != null) {
      lastTransaction = hash.asString();
    }
    return answer;
  }

  /** The hash of what was sent last. */
  String lastTransaction() {
    return lastTransaction;
  }

  private String sign(String hex) {
    lastMessage = new String(HexFormat.of().parseHex(hex.substring(2)), StandardCharsets.UTF_8);
    return "0x" + HexFormat.of().formatHex(key.signPersonal(lastMessage));
  }

  private String signed(String signature) {
    if (keyAfterSigning.isEmpty()) {
      return result(signature);
    }
    key = keyAfterSigning.get();
    keyAfterSigning = Optional.empty();
    return JSON.writeValueAsString(Map.of("result", signature, "accounts", List.of(address())));
  }

  private String signTyped(String typedData) {
    try {
      return "0x"
          + HexFormat.of()
              .formatHex(key.signHash(new StructuredDataEncoder(typedData).hashStructuredData()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String node(JsonNode call) {
    Map<String, Object> request = new HashMap<>();
    request.put("jsonrpc", "2.0");
    request.put("id", 1);
    request.put("method", call.get("method"));
    request.put("params", call.has("params") ? call.get("params") : List.of());
    try {
      return HTTP.send(
              HttpRequest.newBuilder(node)
                  .timeout(Duration.ofSeconds(20))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(request)))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return error(Map.of("code", 4900, "message", "no node"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return error(Map.of("code", 4900, "message", "interrupted"));
    }
  }

  private static String result(Object value) {
    return JSON.writeValueAsString(Map.of("result", value));
  }

  private static String error(Map<String, Object> error) {
    return JSON.writeValueAsString(Map.of("error", error));
  }
}
