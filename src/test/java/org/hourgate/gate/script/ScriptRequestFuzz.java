package org.hourgate.gate.script;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.fuzz.FuzzTarget;

/**
 * Whatever is written into the pipe: no file outside of the folder is ever named, and what is taken
 * is what was written, field by field.
 */
public final class ScriptRequestFuzz implements FuzzTarget {

  @Override
  public void run(byte[] input) {
    for (String line : new String(input, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      ScriptRequest.parse(line).ifPresent(request -> check(line, request));
    }
  }

  private static void check(String line, ScriptRequest request) {
    for (String file : List.of(request.control(), request.reason())) {
      if (!file.matches("openvpn_a[cf][fr]_[0-9a-f]+\\.tmp")) {
        throw new IllegalStateException("a file of another name: " + file);
      }
    }
    String[] fields = line.split("\t", -1);
    List<String> read =
        new ArrayList<>(
            List.of(
                fields[0],
                request.control(),
                request.reason(),
                fields[3],
                request.sourceAddress(),
                request.sourcePort(),
                request.tunnelAddress(),
                request.protocolFlags()));
    if (!fields[0].equals("1")) { // Scripts of the first version don't tell the program.
      read.add(request.program());
      read.add(request.platform());
    }
    read.addAll(
        List.of(
            request.tokenSession(), request.tokenState(), request.username(), request.password()));
    String again = String.join("\t", read);
    if (!again.equals(line) || request.pid() != Long.parseLong(fields[3])) {
      throw new IllegalStateException("not what was written: " + request);
    }
    boolean lost =
        !request.environment().get("username").orElse("").equals(request.username())
            || !request.environment().get("password").orElse("").equals(request.password())
            || request.environment().duplicated();
    if (lost || request.toString().contains("\n")) {
      throw new IllegalStateException("lost on the way: " + request);
    }
  }

  @Override
  public List<byte[]> seeds() {
    String good =
        "1\topenvpn_acf_0123abcd.tmp\topenvpn_afr_0123abcd.tmp\t4711\t10.99.0.2\t4242\t\t990\t\t\t"
            + "0x5FbDB2315678afecb367f032d93F642f64180aa3\tpassword";
    return List.of(
            good,
            good.replaceFirst("1", "2").replace("\t990\t", "\t990\tOpenVPN_GUI\tlinux\t"),
            good + "\n" + good,
            good.replace("\t\t990\t\t\t", "\t10.8.0.2\t990\tabc=\tAuthenticated\t"),
            good.replace("openvpn_acf_0123abcd.tmp", "../../etc/passwd"),
            good.replace("4711", "99999999999"),
            good.replace("1\topen", "2\topen"),
            good + "\tmore")
        .stream()
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
        .toList();
  }
}
