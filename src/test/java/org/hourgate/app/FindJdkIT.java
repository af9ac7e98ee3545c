package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/jdk.sh} as a shell runs it. */
final class FindJdkIT {

  @TempDir private Path folder;

  @Test
  void takesJavaHomeWhenItIsNewEnough() throws Exception {
    Path home = installation("chosen", "25.0.1", "java", "javac");

    assertThat(findJdk(home, "javac")).isEqualTo(home.toString());
  }

  @Test
  void takesAVersionAboveTheFloor() throws Exception {
    Path home = installation("later", "31", "java", "javac");

    assertThat(findJdk(home, "javac")).isEqualTo(home.toString());
  }

  @Test
  void passesOverAnOlderJavaHome() throws Exception {
    Path home = installation("old", "17.0.15", "java", "javac");

    assertThat(findJdk(home, "javac")).isNotEqualTo(home.toString());
  }

  @Test
  void passesOverARuntimeWithoutCompilerWhenItHasToBuild() throws Exception {
    Path home = installation("runtime", "25.0.1", "java");

    assertThat(findJdk(home, "javac")).isNotEqualTo(home.toString());
    assertThat(findJdk(home, "java")).isEqualTo(home.toString());
  }

  private Path installation(String name, String version, String... tools) throws IOException {
    Path home = Files.createDirectories(folder.resolve(name));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    Files.createDirectories(home.resolve("bin"));
    for (String tool : tools) {
      Path file = Files.writeString(home.resolve("bin").resolve(tool), "#!/bin/sh\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    return home;
  }

  private static String findJdk(Path javaHome, String tool) throws Exception {
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", ". scripts/jdk.sh; find_jdk " + tool + " || echo none");
    shell.environment().put("JAVA_HOME", javaHome.toString());
    Process process = shell.redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
