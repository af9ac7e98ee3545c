package org.hourgate.gate.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two scripts in every shell that is here, as OpenVPN runs them. */
final class ScriptsTest {

  private static final Path SCRIPTS = Path.of("openvpn-conf/script").toAbsolutePath();
  private static final String USER = " 0x$(id)`id`\"';|&%s\\n\\ ../* é ";
  private static final String PASSWORD = "-n \\t%n$HOME \"'";
  private static final int ACCEPTED = 0;
  private static final int REFUSED = 1;
  private static final int DEFERRED = 2;

  @TempDir private Path folder;
  private ScriptFolder prepared;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    prepared = ScriptFolder.prepare(folder, Optional.empty());
    Files.createFile(control());
    Files.createFile(reason());
  }

  private Path control() {
    return folder.resolve("openvpn_acf_a1b2.tmp");
  }

  private Path reason() {
    return folder.resolve("openvpn_afr_c3.tmp");
  }

  @Test
  void areGivenNoFolderOfSomebodyElses() {
    assertThatIOException()
        .isThrownBy(() -> ScriptFolder.prepare(folder, Optional.empty(), Set.of()))
        .withMessageContaining("must be Hourgate's own or root's");
  }

  private int verify(String shell, String user, String password, Map<String, String> more)
      throws Exception {
    Path login =
        Files.write(
            folder.resolve("openvpn_up_d4.tmp"),
            (user + "\n" + password + "\n").getBytes(StandardCharsets.ISO_8859_1));
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "auth_control_file", control().toString(),
                "auth_failed_reason_file", reason().toString(),
                "daemon_pid", "4711",
                "untrusted_ip", "192.0.2.7",
                "untrusted_port", "5555",
                "IV_PROTO", "990"));
    environment.putAll(more);
    return run(shell, "auth-user-pass-verify", login, environment);
  }

  /** With nothing in PATH: whoever runs another program fails. */
  private int run(String shell, String script, Path argument, Map<String, String> environment)
      throws Exception {
    List<String> command = new ArrayList<>();
    for (String word : shell.split(" ", -1)) {
      command.add(command.isEmpty() ? program(word) : word);
    }
    command.addAll(List.of(SCRIPTS.resolve(script).toString(), argument.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("PATH", folder.resolve("nothing").toString());
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assertThat(printed).isEmpty();
    return code;
  }

  private static String program(String shell) {
    Optional<Path> found =
        Stream.of("/bin", "/usr/bin")
            .map(bin -> Path.of(bin, shell))
            .filter(Files::isExecutable)
            .findFirst();
    assumeThat(found).as("%s is not here", shell).isPresent();
    return found.orElseThrow().toString();
  }

  private RequestPipe gate(Consumer<String> hears) throws IOException {
    return RequestPipe.open(prepared.pipe(), hears);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh", "bash --posix"})
  void handOverALoginAsItCame(String shell) throws Exception {
    try (RequestPipe _ = gate(lines::add)) {
      assertThat(verify(shell, USER, PASSWORD, Map.of())).isEqualTo(DEFERRED);
      await().until(() -> !lines.isEmpty());
    }

    ScriptRequest request = ScriptRequest.parse(lines.getFirst()).orElseThrow();
    assertThat(lines).hasSize(1);
    assertThat(request.username()).isEqualTo(USER);
    assertThat(request.password()).isEqualTo(PASSWORD);
    assertThat(request.source()).isEqualTo("192.0.2.7 5555");
    assertThat(request.pid()).isEqualTo(4711);
    assertThat(request.isRenewal()).isFalse();
    assertThat(folder.resolve("id")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh", "bash --posix"})
  void keepALineWithinOnePiece(String shell) throws Exception {
    try (RequestPipe _ = gate(lines::add)) {
      assertThat(verify(shell, "u".repeat(2000), "p".repeat(4000), Map.of())).isEqualTo(DEFERRED);
      await().until(() -> !lines.isEmpty());
    }

    ScriptRequest request = ScriptRequest.parse(lines.getFirst()).orElseThrow();
    assertThat(request.username() + request.password()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh", "bash --posix"})
  void refuseAtOnceWithAReasonWhereNobodyReads(String shell) throws Exception {
    assertThat(verify(shell, "0xAb", "p", Map.of())).isEqualTo(REFUSED);
    assertThat(reason()).content().startsWith("TEMP[backoff 4,advance no]:").endsWith("[starting]");

    for (String flags : List.of("", "2", "08", "1+256", "99999999999999999999", "$(id)")) {
      assertThat(verify(shell, "0xAb", "p", Map.of("IV_PROTO", flags))).isEqualTo(REFUSED);
      assertThat(reason()).content().startsWith("The gateway").endsWith("[starting]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh", "bash --posix"})
  void refuseAtOnceWhereThereIsNoPipe(String shell) throws Exception {
    Files.delete(prepared.pipe());

    assertThat(verify(shell, "0xAb", "p", Map.of())).isEqualTo(REFUSED);
    assertThat(prepared.pipe()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh", "bash --posix"})
  void giveTheAnswerToARenewalThemselves(String shell) throws Exception {
    Map<String, String> renewal = Map.of("ifconfig_pool_remote_ip", "10.8.0.2");
    for (String verdict : List.of("1", "0", "2")) {
      Files.writeString(control(), verdict);
      try (RequestPipe _ = gate(lines::add)) {
        assertThat(verify(shell, "0xAb", "p", renewal))
            .isEqualTo(Map.of("1", ACCEPTED, "0", REFUSED, "2", DEFERRED).get(verdict));
      }
    }
    Files.writeString(control(), "");
    try (RequestPipe _ = gate(lines::add)) {
      assertThat(verify(shell, "0xAb", "p", renewal)).isEqualTo(DEFERRED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh", "bash --posix"})
  void leaveARenewalForTheNextGate(String shell) throws Exception {
    assertThat(verify(shell, USER, PASSWORD, Map.of("ifconfig_pool_remote_ip", "10.8.0.2")))
        .isEqualTo(DEFERRED);

    List<String> waiting = prepared.takeWaiting();
    assertThat(waiting).hasSize(1);
    ScriptRequest request = ScriptRequest.parse(waiting.getFirst()).orElseThrow();
    assertThat(request.isRenewal()).isTrue();
    assertThat(request.password()).isEqualTo(PASSWORD);
    assertThat(prepared.takeWaiting()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh", "bash --posix"})
  void giveOpenVpnWhatLiesReadyAndLetNobodyInWithoutAnEnd(String shell) throws Exception {
    Path configuration = Files.createFile(folder.resolve("openvpn_cc_e5.tmp"));
    Map<String, String> environment = Map.of("auth_control_file", control().toString());
    assertThat(run(shell, "client-connect", configuration, environment)).isEqualTo(REFUSED);

    prepared.lay("openvpn_acf_a1b2.tmp", List.of("push \"auth-token T\""));
    assertThat(run(shell, "client-connect", configuration, environment)).isEqualTo(REFUSED);

    prepared.lay("openvpn_acf_a1b2.tmp", List.of("session-timeout 90", "push \"auth-token T\""));
    assertThat(run(shell, "client-connect", configuration, environment)).isEqualTo(ACCEPTED);
    assertThat(configuration).content().isEqualTo("session-timeout 90\npush \"auth-token T\"\n");
  }
}
