package org.hourgate.app.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hourgate.credential.WalletKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A development chain on this machine: Foundry's anvil as a child process, with the controls a test
 * or a demo needs. Chain id 31337, gas paid by ten accounts everybody knows the keys of. Ends with
 * this process at the latest.
 */
public final class Anvil implements AutoCloseable {

  public static final long CHAIN_ID = 31_337;

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final String PORT_IS_TAKEN = "Address already in use";
  private static final Pattern LISTENING = Pattern.compile("Listening on 127\\.0\\.0\\.1:(\\d+)");

  private static final List<String> KEYS =
      List.of(
          "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
          "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
          "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
          "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
          "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
          "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
          "92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
          "4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356",
          "dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97",
          "2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6");

  /**
   * How to start.
   *
   * @param port 0 for any free one
   * @param blockTime a block in every interval of whole seconds; empty for a block per transaction
   * @param stateFile where the chain is kept between a clean stop and the next start
   * @param genesisTime the first block's time; empty for now
   */
  public record Options(
      int port,
      Optional<Duration> blockTime,
      Optional<Path> stateFile,
      Optional<Instant> genesisTime) {

    /** Any free port, a block per transaction, nothing kept. */
    public static Options standard() {
      return new Options(0, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Options withPort(int number) {
      return new Options(number, blockTime, stateFile, genesisTime);
    }

    public Options withBlockTime(Duration interval) {
      return new Options(port, Optional.of(interval), stateFile, genesisTime);
    }

    public Options withStateFile(Path file) {
      return new Options(port, blockTime, Optional.of(file), genesisTime);
    }

    public Options withGenesisTime(Instant time) {
      return new Options(port, blockTime, stateFile, Optional.of(time));
    }

    private List<String> arguments() {
      List<String> arguments = new ArrayList<>(List.of("--port", String.valueOf(port)));
      blockTime.ifPresent(
          interval ->
              arguments.addAll(List.of("--block-time", String.valueOf(interval.toSeconds()))));
      stateFile.ifPresent(file -> arguments.addAll(List.of("--state", file.toString())));
      genesisTime.ifPresent(
          time -> arguments.addAll(List.of("--timestamp", String.valueOf(time.getEpochSecond()))));
      return arguments;
    }
  }

  private final LabProcess process;
  private final Options options;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();

  private Anvil(LabProcess process, Options options, int port) {
    this.process = process;
    this.options = options;
    this.port = port;
  }

  /** Starts a chain; returns once it answers. */
  public static Anvil start(Options options) {
    if (options.port() > 0) {
      return launch(options);
    }
    while (true) {
      // One that the kernel gives to nobody else while the chain is down for a while.
      Options chosen = options.withPort(LabGateway.freePort());
      try {
        return launch(chosen);
      } catch (LabException e) {
        if (!String.valueOf(e.getMessage()).contains(PORT_IS_TAKEN)) {
          throw e;
        }
      }
    }
  }

  private static Anvil launch(Options options) {
    List<String> command = new ArrayList<>(List.of(binary().toString()));
    command.addAll(options.arguments());
    LabProcess process = LabProcess.start("anvil", command);
    try {
      Matcher listening =
          LISTENING.matcher(process.output().await("Listening on", START_TIMEOUT).text());
      if (!listening.find()) {
        throw new LabException("anvil listens at no port:\n" + process.output().tail());
      }
      return new Anvil(process, options, Integer.parseInt(listening.group(1)));
    } catch (LabException e) {
      process.kill();
      throw e;
    }
  }

  /** The private key of one of the accounts, 64 hexadecimal digits. Known to all the world. */
  public static String privateKey(int account) {
    return KEYS.get(account);
  }

  /** The key of one of the ten accounts with 10,000 ether. */
  public static WalletKey key(int account) {
    return WalletKey.parse(KEYS.get(account));
  }

  public URI rpc() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /** How to start the same chain again, on the same port. */
  public Options sameAgain() {
    return options.withPort(port);
  }

  /** Lets the time of later blocks run ahead by this much more. */
  public void increaseTime(Duration by) {
    call("evm_increaseTime", by.toSeconds());
  }

  /** Sets the time of the next block, which must be later than the newest one's. */
  public void setNextBlockTimestamp(Instant time) {
    call("evm_setNextBlockTimestamp", time.getEpochSecond());
  }

  public void mine(int blocks) {
    call("anvil_mine", hex(blocks));
  }

  /** Whether a transaction gets a block of its own at once. */
  public void setAutomine(boolean on) {
    call("evm_setAutomine", on);
  }

  /** Returns the number to {@link #revert} to, once. */
  public String snapshot() {
    return call("evm_snapshot").asString();
  }

  public void revert(String snapshot) {
    if (!call("evm_revert", snapshot).asBoolean()) {
      throw new LabException("anvil has no snapshot " + snapshot);
    }
  }

  /** Replaces the newest blocks by as many empty ones; their transactions are lost. */
  public void reorg(int depth) {
    call("anvil_reorg", depth, List.of());
  }

  /**
   * Replaces the newest blocks by as many others; their transactions are lost but for one, signed
   * and encoded, which goes into the new block with this index from 0.
   */
  public void reorg(int depth, byte[] transaction, int block) {
    String raw = "0x" + HexFormat.of().formatHex(transaction);
    call("anvil_reorg", depth, List.of(List.of(raw, block)));
  }

  public long blockNumber() {
    return Long.decode(call("eth_blockNumber").asString());
  }

  /** The time of the newest block. */
  public Instant headTime() {
    return Instant.ofEpochSecond(
        Long.decode(call("eth_getBlockByNumber", "latest", false).get("timestamp").asString()));
  }

  /** Any JSON-RPC call; fails if the node answers with an error. */
  public JsonNode call(String method, Object... parameters) {
    String body =
        json.writeValueAsString(
            Map.of(
                "jsonrpc", "2.0", "id", 1, "method", method, "params", Arrays.asList(parameters)));
    HttpRequest request =
        HttpRequest.newBuilder(rpc())
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      JsonNode reply =
          json.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
      if (reply.has("error")) {
        throw new LabException(method + ": " + reply.get("error"));
      }
      return reply.get("result");
    } catch (IOException e) {
      throw new LabException(method + " failed; anvil said last:\n" + process.output().tail(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException(method + " was interrupted", e);
    }
  }

  /** Stops answering without ending: SIGSTOP. */
  public void freeze() {
    process.signal("STOP");
  }

  /** Goes on after {@link #freeze}: SIGCONT. */
  public void thaw() {
    process.signal("CONT");
  }

  /** Ends at once, without writing the state file: SIGKILL. */
  public void kill() {
    process.kill();
    http.shutdownNow();
  }

  /** Ends and, if there is one, writes the state file: SIGTERM. */
  @Override
  public void close() {
    thaw();
    process.close();
    http.shutdownNow();
  }

  private static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  private static Path binary() {
    String set = System.getenv("ANVIL");
    if (set != null) {
      Path binary = Path.of(set);
      if (!Files.isExecutable(binary)) {
        throw new LabException("ANVIL=" + set + " is no program");
      }
      return binary;
    }
    String platform =
        (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac")
                ? "darwin"
                : "linux")
            + "-"
            + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
    Path inCheckout =
        Path.of("contracts/node_modules/@foundry-rs/anvil-" + platform + "/bin/anvil");
    Stream<Path> ofPath =
        Arrays.stream(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, "anvil"));
    return Stream.concat(foldersAbove().map(folder -> folder.resolve(inCheckout)), ofPath)
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new LabException(
                    "anvil was not found: run `npm ci` in the folder contracts, or set"
                        + " ANVIL to the program's path"));
  }

  /** The folders above the working directory and above our own classes. */
  private static Stream<Path> foldersAbove() {
    Path working = Path.of("").toAbsolutePath();
    Path classes =
        Path.of(URI.create(Anvil.class.getProtectionDomain().getCodeSource().getLocation() + ""));
    return Stream.of(working, classes)
        .flatMap(start -> Stream.iterate(start, path -> path != null, Path::getParent));
  }
}
