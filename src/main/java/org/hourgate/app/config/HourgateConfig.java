package org.hourgate.app.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.chain.Confirmations;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.config.ConfigException;
import org.hourgate.infrastructure.config.Key;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.infrastructure.net.Rate;
import org.hourgate.operator.GuestRole;
import org.hourgate.shop.SellerFacts;

/** Everything an operator can choose. Immutable; paths are absolute or start where we were run. */
public record HourgateConfig(
    Gateway gateway,
    List<OpenVpn> openvpn,
    Chain chain,
    Credentials credential,
    Expiry expiry,
    Limits limits,
    Shop shop,
    Admin admin,
    Log log) {

  public HourgateConfig {
    openvpn = List.copyOf(openvpn);
  }

  /**
   * Reads the file and its overrides.
   *
   * @param environment the process's variables; those that begin with {@code HOURGATE_} count
   * @param settings values by path from the command line
   * @throws ConfigException with everything that is wrong
   */
  public static HourgateConfig read(
      Path file, Map<String, String> environment, Map<String, String> settings) {
    return ConfigReader.read(file, environment, settings);
  }

  /**
   * Reads where the running gate listens, and looks at nothing else.
   *
   * @throws ConfigException if the file can't be read at all
   */
  public static Path adminSocket(
      Path file, Map<String, String> environment, Map<String, String> settings) {
    return ConfigReader.adminSocket(file, environment, settings);
  }

  /** Every key, in the order of the reference. */
  public static List<Key> keys() {
    return ConfigReader.keys();
  }

  /**
   * What customers see of us.
   *
   * @param key the file of the secret that makes nonces and tokens
   */
  public record Gateway(String name, URI publicUrl, Path stateDir, Path key) {}

  /**
   * One OpenVPN process.
   *
   * @param management {@code unix:/path} or {@code tcp:HOST:PORT}
   * @param managementPassword the file whose first line is the password
   */
  public record OpenVpn(
      String name,
      String management,
      Optional<Path> managementPassword,
      Mode mode,
      Optional<Script> script,
      Optional<Path> profileTemplate,
      Optional<Operator> operator) {}

  /**
   * Who shares an instance's management interface.
   *
   * @param password the file whose first line every guest must say; always there with a port
   * @param group whose members may use a unix socket too
   */
  public record Operator(
      OperatorAddress address, Optional<Path> password, Optional<String> group, GuestRole role) {}

  /** Where guests connect. */
  public sealed interface OperatorAddress {

    /** A unix socket. */
    record Unix(Path path) implements OperatorAddress {}

    /** A port of loopback. */
    record Tcp(InetSocketAddress address) implements OperatorAddress {}
  }

  /** How an instance asks us. */
  public enum Mode {
    /** By {@code management-client-auth}. */
    MANAGEMENT,
    /** By the scripts of {@code openvpn-conf/script/}. */
    SCRIPT
  }

  /**
   * Where scripts meet us.
   *
   * @param folder also the instance's {@code tmp-dir}
   * @param group what OpenVPN's user is a member of; empty if OpenVPN stays root
   */
  public record Script(Path folder, Optional<String> group) {}

  /**
   * Where time is bought.
   *
   * @param quorum how many nodes must agree before anybody is let in or ended early
   * @param maxHeadAge empty if old blocks are no reason to doubt the node
   */
  public record Chain(
      long id,
      List<URI> rpc,
      List<WalletAddress> contracts,
      int quorum,
      Confirmations confirmations,
      Duration poll,
      Optional<Duration> maxHeadAge) {
    public Chain {
      rpc = List.copyOf(rpc);
      contracts = List.copyOf(contracts);
    }
  }

  /** How long a signed password is good, and for how many connections at once. */
  public record Credentials(
      Duration loginLifetime,
      Duration deviceLifetime,
      int sessionsPerWallet,
      WhenFull whenFull,
      WebSignIn webSignIn,
      Duration webSignInTime) {}

  /** Who may sign on the page for a client that waits. */
  public enum WebSignIn {
    SAME_ADDRESS,
    ANYWHERE,
    OFF
  }

  /** Who goes when a wallet has no session left. */
  public enum WhenFull {
    NEWEST_WINS,
    REFUSE
  }

  /**
   * The end of a session.
   *
   * @param belt how long after the paid time OpenVPN ends a session by itself; empty if never
   */
  public record Expiry(Optional<Duration> belt) {}

  /** How often one network address may ask; empty is without limit. */
  public record Limits(
      Optional<Rate> connectsPerSource,
      Optional<Rate> noncesPerSource,
      Optional<Rate> requestsPerSource,
      List<CidrBlock> exempt) {
    public Limits {
      exempt = List.copyOf(exempt);
    }
  }

  /**
   * The customers' listener.
   *
   * @param trustedProxies who may say in {@code X-Forwarded-For} whom it speaks for
   * @param tunnelListen where connected customers see their time; may not exist yet
   * @param seller what customers read about the connection
   * @param chain what a wallet needs to know to add the chain
   * @param historyFromBlock the first block that may hold a purchase
   */
  public record Shop(
      InetSocketAddress listen,
      Tls tls,
      List<CidrBlock> trustedProxies,
      List<InetSocketAddress> tunnelListen,
      SellerFacts seller,
      ChainFacts chain,
      long historyFromBlock) {
    public Shop {
      trustedProxies = List.copyOf(trustedProxies);
      tunnelListen = List.copyOf(tunnelListen);
    }
  }

  /**
   * The chain as people know it.
   *
   * @param currency what fees are paid in
   * @param walletRpc nodes that visitors' wallets may ask
   * @param explorer where transactions can be looked at
   */
  public record ChainFacts(
      String name, String currency, List<URI> walletRpc, Optional<URI> explorer) {
    public ChainFacts {
      walletRpc = List.copyOf(walletRpc);
    }
  }

  /** The certificate of the customers' listener. */
  public sealed interface Tls {

    /** Our own, made at the first start. */
    record SelfSigned() implements Tls {}

    /** PEM files. */
    record Files(Path certificate, Path key) implements Tls {}

    /** Plain HTTP: on this machine only, or behind a proxy that does TLS. */
    record Off() implements Tls {}
  }

  /**
   * The operator's listener and socket.
   *
   * @param group whose members may use the socket too
   */
  public record Admin(InetSocketAddress listen, Path socket, Optional<String> group) {}

  /** What the log looks like. */
  public record Log(LogFormat format, LogLevel level) {}

  /** For whom. */
  public enum LogFormat {
    TEXT,
    JSON
  }

  /** How much of it; the audit log is always whole. */
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }
}
