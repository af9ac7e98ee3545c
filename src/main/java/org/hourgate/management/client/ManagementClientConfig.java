package org.hourgate.management.client;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How to reach one OpenVPN process.
 *
 * @param password asked anew at every attempt, on a thread that may block; what it throws is told
 *     as the reason why there is no connection
 */
public record ManagementClientConfig(
    ManagementAddress address,
    Optional<Supplier<String>> password,
    Timeouts timeouts,
    Limits limits) {

  /** The defaults for an address without a password. */
  public static ManagementClientConfig of(ManagementAddress address) {
    return new ManagementClientConfig(address, Optional.empty(), Timeouts.DEFAULT, Limits.DEFAULT);
  }

  /** The same with a password. */
  public ManagementClientConfig withPassword(Supplier<String> password) {
    return new ManagementClientConfig(address, Optional.of(password), timeouts, limits);
  }

  /** The same with other times. */
  public ManagementClientConfig withTimeouts(Timeouts timeouts) {
    return new ManagementClientConfig(address, password, timeouts, limits);
  }

  /** The same with other bounds. */
  public ManagementClientConfig withLimits(Limits limits) {
    return new ManagementClientConfig(address, password, timeouts, limits);
  }

  /**
   * What is waited for, and how long.
   *
   * @param connect for the socket
   * @param greeting for OpenVPN's first line; it writes none while another controller is attached
   * @param command for all replies of one send, from the call on
   * @param stall for any reply while commands are unanswered; then the connection is closed
   * @param idle for any byte before a {@code pid} asks whether the daemon lives
   * @param probe for the answer to it; then the connection is closed
   * @param firstRetry after a loss; doubled at each failure
   * @param lastRetry which it never exceeds
   * @param passwordRetry after a refused password, instead: OpenVPN hangs up after three
   */
  public record Timeouts(
      Duration connect,
      Duration greeting,
      Duration command,
      Duration stall,
      Duration idle,
      Duration probe,
      Duration firstRetry,
      Duration lastRetry,
      Duration passwordRetry) {

    /** Fit for a daemon on the same machine. */
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5));
  }

  /**
   * How much may be under way. The window is small so that what is urgent soon has its turn:
   * OpenVPN works through it in a few milliseconds.
   *
   * @param windowCommands written and not yet answered; one send may exceed it once
   * @param windowBytes the same in bytes
   * @param queuedCommands waiting for the socket, for each priority but the next
   * @param queuedCuts waiting at priority CUT
   */
  public record Limits(int windowCommands, int windowBytes, int queuedCommands, int queuedCuts) {

    /**
     * Holds the verdicts of 100,000 clients at once, and the cut of as many: OpenVPN reads none of
     * them before all that it has to say was read ({@code manage.c man_update_io_state}), and one
     * that found no room would leave its client waiting.
     */
    public static final Limits DEFAULT = new Limits(512, 32 * 1024, 262_144, 1_048_576);
  }
}
