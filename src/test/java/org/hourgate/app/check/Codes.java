package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hourgate.app.check.Finding.Level;
import org.hourgate.app.config.HourgateConfig;

/** What a check finds, and configurations to look at. */
final class Codes {

  private Codes() {}

  /** All that a check finds that is not well, after a look at whether each says what to change. */
  static List<FindingCode> bad(Consumer<Findings> check) {
    return of(check).stream()
        .filter(finding -> finding.level() != Level.OK)
        .peek(finding -> assertThat(finding.change()).as(finding.message()).isNotBlank())
        .map(Finding::code)
        .toList();
  }

  static List<Finding> of(Consumer<Findings> check) {
    Findings findings = new Findings();
    check.accept(findings);
    return findings.all();
  }

  /** The smallest configuration there is, in a folder, with these settings. */
  static HourgateConfig config(Path folder, Map<String, String> settings) {
    return HourgateConfig.read(file(folder), Map.of(), settings);
  }

  static Path file(Path folder) {
    try {
      return Files.writeString(
          folder.resolve("hourgate.yaml"),
          """
          gateway: { public-url: "https://vpn.example.org", state-dir: state, key: "file:gateway.key" }
          openvpn: [ { name: udp, management: "unix:gate.sock" } ]
          chain: { id: 31337, rpc: "http://127.0.0.1:1", contract: "0x5FbDB2315678afecb367f032d93F642f64180aa3" }
          shop: { listen: "127.0.0.1:0", tls: off, trusted-proxies: "127.0.0.1" }
          admin: { listen: "127.0.0.1:0", socket: admin.sock }
          """);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
