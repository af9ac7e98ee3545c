package org.hourgate.session;

import java.util.Optional;
import java.util.regex.Pattern;
import org.hourgate.management.ClientEnvironment;

/**
 * What a client said of itself in a CONNECT or REAUTH block. Every value but the source address is
 * the client's own word.
 *
 * @param username as it came, maybe empty
 * @param password as it came, maybe empty
 * @param sourceAddress the network address of the client, {@code untrusted_ip} or {@code
 *     untrusted_ip6}; empty if the block had none
 * @param protocolFlags {@code IV_PROTO}, 0 if absent or malformed
 * @param program what the client says it is, {@code IV_GUI_VER} and {@code IV_PLAT}: letters,
 *     digits and dots, for people to read; may be empty
 * @param tokenSession {@code session_id}, present only where OpenVPN makes tokens of its own
 *     ({@code auth-gen-token … external-auth})
 * @param tokenState {@code session_state}, present together with {@code session_id}
 * @param soundness whether the block may be believed at all
 */
public record ClientLogin(
    String username,
    String password,
    String sourceAddress,
    int protocolFlags,
    String program,
    Optional<String> tokenSession,
    Optional<String> tokenState,
    Soundness soundness) {

  /** Whether the lines of a block are OpenVPN's own. */
  public enum Soundness {
    SOUND,
    /** The block began before {@code env-filter 0} was confirmed: lines may be forged. */
    BEFORE_ENV_FILTER,
    /** A name came twice. */
    DUPLICATE_NAMES
  }

  /** {@code IV_PROTO} bit of clients that understand {@code AUTH_FAILED,TEMP} (ssl.h). */
  private static final int AUTH_FAIL_TEMP = 256;

  private static final int MAX_PROGRAM = 64;
  private static final Pattern NOT_PLAIN = Pattern.compile("[^A-Za-z0-9._ -]+");

  static ClientLogin of(ClientEnvironment environment, boolean envFilterConfirmed) {
    Soundness soundness =
        environment.duplicated()
            ? Soundness.DUPLICATE_NAMES
            : envFilterConfirmed ? Soundness.SOUND : Soundness.BEFORE_ENV_FILTER;
    return new ClientLogin(
        environment.get("username").orElse(""),
        environment.get("password").orElse(""),
        sourceAddress(environment),
        flags(environment.get("IV_PROTO").orElse("")),
        program(environment),
        environment.get("session_id"),
        environment.get("session_state"),
        soundness);
  }

  static String sourceAddress(ClientEnvironment environment) {
    return environment
        .get("untrusted_ip")
        .or(() -> environment.get("untrusted_ip6"))
        .or(() -> environment.get("trusted_ip"))
        .or(() -> environment.get("trusted_ip6"))
        .orElse("");
  }

  private static String program(ClientEnvironment environment) {
    String text =
        environment.get("IV_GUI_VER").orElse("OpenVPN")
            + environment.get("IV_PLAT").map(platform -> " on " + platform).orElse("");
    String plain = NOT_PLAIN.matcher(text).replaceAll(" ").strip();
    return plain.substring(0, Math.min(plain.length(), MAX_PROGRAM));
  }

  private static int flags(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0; // The client's own word: no flags is the careful reading.
    }
  }

  /** Returns whether the client reconnects by itself after {@code AUTH_FAILED,TEMP}. */
  public boolean understandsTemporaryFailure() {
    return (protocolFlags & AUTH_FAIL_TEMP) != 0;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ClientLogin[" + username + " from " + sourceAddress + ", " + soundness + "]";
  }
}
