package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.chain.HourgateContract;
import org.hourgate.chain.NodeProbe.Fault;
import org.hourgate.chain.NodeProbe.History;
import org.hourgate.chain.NodeProbe.Report;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real nodes, some of them wrong, and the contract. */
final class ChainCheckTest {

  private static final WalletKey OWNER = Anvil.key(0);
  private static final String OFF = "off";

  @TempDir private Path folder;
  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private Anvil start(Anvil.Options options) {
    Anvil anvil = Anvil.start(options);
    toClose.push(anvil);
    return anvil;
  }

  /** The first contract of a chain: always at the same address. */
  private HourgateContract deploy(Anvil anvil) {
    HourgateContract contract =
        HourgateContract.deploy(anvil.rpc(), Anvil.CHAIN_ID, OWNER, OWNER.address());
    toClose.push(contract);
    return contract;
  }

  private HourgateContract deployAndSell(Anvil anvil) {
    HourgateContract contract = deploy(anvil);
    contract.addProduct(OWNER, BigInteger.TEN, Duration.ofHours(1));
    return contract;
  }

  private List<Finding> look(Map<String, String> settings, URI... nodes) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("chain.max-head-age", OFF);
    all.put("chain.rpc", String.join(",", Arrays.stream(nodes).map(URI::toString).toList()));
    all.putAll(settings);
    HourgateConfig config = Codes.config(folder, all);
    return Codes.of(findings -> ChainCheck.look(config, TimeSource.system(), findings));
  }

  private static List<FindingCode> codes(List<Finding> findings) {
    return findings.stream().map(Finding::code).toList();
  }

  private static URI nowhere() throws Exception {
    return URI.create("http://127.0.0.1:" + LabGateway.freePort());
  }

  @Test
  void isContentWithANodeThatHasTheContractAndSomethingOnSale() {
    Anvil anvil = start(Anvil.Options.standard());
    HourgateContract contract = deployAndSell(anvil);

    assertThat(codes(look(Map.of(), anvil.rpc())))
        .containsExactly(FindingCode.CHAIN, FindingCode.CHAIN_QUORUM, FindingCode.OFFERS);
    assertThat(codes(look(Map.of("shop.history-from-block", "1"), anvil.rpc())))
        .doesNotContain(FindingCode.CHAIN_HISTORY);
    assertThat(codes(look(Map.of("shop.history-from-block", "999"), anvil.rpc())))
        .contains(FindingCode.CHAIN_HISTORY);

    contract.pause(OWNER);
    assertThat(codes(look(Map.of(), anvil.rpc()))).contains(FindingCode.OFFERS_PAUSED);
    contract.unpause(OWNER);
    contract.setActive(OWNER, 0, false);
    assertThat(codes(look(Map.of(), anvil.rpc()))).contains(FindingCode.OFFERS_NONE);
  }

  @Test
  void findsANodeThatLagsOneOfAnotherChainAndOneThatIsDead() throws Exception {
    Path state = folder.resolve("chain.json");
    Anvil first = start(Anvil.Options.standard().withStateFile(state));
    HourgateContract contract = deployAndSell(first);
    first.close();
    Path copy = Files.copy(state, folder.resolve("copy.json"));
    Anvil good = start(Anvil.Options.standard().withStateFile(state));
    Anvil lagging = start(Anvil.Options.standard().withStateFile(copy));
    good.increaseTime(Duration.ofMinutes(1));
    good.mine(10);
    Anvil other = start(Anvil.Options.standard());
    deploy(other);
    other.call("anvil_setChainId", 5);

    List<Finding> found =
        look(
            Map.of("chain.contract", contract.address().checksummed(), "chain.quorum", "2"),
            good.rpc(),
            lagging.rpc(),
            other.rpc(),
            nowhere());

    assertThat(codes(found))
        .containsExactly(
            FindingCode.CHAIN,
            FindingCode.CHAIN_BEHIND,
            FindingCode.CHAIN_ID,
            FindingCode.CHAIN_AWAY,
            FindingCode.CHAIN_QUORUM_SHORT,
            FindingCode.OFFERS);
    assertThat(found)
        .extracting(Finding::level)
        .containsExactly(
            Finding.Level.OK,
            Finding.Level.ERROR,
            Finding.Level.ERROR,
            Finding.Level.UNREACHABLE,
            Finding.Level.UNREACHABLE,
            Finding.Level.OK);
    assertThat(found.get(1).message()).isEqualTo("10 blocks behind " + good.rpc());
  }

  @Test
  void findsNodesThatFollowDifferentChains() {
    Instant then = Instant.now().minus(Duration.ofDays(1));
    Anvil one = start(Anvil.Options.standard());
    Anvil other = start(Anvil.Options.standard().withGenesisTime(then));
    deployAndSell(one);
    deployAndSell(other);

    assertThat(codes(look(Map.of(), one.rpc(), other.rpc())))
        .containsExactly(
            FindingCode.CHAIN_FORK, FindingCode.CHAIN_FORK, FindingCode.CHAIN_QUORUM_SHORT);
  }

  @Test
  void findsANodeWithOtherCodeAtTheContractsAddress() {
    Anvil one = start(Anvil.Options.standard());
    HourgateContract contract = deployAndSell(one);
    try (FaultyRpc liar = FaultyRpc.before(one.rpc())) {
      liar.behave(
          "eth_getCode", question -> question.result("\"0x6001600101\"")); // whatever it does

      assertThat(codes(look(Map.of(), one.rpc(), liar.uri())))
          .contains(FindingCode.CHAIN_OTHER_CONTRACT);
    }
    assertThat(codes(look(Map.of("chain.contract", OWNER.address().checksummed()), one.rpc())))
        .contains(FindingCode.CHAIN_CONTRACT);
    // Code, but not this contract's: anvil's deterministic deployer has some on every chain.
    assertThat(
            codes(
                look(
                    Map.of("chain.contract", "0x4e59b44847b379578588920cA78FbF26c0B4956C"),
                    one.rpc())))
        .contains(FindingCode.CHAIN_CONTRACT);
    assertThat(contract.products()).hasSize(1);
  }

  @Test
  void findsAChainThatStandsStillAndAClockThatIsLate() {
    Anvil anvil =
        start(Anvil.Options.standard().withGenesisTime(Instant.now().minus(Duration.ofHours(2))));
    deployAndSell(anvil);
    assertThat(codes(look(Map.of("chain.max-head-age", "1m"), anvil.rpc())))
        .contains(FindingCode.CHAIN_STALE);

    anvil.increaseTime(Duration.ofHours(3));
    anvil.mine(1);
    assertThat(codes(look(Map.of("chain.max-head-age", "1m"), anvil.rpc())))
        .contains(FindingCode.CHAIN, FindingCode.CLOCK_OFF);
    assertThat(codes(look(Map.of(), anvil.rpc()))).doesNotContain(FindingCode.CLOCK_OFF);
  }

  @Test
  void waitsForNoNodeForEver() throws Exception {
    Anvil anvil = start(Anvil.Options.standard());
    deployAndSell(anvil);
    try (FaultyRpc silent = FaultyRpc.before(anvil.rpc());
        FaultyRpc odd = FaultyRpc.before(anvil.rpc())) {
      silent.behave("eth_chainId", _ -> {});
      odd.behave("eth_chainId", question -> question.result("\"many\""));

      assertThat(codes(look(Map.of(), silent.uri(), odd.uri(), anvil.rpc())))
          .startsWith(FindingCode.CHAIN_AWAY, FindingCode.CHAIN_ODD, FindingCode.CHAIN);
    }
  }

  @Test
  void tellsWhenThePurchasesCanNotBeLookedUp() throws Exception {
    Anvil anvil = start(Anvil.Options.standard());
    deployAndSell(anvil);
    try (FaultyRpc pruned = FaultyRpc.before(anvil.rpc())) {
      pruned.behave("eth_getLogs", question -> question.error(-32000, "history was pruned"));

      assertThat(codes(look(Map.of(), pruned.uri()))).contains(FindingCode.CHAIN_HISTORY);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://127.0.0.1:1 | 1 | fit | OK | CHAIN_QUORUM",
        "https://a.example.org | 1 | fit | WARNING | CHAIN_SINGLE",
        "https://a.example.org | 1 | away | UNREACHABLE | CHAIN_QUORUM_SHORT",
        "https://a.example.org | 1 | unfit | ERROR | CHAIN_QUORUM_SHORT",
        "https://a.example.org,https://b.example.org | 1 | fit,away | OK | CHAIN_QUORUM",
        "https://a.example.org,https://b.example.org | 2 | fit,fit | WARNING | CHAIN_QUORUM_TIGHT",
        "https://a.example.org,https://b.example.org | 2 | fit,away | UNREACHABLE |"
            + " CHAIN_QUORUM_SHORT",
        "https://a.example.org,https://b.example.org | 2 | fit,unfit | ERROR | CHAIN_QUORUM_SHORT",
        "https://a.example.org,https://b.example.org,https://c.example.org | 1 | fit,fit,fit |"
            + " WARNING | CHAIN_QUORUM_ONE",
        "https://a.example.org,https://b.example.org,https://c.example.org | 2 | fit,fit,fit | OK |"
            + " CHAIN_QUORUM",
        "https://a.example.org/1,https://a.example.org/2,https://a.example.org/3 | 2 | fit,fit,fit"
            + " | WARNING | CHAIN_SAME_HOST",
      })
  void knowsHowManyNodesMustAgree(
      String rpc, String quorum, String states, Finding.Level level, FindingCode code) {
    HourgateConfig config = Codes.config(folder, Map.of("chain.rpc", rpc, "chain.quorum", quorum));
    List<Report> reports = new ArrayList<>();
    for (String state : states.split(",", -1)) {
      reports.add(
          switch (state) {
            case "fit" -> new Report.Fit("x", 7, Instant.EPOCH, Duration.ZERO);
            case "away" -> new Report.Unfit("x", Fault.AWAY, "no answer");
            default -> new Report.Unfit("x", Fault.STALE, "old");
          });
    }

    assertThat(Codes.of(found -> ChainCheck.quorum(config.chain(), reports, found)).getFirst())
        .extracting(Finding::level, Finding::code)
        .containsExactly(level, code);
  }

  @Test
  void wantsNodesThatNobodyCanSpeakFor() {
    for (String near : List.of("http://127.0.0.1:1", "http://10.0.0.7", "http://node:8545")) {
      assertThat(settings(Map.of("chain.rpc", near))).isEmpty();
    }
    assertThat(settings(Map.of("chain.rpc", "https://rpc.example.org"))).isEmpty();
    assertThat(settings(Map.of("chain.rpc", "http://rpc.example.org")))
        .containsExactly(FindingCode.CHAIN_CLEAR);
    assertThat(settings(Map.of("chain.max-head-age", OFF))).isEmpty(); // a development chain
    assertThat(settings(Map.of("chain.max-head-age", OFF, "chain.id", "1")))
        .containsExactly(FindingCode.CHAIN_AGE_UNCHECKED);
  }

  private List<FindingCode> settings(Map<String, String> settings) {
    HourgateConfig config = Codes.config(folder, settings);
    return Codes.bad(findings -> ChainCheck.settings(config.chain(), findings));
  }

  @Test
  void tellsThatAHistoryFromTheFirstBlockTakesLong() {
    assertThat(history(0, 2_000_000)).containsExactly(FindingCode.CHAIN_HISTORY_SLOW);
    assertThat(history(1_999_000, 2_000_000)).isEmpty();
    assertThat(history(0, 20_000)).isEmpty();
  }

  private static List<FindingCode> history(long from, long head) {
    return Codes.bad(found -> ChainCheck.history(History.READABLE, from, head, found));
  }
}
