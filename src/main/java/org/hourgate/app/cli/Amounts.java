package org.hourgate.app.cli;

import java.math.BigInteger;
import org.hourgate.chain.Currency;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Amounts of money as they are typed. */
public final class Amounts {

  private Amounts() {}

  /**
   * Reads an amount.
   *
   * @return in the smallest unit
   * @throws ParameterException if it is none
   */
  public static BigInteger parse(
      CommandSpec command, String option, Currency currency, String text) {
    try {
      return currency.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          command.commandLine(), "%s %s: %s".formatted(option, text, e.getMessage()));
    }
  }
}
