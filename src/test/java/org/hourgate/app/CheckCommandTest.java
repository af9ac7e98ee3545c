package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.hourgate.management.fake.FakeOpenVpn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code hourgate check} beside a fake OpenVPN; no node answers. */
final class CheckCommandTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private FakeOpenVpn openVpn;

  @BeforeEach
  void start() {
    openVpn = FakeOpenVpn.builder().password("right").start();
  }

  @AfterEach
  void close() {
    openVpn.close();
  }

  @Test
  void tellsEveryProblemOfAConfigurationThatCanNotBeRead() throws Exception {
    Path config = Files.writeString(folder.resolve("hourgate.yaml"), "gateway: { nam: x }\n");

    assertThat(run("check", "--config", config.toString())).isEqualTo(3);
    assertThat(out.toString())
        .contains("error  configuration  line 1: gateway.nam: unknown key; did you mean name?")
        .contains("error  configuration  chain.rpc: is required and missing");

    assertThat(run("check", "--json", "--config", config.toString())).isEqualTo(3);
    assertThat(out.toString()).contains("\"ok\" : false").contains("did you mean name?");
  }

  @Test
  void endsWithFourWhenOnlyTheChainIsAway() throws Exception {
    Path password = secret("mgmt.pw", "right\n");

    assertThat(run("check", "--config", config(password))).isEqualTo(4);
    assertThat(out.toString())
        .containsPattern("ok +configuration ")
        .containsPattern(
            "warning +openvpn udp +is OpenVPN 2\\.6\\.14, older than 2\\.6\\.21, process [0-9]+ \\[openvpn_old]\n *=> make sure")
        .containsPattern(
            "warning +openvpn udp configuration +was not looked at: .*\n *=> give --openvpn-config udp=FILE")
        .containsPattern("unreachable +chain http://127.0.0.1:1 +cannot reach");
  }

  @Test
  void endsWithThreeWhenThePasswordIsWrong() throws Exception {
    Path password = secret("mgmt.pw", "wrong\n");

    assertThat(run("check", "--config", config(password))).isEqualTo(3);
    assertThat(out.toString()).containsPattern("error +openvpn udp +refuses the password");
  }

  @Test
  void findsSecretsThatOthersCanRead() throws Exception {
    Path password = secret("mgmt.pw", "right\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(run("check", "--config", config(password))).isEqualTo(3);
    assertThat(out.toString())
        .contains(password + " is open to other users [secret_open]")
        .contains("=> chmod 600 " + password);
  }

  @Test
  void looksAtTheConfigurationFileItIsGiven() throws Exception {
    Path password = secret("mgmt.pw", "right\n");
    Path server = Files.writeString(folder.resolve("server.conf"), "auth-user-pass-optional\n");

    assertThat(run("check", "--config", config(password), "--openvpn-config", "udp=" + server))
        .isEqualTo(3);
    assertThat(out.toString())
        .containsPattern("error +openvpn udp configuration +line 1: auth-user-pass-optional: ");

    assertThat(run("check", "--config", config(password), "--openvpn-config", "tcp=" + server))
        .isEqualTo(2);

    Files.delete(server);
    assertThat(run("check", "--config", config(password), "--openvpn-config", "udp=" + server))
        .isEqualTo(3);
    assertThat(out.toString())
        .containsPattern("error +openvpn udp configuration +.*server.conf is missing")
        .doesNotContain("management-client-auth");
  }

  @Test
  void looksAtTheProfilesOfCustomers() throws Exception {
    String config = config(secret("mgmt.pw", "right\n"));
    Path template =
        Files.writeString(folder.resolve("client.ovpn.template"), "{{USERNAME}} {{HOST}}");
    String setting = "openvpn[0].profile-template=" + template;

    assertThat(run("check", "--config", config, "--set", setting)).isEqualTo(3);
    assertThat(out.toString())
        .containsPattern("error +openvpn udp profile-template +the profile template .* needs ");

    Files.writeString(
        template,
        "remote-cert-tls server\nreneg-sec 0\n<auth-user-pass>\n{{USERNAME}}\n{{PASSWORD}}\n</auth-user-pass>\n");
    run("check", "--config", config, "--set", setting);
    assertThat(out.toString()).containsPattern("ok +openvpn udp profile-template +.* can be used");
  }

  @Test
  void namesWhoIsNotThere() throws Exception {
    String config = config(secret("mgmt.pw", "right\n"));
    openVpn.stop();

    assertThat(run("check", "--config", config)).isEqualTo(4);
    assertThat(out.toString()).containsPattern("unreachable +openvpn udp +nothing answers at ");
  }

  private Path secret(String name, String content) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private String config(Path password) throws IOException {
    return Files.writeString(
            folder.resolve("hourgate.yaml"),
            """
            gateway: { public-url: "https://vpn.example.org", key: "file:gateway.key" }
            openvpn: [ { name: udp, management: "%s", management-password: "file:%s" } ]
            chain: { id: 1, rpc: "http://127.0.0.1:1", contract: "0x5fbdb2315678afecb367f032d93f642f64180aa3" }
            admin: { socket: admin.sock }
            """
                .formatted(openVpn.address(), password))
        .toString();
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }
}
