package org.hourgate.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.testing.RecordingConnection;
import org.hourgate.testing.RecordingListener;
import org.hourgate.testing.StubAdminParts;
import org.hourgate.testing.StubGateControl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root, to be somebody else for a moment. */
final class OtherUserIT {

  private static final String ASK =
      """
      use Socket;
      $SIG{PIPE} = 'IGNORE'; # Whoever is turned away may be so before he has spoken.
      socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
      connect($s, pack_sockaddr_un($ARGV[0])) or do { print "refused by the file's rights"; exit };
      syswrite($s, "{\\"command\\":\\"sessions\\"}\\n");
      sysread($s, my $answer, 1000);
      print "answer: $answer";
      """;

  @TempDir private Path folder;

  @Test
  void keepsOtherUsersOutByRightsAndByTheKernelsWord() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Path path = folder.resolve("admin.sock");
    try (EventLoops loops = new EventLoops("other-user", 1);
        AdminSocket socket = start(loops, path, Optional.empty())) {
      assertThat(socket).isNotNull();
      assertThat(askAs("0", path)).isEqualTo("answer: {\"sessions\":[]}");
      assertThat(askAs("65534", path)).isEqualTo("refused by the file's rights");

      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
      assertThat(askAs("65534", path)).isEqualTo("answer:");
    }
  }

  @Test
  void theSharedManagementSocketTakesNoByteOfOtherUsersEither() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Path path = folder.resolve("udp.sock");
    SharedDaemon daemon =
        new SharedDaemon(
            "udp", new RecordingConnection(), new RecordingListener(), TimeSource.system());
    try (EventLoops loops = new EventLoops("other-user", 1);
        OperatorSocket socket =
            OperatorSocket.start(
                loops, path, Optional.empty(), GuestRole.KILL, daemon, new StubGateControl())) {
      assertThat(socket).isNotNull();
      assertThat(askAs("0", path)).startsWith("answer: >INFO:OpenVPN Management Interface");
      assertThat(askAs("65534", path)).isEqualTo("refused by the file's rights");

      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
      assertThat(askAs("65534", path)).isEqualTo("answer:");
    }
  }

  @Test
  void theNamedGroupMayComeInAndNobodyElse() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Path path = folder.resolve("admin.sock");
    try (EventLoops loops = new EventLoops("other-user", 1);
        AdminSocket socket = start(loops, path, Optional.of("daemon"))) {
      assertThat(socket).isNotNull();
      PosixFileAttributes rights = Files.readAttributes(path, PosixFileAttributes.class);
      assertThat(PosixFilePermissions.toString(rights.permissions())).isEqualTo("rw-rw----");
      assertThat(rights.group().getName()).isEqualTo("daemon");
      String answer = "answer: {\"sessions\":[]}";

      assertThat(askAs("65534", "1", "--clear-groups", path)).as("its own group").isEqualTo(answer);
      assertThat(askAs("65534", "65534", "--groups=4,1,20", path)).as("one more").isEqualTo(answer);
      assertThat(askAs("65534", "65534", "--groups=4,20", path))
          .isEqualTo("refused by the file's rights");

      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
      assertThat(askAs("65534", "65534", "--groups=4,20", path)).isEqualTo("answer:");
      assertThat(askAs("65534", "65534", "--groups=1", path)).isEqualTo(answer);
    }
  }

  @Test
  void theFolderOfAGroupsSocketLetsItThroughAndShowsNothing() throws Exception {
    Path path = folder.resolve("run").resolve("admin.sock");
    try (EventLoops loops = new EventLoops("other-user", 1);
        AdminSocket socket = start(loops, path, Optional.of("daemon"))) {
      assertThat(socket).isNotNull();
      PosixFileAttributes rights =
          Files.readAttributes(path.getParent(), PosixFileAttributes.class);
      assertThat(PosixFilePermissions.toString(rights.permissions())).isEqualTo("rwx--x---");
      assertThat(rights.group().getName()).isEqualTo("daemon");
    }
  }

  private static AdminSocket start(EventLoops loops, Path path, Optional<String> group)
      throws IOException {
    return AdminSocket.start(
        loops, path, group, StubAdminParts.of(new StubGateControl()), Duration.ofSeconds(30));
  }

  private static String askAs(String uid, Path path) throws Exception {
    return askAs(uid, uid, "--clear-groups", path);
  }

  private static String askAs(String uid, String gid, String groups, Path path) throws Exception {
    Process process =
        new ProcessBuilder(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + gid,
                groups,
                "perl",
                "-e",
                ASK,
                path.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output.trim();
  }
}
