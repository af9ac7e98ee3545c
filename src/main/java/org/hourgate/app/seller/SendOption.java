package org.hourgate.app.seller;

import java.io.Console;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.hourgate.app.cli.Amounts;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.cli.Texts;
import org.hourgate.app.cli.WalletOption;
import org.hourgate.chain.ChainException;
import org.hourgate.chain.ContractCall;
import org.hourgate.chain.Currency;
import org.hourgate.chain.Draft;
import org.hourgate.chain.HourgateContract;
import org.hourgate.chain.Receipt;
import org.hourgate.chain.Transactor;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Whose transaction, and how much is asked before it is sent. The order is always the same: try it
 * out, say what it is going to do, ask, send, wait, say what it did. The plan and the progress are
 * on standard error; standard output has the outcome alone.
 */
final class SendOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Mixin private WalletOption wallet;

  @Option(
      names = {"-y", "--yes"},
      description = "Don't ask before sending.")
  private boolean yes;

  @Option(names = "--dry-run", description = "Try it out and say what it would do; send nothing.")
  private boolean dryRun;

  @Option(
      names = "--max-fee",
      paramLabel = "AMOUNT",
      description = "Send nothing if the gas could cost more than this, such as \"0.01 ether\".")
  private @Nullable String maxFee;

  @Option(
      names = "--json",
      description = "Print the outcome as a JSON object; amounts in the smallest unit.")
  private boolean json;

  /** Reads the key, unless nobody could be asked whether to use it. */
  WalletKey key() {
    feeLimit();
    if (!yes && !dryRun && terminal().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "there is no terminal to ask whether to send it, so nothing was sent: add --yes, or"
              + " --dry-run to look only");
    }
    return wallet.load();
  }

  /** Reads the key; without a terminal the command itself is taken for a yes. */
  WalletKey keyOfWhoMeansIt() {
    yes |= terminal().isEmpty();
    return key();
  }

  int send(
      HourgateContract contract,
      WalletKey key,
      ContractCall call,
      Plan plan,
      Function<Receipt, Outcome> outcome) {
    Plan whole =
        plan.with(
            "contract",
            "%s on chain %d"
                .formatted(contract.address().checksummed(), contract.transactor().chainId()));
    return send(contract.transactor(), key, Optional.of(contract.address()), call, whole, outcome);
  }

  int send(
      Transactor transactor,
      WalletKey key,
      Optional<WalletAddress> to,
      ContractCall call,
      Plan plan,
      Function<Receipt, Outcome> outcome) {
    Draft draft = transactor.tryOut(key.address(), to, call);
    feeLimit()
        .filter(limit -> draft.feeAtMost().compareTo(limit) > 0)
        .ifPresent(
            limit -> {
              throw new CommandException(
                  ExitCode.REFUSED,
                  "gas could cost %s at present, more than --max-fee allows. Nothing was sent."
                      .formatted(Texts.fee(draft.feeAtMost())));
            });
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    whole(plan, draft, transactor).lines().forEach((dryRun ? out : err)::println);
    if (dryRun) {
      out.println("Tried out: it would be taken. Nothing was sent.");
      return ExitCode.OK;
    }
    if (!yes && !isConfirmed()) {
      err.println("Nothing was sent.");
      return ExitCode.NOTHING_TO_DO;
    }
    Transactor.Submitted submitted = transactor.submit(key, draft);
    err.println("Sent " + submitted.hash() + ", waiting for its block ...");
    Receipt receipt = transactor.await(submitted);
    print(described(receipt, outcome), receipt);
    return ExitCode.OK;
  }

  /** Nothing that is wrong with the description makes undone what is done. */
  private Outcome described(Receipt receipt, Function<Receipt, Outcome> outcome) {
    try {
      return outcome.apply(receipt);
    } catch (ChainException e) {
      command
          .commandLine()
          .getErr()
          .println("hourgate: it is done, but the details can't be read: " + e.getMessage());
      return Outcome.of();
    }
  }

  /** Says that there is nothing to send. */
  int nothing(String why) {
    command.commandLine().getErr().println("hourgate: " + why + ". Nothing was sent.");
    return ExitCode.NOTHING_TO_DO;
  }

  private Optional<BigInteger> feeLimit() {
    return Optional.ofNullable(maxFee)
        .map(text -> Amounts.parse(command, "--max-fee", Currency.ETHER, text));
  }

  private static Plan whole(Plan plan, Draft draft, Transactor transactor) {
    Plan whole =
        plan.with("signed by", draft.sender().checksummed())
            .with("gas", "at most " + Texts.fee(draft.feeAtMost()))
            .with("node", transactor.node());
    return draft.waiting() == 0
        ? whole
        : whole.with(
            "behind",
            Texts.count(draft.waiting(), "earlier transaction")
                + " of this wallet, still waiting for a block");
  }

  private void print(Outcome outcome, Receipt receipt) {
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      Outcome whole =
          outcome.with("transaction", receipt.transaction()).with("block", receipt.block());
      out.println(
          Json.writePretty(
              receipt.fee().map(fee -> whole.with("fee", fee.toString())).orElse(whole).facts()));
    } else {
      outcome.lines().forEach(out::println);
      out.printf(
          "transaction %s in block %d%s%n",
          receipt.transaction(),
          receipt.block(),
          receipt.fee().map(fee -> ", fee " + Texts.fee(fee)).orElse(""));
    }
  }

  private static boolean isConfirmed() {
    return terminal()
        .map(console -> console.readLine("Send it? [y/N] "))
        .map(answer -> answer.strip().toLowerCase(Locale.ROOT))
        .filter(answer -> answer.equals("y") || answer.equals("yes"))
        .isPresent();
  }

  private static Optional<Console> terminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }
}
