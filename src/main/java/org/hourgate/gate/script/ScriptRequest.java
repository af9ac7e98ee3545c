package org.hourgate.gate.script;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hourgate.management.ClientEnvironment;

/**
 * What {@code openvpn-conf/script/auth-user-pass-verify} hands over: one line, fields between tabs.
 * Texts hold the bytes as they came (ISO-8859-1). User name, password and protocol flags are the
 * client's own word, the rest is OpenVPN's.
 *
 * @param control the file, in the folder of both, that takes the verdict
 * @param reason the file that takes the text of a refusal
 * @param pid OpenVPN's process
 * @param tunnelAddress the client's address in the tunnel when a live session renews its keys,
 *     empty at a first login
 */
record ScriptRequest(
    String control,
    String reason,
    long pid,
    String sourceAddress,
    String sourcePort,
    String tunnelAddress,
    String protocolFlags,
    String program,
    String platform,
    String tokenSession,
    String tokenState,
    String username,
    String password) {

  private static final String VERSION = "2";
  private static final int FIELDS = 14;

  /** What scripts of an earlier version write: without the client's program. */
  private static final String FORMER_VERSION = "1";

  private static final int FORMER_FIELDS = 12;
  private static final Pattern CONTROL_FILE = Pattern.compile("openvpn_acf_[0-9a-f]{1,32}\\.tmp");
  private static final Pattern REASON_FILE = Pattern.compile("openvpn_afr_[0-9a-f]{1,32}\\.tmp");
  private static final Pattern PID = Pattern.compile("[0-9]{1,10}");

  /**
   * Reads a line; empty if it is none that the script writes. File names are taken as OpenVPN makes
   * them only ({@code platform.c platform_create_temp_file}).
   */
  static Optional<ScriptRequest> parse(String line) {
    String[] f = fields(line);
    boolean right =
        f.length == FIELDS
            && f[0].equals(VERSION)
            && CONTROL_FILE.matcher(f[1]).matches()
            && REASON_FILE.matcher(f[2]).matches()
            && PID.matcher(f[3]).matches();
    return right
        ? Optional.of(
            new ScriptRequest(
                f[1],
                f[2],
                Long.parseLong(f[3]),
                f[4],
                f[5],
                f[6],
                f[7],
                f[8],
                f[9],
                f[10],
                f[11],
                f[12],
                f[13]))
        : Optional.empty();
  }

  private static String[] fields(String line) {
    String[] f = line.split("\t", -1);
    if (f.length == FORMER_FIELDS && f[0].equals(FORMER_VERSION)) {
      return new String[] {
        VERSION, f[1], f[2], f[3], f[4], f[5], f[6], f[7], "", "", f[8], f[9], f[10], f[11]
      };
    }
    return f;
  }

  /**
   * Whether a client at this address, as {@code status 3} tells it, sent this. OpenVPN 2.6 tells no
   * port with IPv6 (mroute.c mroute_addr_print_ex); 2.7 tells it, and the protocol in front.
   */
  boolean isFrom(String realAddress) {
    String ip = sourceAddress.replaceFirst("%.*", ""); // fe80::1%eth0
    String told = realAddress.replaceFirst("^(udp|tcp)[46]?(-server)?:", "");
    return told.equals(ip + ":" + sourcePort)
        || (ip.contains(":") && (told.equals(ip) || told.equals("[" + ip + "]:" + sourcePort)));
  }

  boolean isRenewal() {
    return !tunnelAddress.isEmpty();
  }

  /** Where the client sends from. */
  String source() {
    return sourceAddress + " " + sourcePort;
  }

  /** The same in the words of a {@code >CLIENT:CONNECT} block. */
  ClientEnvironment environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("username", username);
    variables.put("password", password);
    variables.put("untrusted_ip", sourceAddress);
    variables.put("untrusted_port", sourcePort);
    for (Map.Entry<String, String> entry :
        List.of(
            Map.entry("IV_PROTO", protocolFlags),
            Map.entry("IV_GUI_VER", program),
            Map.entry("IV_PLAT", platform),
            Map.entry("session_id", tokenSession),
            Map.entry("session_state", tokenState))) {
      if (!entry.getValue().isEmpty()) {
        variables.put(entry.getKey(), entry.getValue());
      }
    }
    return new ClientEnvironment(variables, false);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ScriptRequest[" + control + " from " + source() + "]";
  }
}
