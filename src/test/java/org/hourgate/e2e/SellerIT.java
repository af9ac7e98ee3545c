package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.app.lab.LabGateway.ALICE;
import static org.hourgate.app.lab.LabGateway.BOB;
import static org.hourgate.app.lab.LabGateway.OWNER;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.HourgateContract;
import org.hourgate.chain.Transactor;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.TestDollar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A seller's life, each command a process of its own, with customers who buy and connect. */
@Execution(CONCURRENT)
@ResourceLock("the gate of SellerIT")
final class SellerIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  private static final BigInteger CENT = new BigInteger("10000000000000000");
  private static final BigInteger FIVE_DOLLARS = BigInteger.valueOf(5_000_000);
  private static final Pattern CONTRACT = Pattern.compile("contract (0x[0-9a-fA-F]{40})");

  @TempDir private Path folder;
  private String config;
  private String ownerKey;
  private String aliceKey;

  @BeforeEach
  void writeKeys() throws Exception {
    config = lab.gateway().configuration().toString();
    ownerKey = Files.writeString(folder.resolve("owner"), Anvil.privateKey(0) + "\n").toString();
    aliceKey = Files.writeString(folder.resolve("alice"), Anvil.privateKey(1) + "\n").toString();
  }

  @Test
  void sellsFromTheDeploymentToTheWithdrawal() throws Exception {
    try (HourgateContract contract = deploy();
        Transactor chain = Transactor.connect(List.of(lab.gateway().anvil().rpc()), 31337)) {
      WalletAddress dollar = TestDollar.deploy(chain, OWNER);
      TestDollar.mint(chain, OWNER, dollar, BOB.address(), 100);

      owner("products", "add", "--price", "0.01 ether", "--duration", "1h");
      owner("products", "add", "--price", "5 TUSD", "--duration", "2h", "--token", hex(dollar));
      assertThat(succeeds("products", "list").out())
          .containsPattern("0 +1 hour +0.01 ether +yes")
          .containsPattern("1 +2 hours +5 TUSD +yes +" + hex(dollar));

      contract.purchaseProduct(ALICE, 0, CENT);
      contract.token(dollar).approve(BOB, contract.address(), FIVE_DOLLARS);
      contract.purchaseProduct(BOB, 1, BigInteger.ZERO);
      JsonNode list = JsonMapper.shared().readTree(succeeds("products", "--json").out());
      assertThat(list.at("/takings/0/amount").asString()).isEqualTo(CENT.toString());
      assertThat(list.at("/takings/1/amount").asString()).isEqualTo(FIVE_DOLLARS.toString());

      try (Visit alice = lab.connect(ALICE, "login");
          Visit bob = lab.connect(BOB, "login")) {
        Instant bought = paidUntil(contract, BOB);
        owner("grant", BOB.address().checksummed(), "30m");
        assertThat(paidUntil(contract, BOB)).isEqualTo(bought.plus(Duration.ofMinutes(30)));
        String sessions = Cli.run("sessions", "--json", "--config", config).out();
        assertThat(sessions).contains("\"until\" : " + paidUntil(contract, ALICE).getEpochSecond());

        assertThat(owner("refund", hex(ALICE.address()), "--amount", "0.004 ether").out())
            .contains("0.004 ether is credited to " + hex(ALICE.address()));

        assertThat(alice.client().output().await("Halt command was pushed", Lab.LONG).text())
            .contains("[expired]");
        assertThat(alice.client().process().awaitExit(Lab.LONG)).isZero();
        bob.assertUndisturbed();
      }
      String till = "0x" + "1".repeat(40);
      run(0, "claim", "--to", till, "--wallet-key-file", aliceKey, "--yes");
      run(1, "claim", "--to", till, "--wallet-key-file", aliceKey, "--yes");
      owner("withdraw", "--to", till);
      owner("withdraw", "--to", till, "--token", hex(dollar));
      assertThat(chain.balance(WalletAddress.parse(till)))
          .isEqualTo(CENT.multiply(BigInteger.valueOf(14)).divide(BigInteger.TEN));
      assertThat(contract.token(dollar).balanceOf(WalletAddress.parse(till)))
          .isEqualTo(FIVE_DOLLARS);

      owner("products", "off", "0");
      assertThat(contract.product(0).active()).isFalse();
      Cli.Result stranger = run(5, "products", "on", "0", "--wallet-key-file", aliceKey, "--yes");
      assertThat(stranger.err()).contains("is not the owner of the contract").hasLineCount(1);
      assertThat(stranger.out()).isEmpty();
      assertThat(contract.product(0).active()).isFalse();
    }
  }

  /** Deploys a contract, and lets the gate serve it. */
  private HourgateContract deploy() throws Exception {
    String rpc = lab.gateway().anvil().rpc().toString();
    Cli.Result deployed =
        Cli.run("deploy", "--rpc", rpc, "--chain-id", "31337", "--wallet-key-file", ownerKey);
    assertThat(deployed.exitCode()).as(deployed.err()).isZero();
    Matcher contract = CONTRACT.matcher(deployed.out());
    assertThat(contract.find()).isTrue();
    Path file = lab.gateway().configuration();
    lab.gateway().stopGate();
    Files.writeString(
        file,
        Files.readString(file)
            .replace(lab.gateway().contract().address().checksummed(), contract.group(1)));
    lab.startGate();
    return HourgateContract.at(
        lab.gateway().anvil().rpc(), Anvil.CHAIN_ID, WalletAddress.parse(contract.group(1)));
  }

  @Test
  void asksOnATerminal() throws Exception {
    HourgateContract contract = lab.gateway().contract();
    List<String> pause =
        Cli.line(
            "pause",
            "--config",
            config,
            "--contract",
            hex(contract.address()),
            "--wallet-key-file",
            ownerKey);

    assertThat(typed("", pause)).contains("Send it? [y/N]", "Nothing was sent.");
    assertThat(typed("no\n", pause)).contains("Send it? [y/N]", "Nothing was sent.");
    assertThat(contract.isPaused()).isFalse();
    assertThat(typed("y\n", pause))
        .containsSubsequence("Stop all purchases", "at most", "Send it?", "Purchases are paused.");
    assertThat(contract.isPaused()).isTrue();
    contract.unpause(OWNER);
  }

  /** What is on a terminal's screen after a command was run there and this was typed. */
  private String typed(String keys, List<String> command) throws Exception {
    Path screen = folder.resolve("screen");
    String line = command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    Process process =
        new ProcessBuilder("script", "-qec", line, "/dev/null")
            .redirectInput(Files.writeString(folder.resolve("keys"), keys).toFile())
            .redirectOutput(screen.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(process.waitFor(Lab.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(screen);
  }

  private Cli.Result owner(String... command) throws Exception {
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(List.of("--wallet-key-file", ownerKey, "--yes"));
    return succeeds(line.toArray(String[]::new));
  }

  private Cli.Result succeeds(String... command) throws Exception {
    return run(0, command);
  }

  private Cli.Result run(int exitCode, String... command) throws Exception {
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(List.of("--config", config));
    Cli.Result result = Cli.run(line.toArray(String[]::new));
    assertThat(result.exitCode()).as(line + "\n" + result.err()).isEqualTo(exitCode);
    return result;
  }

  private static Instant paidUntil(HourgateContract contract, WalletKey wallet) {
    return contract.entitlementOf(wallet.address()).paidUntil();
  }

  private static String hex(WalletAddress address) {
    return address.checksummed();
  }
}
