package org.hourgate.management.fake;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a client says when it logs in, for {@link FakeOpenVpn#connect(FakeLogin)}.
 *
 * @param username as it was typed: control characters become underscores, as with OpenVPN
 * @param password likewise
 * @param peerInfo {@code IV_…} and {@code UV_…} lines in the order in which they are printed
 * @param rawPeerInfo any further lines of peer-info; the daemon prints them where {@code
 *     env-filter} is not 0
 * @param printed turns the lines of the CONNECT block, from head to END, into what is printed
 *     instead: for blocks that no daemon should print
 */
public record FakeLogin(
    String username,
    String password,
    Map<String, String> peerInfo,
    List<String> rawPeerInfo,
    UnaryOperator<List<String>> printed) {

  private static final Map<String, String> ORDINARY = ordinary();

  /** An ordinary 2.6 client. */
  public static FakeLogin of(String username, String password) {
    return new FakeLogin(username, password, ORDINARY, List.of(), UnaryOperator.identity());
  }

  /** The same with more peer-info, or other values of the usual one. */
  public FakeLogin withPeerInfo(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(peerInfo);
    all.putAll(more);
    return new FakeLogin(username, password, all, rawPeerInfo, printed);
  }

  /** The same, trying to forge these lines ({@code NAME=value}). */
  public FakeLogin forging(String... lines) {
    return new FakeLogin(username, password, peerInfo, List.of(lines), printed);
  }

  /** The same, with its block rewritten. */
  public FakeLogin printedAs(UnaryOperator<List<String>> rewriting) {
    return new FakeLogin(username, password, peerInfo, rawPeerInfo, rewriting);
  }

  private static Map<String, String> ordinary() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("IV_COMP_STUBv2", "1");
    variables.put("IV_COMP_STUB", "1");
    variables.put("IV_LZO_STUB", "1");
    variables.put("IV_PROTO", "990");
    variables.put("IV_CIPHERS", "AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305");
    variables.put("IV_NCP", "2");
    variables.put("IV_MTU", "1600");
    variables.put("IV_TCPNL", "1");
    variables.put("IV_PLAT", "linux");
    variables.put("IV_VER", "2.6.14");
    return variables;
  }
}
