package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenVpnConfigReaderTest {

  @TempDir private Path folder;

  @Test
  void readsWordsAsOpenVpnDoes() {
    List<String> lines =
        List.of(
            "\u00ef\u00bb\u00bf# comment, behind a byte order mark",
            "; comment",
            "",
            "push \"route 10.0.0.0 255.0.0.0\" # why",
            "setenv A 'b c'",
            "x a\\ b",
            "<ca>",
            "duplicate-cn",
            "  </ca> and whatever follows",
            "--verb 3",
            "\"comp-lzo\"no",
            "setenv opt fast-io",
            "setenv opt");

    OpenVpnConfiguration read = OpenVpnConfigReader.lines(lines);

    assertThat(read.directives())
        .containsExactly(
            new OpenVpnDirective(4, "push", List.of("route 10.0.0.0 255.0.0.0")),
            new OpenVpnDirective(5, "setenv", List.of("A", "b c")),
            new OpenVpnDirective(6, "x", List.of("a b")),
            new OpenVpnDirective(Optional.empty(), 7, "ca", List.of("duplicate-cn\n"), true),
            new OpenVpnDirective(10, "verb", List.of("3")),
            new OpenVpnDirective(11, "comp-lzo", List.of("no")),
            new OpenVpnDirective(12, "fast-io", List.of()),
            new OpenVpnDirective(13, "setenv", List.of("opt")));
    assertThat(read.problems()).isEmpty();
  }

  @Test
  void tellsTheLinesThatOpenVpnStumblesOver() {
    OpenVpnConfiguration read =
        OpenVpnConfigReader.lines(List.of("push \"open", "verb 3", "x c:\\key", "<ca>", "abc"));

    assertThat(read.directives()).extracting(OpenVpnDirective::name).containsExactly("verb", "ca");
    assertThat(read.problems())
        .extracting(OpenVpnConfiguration.Problem::code, OpenVpnConfiguration.Problem::where)
        .containsExactly(
            tuple(FindingCode.OPENVPN_LINE, "line 1"),
            tuple(FindingCode.OPENVPN_LINE, "line 3"),
            tuple(FindingCode.OPENVPN_LINE, "line 4"));
    assertThat(read.isComplete()).isTrue();
  }

  @Test
  void endsLinesWhereOpenVpnDoes() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.conf"),
            "verb 3\r\nport 1194\rduplicate-cn\n#%s\n#%s\n"
                .formatted("x".repeat(253), "x".repeat(254)));

    OpenVpnConfiguration read = OpenVpnConfigReader.file(file);

    assertThat(read.directives())
        .containsExactly(
            new OpenVpnDirective(1, "verb", List.of("3")),
            new OpenVpnDirective(2, "port", List.of("1194", "duplicate-cn")));
    assertThat(read.problems())
        .extracting(OpenVpnConfiguration.Problem::where)
        .containsExactly("line 4");
  }

  @Test
  void followsFilesThatAreNamedInFiles() throws Exception {
    Path sub = Files.createDirectory(folder.resolve("sub"));
    Path main =
        Files.writeString(
            folder.resolve("a.conf"), "verb 3\nconfig b.conf\ncd sub\nconfig c.conf\nport 1\n");
    Path b = Files.writeString(folder.resolve("b.conf"), "\nproto udp\n");
    Path c = Files.writeString(sub.resolve("c.conf"), "dev tun\n");

    OpenVpnConfiguration read = OpenVpnConfigReader.file(main);

    assertThat(read.files()).containsExactly(main, b, c);
    assertThat(read.folder()).isEqualTo(sub);
    assertThat(read.directives())
        .extracting(OpenVpnDirective::name, OpenVpnDirective::where)
        .containsExactly(
            tuple("verb", "line 1"),
            tuple("config", "line 2"),
            tuple("proto", b + " line 2"),
            tuple("cd", "line 3"),
            tuple("config", "line 4"),
            tuple("dev", c + " line 1"),
            tuple("port", "line 5"));
  }

  @Test
  void tellsWhatItCanNotFollow() throws Exception {
    Path main =
        Files.writeString(
            folder.resolve("a.conf"), "config none.conf\nconfig a.conf\nconfig /dev/zero\n");

    OpenVpnConfiguration read = OpenVpnConfigReader.file(main);

    assertThat(read.isComplete()).isFalse();
    assertThat(read.isUnread()).isFalse();
    assertThat(read.problems())
        .extracting(OpenVpnConfiguration.Problem::message)
        .anyMatch(message -> message.endsWith("none.conf is missing"))
        .anyMatch(message -> message.endsWith("is included more than 10 files deep"))
        .anyMatch(message -> message.contains("/dev/zero is not a file"));
    assertThat(OpenVpnConfigReader.file(folder.resolve("none.conf")).isUnread()).isTrue();
  }

  @Test
  void takesTheLinesOfTheCommandLineAlone() {
    OpenVpnConfiguration read =
        OpenVpnConfigReader.commandLine(
            List.of("openvpn", "--port", "1194", "--management", "/x.sock", "unix"), folder);

    assertThat(read.isUnread()).isFalse();
    assertThat(read.directives())
        .containsExactly(
            new OpenVpnDirective(0, "port", List.of("1194")),
            new OpenVpnDirective(0, "management", List.of("/x.sock", "unix")));
  }
}
