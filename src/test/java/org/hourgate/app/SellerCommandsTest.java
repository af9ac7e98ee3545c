package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.testing.FaultyRpc;
import org.hourgate.testing.TestDollar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** The seller's commands as a shell runs them, but in this process, on a chain of their own. */
final class SellerCommandsTest {

  private static final WalletKey OWNER = Anvil.key(0);
  private static final WalletKey ALICE = Anvil.key(1);
  private static final WalletKey BOB = Anvil.key(2);
  private static final BigInteger CENT = new BigInteger("10000000000000000");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String TILL = "0x" + "1".repeat(40);

  @TempDir private Path folder;
  private final Anvil anvil = Anvil.start(Anvil.Options.standard());
  private final HourgateContract contract =
      HourgateContract.deploy(anvil.rpc(), Anvil.CHAIN_ID, OWNER, OWNER.address());
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();
  private String ownerKey;
  private String aliceKey;

  @BeforeEach
  void writeKeys() throws IOException {
    ownerKey = key("owner.key", 0);
    aliceKey = key("alice.key", 1);
  }

  private String key(String name, int account) throws IOException {
    return Files.writeString(folder.resolve(name), Anvil.privateKey(account) + "\n").toString();
  }

  @AfterEach
  void close() {
    contract.close();
    anvil.close();
  }

  @Test
  void listsNothingAsLongAsThereIsNothing() {
    assertThat(products()).isZero();
    assertThat(out.toString())
        .contains("contract " + contract.address().checksummed() + " on chain 31337, owner 0xf39F")
        .contains("to withdraw: 0 ether")
        .contains("No products yet");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void putsTimeOnSaleAndOffAgain() {
    assertThat(owner("products", "add", "--price", "0.01 ether", "--duration", "1h")).isZero();
    assertThat(out.toString())
        .startsWith("Product 0 is for sale: 1 hour for 0.01 ether.\ntransaction 0x")
        .containsPattern(" in block 2, fee 0\\.[0-9]+ ether\n$");
    assertThat(err.toString())
        .contains("Put 1 hour for 0.01 ether on sale:")
        .contains("signed by  " + OWNER.address().checksummed())
        .containsPattern("gas        at most 0\\.[0-9]+ ether");
    assertThat(owner("products", "add", "--json", "--price", "1gwei", "--duration", "30d"))
        .isZero();
    JsonNode added = Json.readTree(out.toString());
    assertThat(added.path("product").asInt()).isEqualTo(1);
    assertThat(added.path("transaction").asString()).matches("0x[0-9a-f]{64}");
    assertThat(added.path("block").asInt()).isEqualTo(3);
    assertThat(new BigInteger(added.path("fee").asString())).isPositive();

    assertThat(owner("products", "off", "0")).isZero();
    assertThat(contract.product(0).active()).isFalse();
    assertThat(owner("products", "off", "0")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo("hourgate: product 0 is off sale already. Nothing was sent.\n");
    assertThat(products()).isZero();
    assertThat(out.toString().lines().skip(3))
        .containsExactly(
            "PRODUCT  TIME                 PRICE              FOR SALE  TOKEN",
            "0        1 hour               0.01 ether         no",
            "1        30 days (720 hours)  0.000000001 ether  yes");
    assertThat(owner("products", "on", "0")).isZero();
    assertThat(contract.product(0).active()).isTrue();
  }

  @Test
  void sellsForTokens() {
    WalletAddress dollar = TestDollar.deploy(contract.transactor(), OWNER);
    TestDollar.mint(contract.transactor(), OWNER, dollar, ALICE.address(), 100);
    String token = dollar.checksummed();

    assertThat(
            owner("products", "add", "--price", "5.5 tusd", "--duration", "90m", "--token", token))
        .isZero();
    assertThat(out.toString()).startsWith("Product 0 is for sale: 90 minutes for 5.5 TUSD.\n");
    assertThat(err.toString()).contains("token      " + token);
    contract.token(dollar).approve(ALICE, contract.address(), BigInteger.valueOf(5_500_000));
    contract.purchaseProduct(ALICE, 0, BigInteger.ZERO);
    assertThat(run(in("products", "list"))).isZero();
    assertThat(out.toString())
        .contains("to withdraw: 0 ether, 5.5 TUSD")
        .contains("0        90 minutes  5.5 TUSD  yes       " + token);
    assertThat(run(in("products", "--json"))).isZero();
    JsonNode list = Json.readTree(out.toString());
    assertThat(list.at("/products/0/price").asString()).isEqualTo("5500000");
    assertThat(list.at("/products/0/token").asString()).isEqualTo(token);
    assertThat(list.at("/products/0/symbol").asString()).isEqualTo("TUSD");
    assertThat(list.at("/products/0/decimals").asInt()).isEqualTo(6);
    assertThat(list.at("/products/0/duration").asInt()).isEqualTo(5400);
    assertThat(list.at("/products/0/active").asBoolean()).isTrue();
    assertThat(list.at("/takings/1/amount").asString()).isEqualTo("5500000");

    assertThat(owner("withdraw", "--to", token, "--token", token)).isEqualTo(2);
    assertThat(err.toString()).contains("is the token's contract: what goes there is lost");
    assertThat(owner("withdraw", "--to", TILL, "--token", token)).isZero();
    assertThat(out.toString()).startsWith("5.5 TUSD went to " + TILL + ".\n");
    assertThat(owner("withdraw", "--to", TILL, "--token", token)).isEqualTo(1);
    assertThat(err.toString()).contains("there is no TUSD to withdraw");
  }

  @Test
  void takesNoTokenThatDoesNotAnswer() {
    String[] add = {"products", "add", "--price", "5", "--duration", "1h", "--token", TILL};
    assertThat(owner(add)).isEqualTo(5);
    assertThat(err.toString()).contains(TILL + " is no token (ERC-20) on chain 31337");
    assertThat(contract.products()).isEmpty();
  }

  @Test
  void givesTimeAndTakesItBack() {
    String alice = ALICE.address().checksummed();
    assertThat(owner("grant", alice, "2h")).isZero();
    assertThat(out.toString()).startsWith(alice + " is paid until ");
    assertThat(err.toString())
        .contains("Give 2 hours to " + alice)
        .contains("paid until  no time left; then about ");
    assertThat(contract.entitlementOf(ALICE.address()).paidUntil())
        .isEqualTo(anvil.headTime().plus(Duration.ofHours(2)));

    String bob = BOB.address().checksummed();
    assertThat(owner("refund", alice, "--amount", "0.005 ether", "--payee", bob)).isZero();
    assertThat(out.toString())
        .startsWith("The time of " + alice + " ended at ")
        .contains("0.005 ether is credited to " + bob + ": 'hourgate claim' takes it.");
    assertThat(err.toString())
        .contains("End the time of " + alice)
        .contains("pays back   0.005 ether, from the owner's wallet");
    assertThat(contract.entitlementOf(ALICE.address()).paidUntil())
        .isBeforeOrEqualTo(anvil.headTime());
    assertThat(owner("refund", alice, "--amount", "0")).isEqualTo(1);
    assertThat(err.toString()).contains("has no time left, and is to get nothing back");

    assertThat(run(in("claim", "--wallet-key-file", aliceKey, "--yes"))).isEqualTo(1);
    assertThat(err.toString()).contains("nothing is credited to " + alice);
  }

  @Test
  void tellsOfARefundItsOwnAmount() {
    contract.grant(OWNER, ALICE.address(), HOUR);
    contract.refund(OWNER, ALICE.address(), BOB.address(), CENT);

    String alice = ALICE.address().checksummed();
    String bob = BOB.address().checksummed();
    assertThat(owner("refund", alice, "--amount", "3 wei", "--payee", bob, "--json")).isZero();

    assertThat(Json.readTree(out.toString()).path("amount").asString()).isEqualTo("3");
  }

  @Test
  void letsThePayeeClaim() {
    contract.refund(OWNER, ALICE.address(), ALICE.address(), CENT);
    assertThat(run(in("claim", "--wallet-key-file", aliceKey, "--yes", "--to", TILL))).isZero();
    assertThat(out.toString()).startsWith("0.01 ether went to " + TILL + ".\n");
    assertThat(contract.transactor().balance(WalletAddress.parse(TILL))).isEqualTo(CENT);
  }

  @Test
  void withdrawsWhatIsNotCreditedToAnybody() {
    contract.addProduct(OWNER, CENT, HOUR);
    contract.purchaseProduct(ALICE, 0, CENT);
    contract.refund(OWNER, ALICE.address(), ALICE.address(), BigInteger.TWO);

    assertThat(owner("withdraw", "--to", contract.address().checksummed())).isEqualTo(2);
    assertThat(err.toString()).contains("is the contract itself: what goes there is lost");
    assertThat(owner("withdraw", "--json", "--to", TILL)).isZero();
    assertThat(Json.readTree(out.toString()).path("amount").asString()).isEqualTo(CENT.toString());
    assertThat(contract.transactor().balance(contract.address())).isEqualTo(2);
    assertThat(owner("withdraw", "--to", TILL)).isEqualTo(1);
  }

  @Test
  void pausesPurchases() {
    assertThat(owner("pause")).isZero();
    assertThat(contract.isPaused()).isTrue();
    assertThat(owner("pause")).isEqualTo(1);
    assertThat(products()).isZero();
    assertThat(out.toString()).contains("Purchases are paused: nobody can buy");
    assertThat(owner("unpause")).isZero();
    assertThat(contract.isPaused()).isFalse();
  }

  @Test
  void sendsNothingInADryRun() {
    long blocks = anvil.blockNumber();
    assertThat(owner("products", "add", "--price", "1 wei", "--duration", "1s", "--dry-run"))
        .isZero();
    assertThat(out.toString())
        .startsWith("Put 1 second for 0.000000000000000001 ether on sale:\n")
        .endsWith("Tried out: it would be taken. Nothing was sent.\n");
    assertThat(err.toString()).isEmpty();
    assertThat(owner("refund", TILL, "--amount", "20000 ether", "--dry-run")).isEqualTo(5);
    assertThat(err.toString()).contains("and needs up to 20000 ether for what it sends along");
    assertThat(anvil.blockNumber()).isEqualTo(blocks);
  }

  @Test
  void asksBeforeItSends() {
    assertThat(run(in("pause", "--wallet-key-file", ownerKey))).isEqualTo(2);
    assertThat(err.toString()).contains("there is no terminal to ask").contains("add --yes");
    assertThat(contract.isPaused()).isFalse();
  }

  @Test
  void spendsNoMoreOnGasThanAllowed() {
    assertThat(owner("pause", "--max-fee", "1 wei")).isEqualTo(5);
    assertThat(err.toString()).contains("more than --max-fee allows. Nothing was sent.");
    assertThat(owner("pause", "--max-fee", "cheap")).isEqualTo(2);
    assertThat(contract.isPaused()).isFalse();
    assertThat(owner("pause", "--max-fee", "1 ether")).isZero();
  }

  @Test
  void saysThatItIsDoneEvenIfTheNodeTellsNoDetails() {
    try (FaultyRpc node = FaultyRpc.before(anvil.rpc())) {
      node.behave(
          "eth_getTransactionReceipt",
          question ->
              question.replace(
                  reply ->
                      reply.replaceAll("\"logs\":\\[.*],\"logsBloom", "\"logs\":[],\"logsBloom")));
      String alice = ALICE.address().checksummed();
      List<String> line = in("grant", alice, "1h", "--wallet-key-file", ownerKey, "--yes");
      line.replaceAll(word -> word.equals(anvil.rpc().toString()) ? node.uri().toString() : word);

      assertThat(run(line)).isZero();

      assertThat(out.toString()).startsWith("transaction 0x").hasLineCount(1);
      assertThat(err.toString()).contains("it is done, but the details can't be read: ");
      assertThat(contract.entitlementOf(ALICE.address()).paidUntil())
          .isEqualTo(anvil.headTime().plus(HOUR));
    }
  }

  @Test
  void doesNothingForOthersThanTheOwner() {
    List<List<String>> commands =
        List.of(
            List.of("products", "add", "--price", "1 wei", "--duration", "1h"),
            List.of("products", "off", "0"),
            List.of("grant", TILL, "1h"),
            List.of("refund", TILL, "--amount", "1 wei"),
            List.of("withdraw", "--to", TILL),
            List.of("pause"),
            List.of("unpause"));
    for (List<String> command : commands) {
      List<String> line = new ArrayList<>(in(command.toArray(String[]::new)));
      line.addAll(List.of("--wallet-key-file", aliceKey, "--yes"));
      assertThat(run(line)).as(command.toString()).isEqualTo(5);
      assertThat(err.toString())
          .contains(ALICE.address().checksummed() + " is not the owner of the contract")
          .contains("only " + OWNER.address().checksummed() + " may do this. Nothing was sent.")
          .hasLineCount(1);
    }
  }

  @Test
  void saysWhatTheContractRefuses() {
    assertThat(owner("products", "off", "7")).isEqualTo(5);
    assertThat(err.toString()).contains("there is no product 7: 'hourgate products' lists those");
    assertThat(owner("grant", OWNER.address().checksummed(), "1h")).isEqualTo(5);
    assertThat(err.toString()).contains("it can neither pay for time nor get any");
    contract.grant(OWNER, ALICE.address(), HOUR);
    assertThat(owner("grant", ALICE.address().checksummed(), "730d")).isEqualTo(5);
    assertThat(err.toString()).contains("is the latest end allowed, two years from now: take less");
    assertThat(owner("grant", "0x" + "0".repeat(40), "1h")).isEqualTo(5);
    assertThat(err.toString()).contains("the zero address is nobody's: name a wallet");
  }

  @Test
  void endsWithTwoForWhatIsNotWrittenWell() {
    assertThat(owner("products", "add", "--price", "0.01", "--duration", "1h")).isEqualTo(2);
    assertThat(err.toString()).contains("--price 0.01: Say which unit");
    assertThat(owner("products", "add", "--price", "1 ether", "--duration", "1500ms")).isEqualTo(2);
    assertThat(err.toString()).contains("must be whole seconds");
    assertThat(owner("grant", TILL, "800d")).isEqualTo(2);
    assertThat(err.toString()).contains("must be a duration from 1s to 730d");
    assertThat(owner("grant", "alice", "1h")).isEqualTo(2);
    assertThat(err.toString()).contains("Not a wallet address");
    assertThat(run(List.of("products", "--rpc", "ws://127.0.0.1:1", "--chain-id", "1")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("must be a URL that begins with http:// or https://");
    assertThat(run(List.of("products", "--rpc", anvil.rpc().toString()))).isEqualTo(2);
    assertThat(run(List.of("products", "--rpc", anvil.rpc() + "", "--chain-id", "31337")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--rpc and --chain-id need --contract too");
    assertThat(run(List.of("products", "--config", "x.yaml", "list"))).isEqualTo(2);
    assertThat(err.toString()).contains("Write --config behind 'list'.");
  }

  @Test
  void looksForTheContractInTheConfiguration() throws IOException {
    URI nobody = URI.create("http://127.0.0.1:9");
    String config =
        Files.writeString(
                folder.resolve("hourgate.yaml"),
                """
                gateway: { public-url: "https://vpn.example.org" }
                openvpn: [ { management: "unix:gate.sock" } ]
                chain: { id: 31337, rpc: ["%s", "%s"], contract: ["%s", "%s"] }
                """
                    .formatted(nobody, anvil.rpc(), contract.address().checksummed(), TILL))
            .toString();
    assertThat(run(List.of("products", "--config", config))).isZero();
    assertThat(out.toString()).contains("contract " + contract.address().checksummed());
    assertThat(run(List.of("products", "--config", config, "--contract", TILL))).isEqualTo(5);
    assertThat(err.toString())
        .contains(TILL + " is no Hourgate contract on chain 31337: nothing there answers getOwner");
    assertThat(run(List.of("products", "--config", config, "--set", "chain.rpc=" + nobody)))
        .isEqualTo(4);
    assertThat(err.toString()).contains("cannot reach " + nobody);
    assertThat(run(List.of("products", "--config", config, "--set", "chain.id=1"))).isEqualTo(5);
    assertThat(err.toString()).contains("is a node of chain 31337, not of 1");
    assertThat(run(List.of("products", "--config", config + "x"))).isEqualTo(3);
  }

  private int products() {
    return run(in("products"));
  }

  /** Runs a command as the owner, who means it. */
  private int owner(String... command) {
    List<String> line = in(command);
    line.addAll(List.of("--wallet-key-file", ownerKey, "--yes"));
    return run(line);
  }

  private List<String> in(String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(
        List.of(
            "--rpc",
            anvil.rpc().toString(),
            "--chain-id",
            "31337",
            "--contract",
            contract.address().checksummed()));
    return line;
  }

  private int run(List<String> arguments) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments.toArray(String[]::new));
  }
}
