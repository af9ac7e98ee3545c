package org.hourgate.app.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of a checkout, put to where a service runs it, and replaced by a newer one. */
final class ProgramTest {

  @TempDir private Path folder;
  private Path checkout;
  private Layout layout;

  @BeforeEach
  void aCheckout() throws IOException {
    checkout = folder.resolve("checkout");
    layout = new Layout(folder.resolve("root"), "gate");
    for (String name : List.of("bin/java.options", "scripts/jdk.sh", "target/lib/old.jar")) {
      file(name, "first");
    }
    assertThat(file("bin/hourgate", "first").toFile().setExecutable(true)).isTrue();
    file("target/hourgate.jar", "first");
    install();
  }

  private Path file(String name, String content) throws IOException {
    Path file = checkout.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private Journal install() throws IOException {
    Journal journal = new Journal(layout.journal());
    if (Files.exists(layout.journal())) {
      journal.resume();
    }
    new Program(checkout, checkout.resolve("target/hourgate.jar")).install(layout, journal);
    return journal;
  }

  private Path installed(String name) {
    return layout.program().resolve(name);
  }

  @Test
  void takesTheNewProgramAndLeavesNoPartOfTheOld() throws IOException {
    file("target/hourgate.jar", "second");
    Files.move(checkout.resolve("target/lib/old.jar"), checkout.resolve("target/lib/new.jar"));
    // Who runs the former one goes on reading what was opened.
    Object running = Files.getAttribute(installed("hourgate.jar"), "unix:ino");

    install();

    assertThat(installed("hourgate.jar")).hasContent("second");
    assertThat(Files.getAttribute(installed("hourgate.jar"), "unix:ino")).isNotEqualTo(running);
    assertThat(installed("bin/hourgate")).isExecutable();
    assertThat(installed("lib"))
        .isDirectoryNotContaining("glob:**old.jar")
        .isDirectoryContaining("glob:**new.jar");
    assertThat(layout.programLink()).isSymbolicLink();
    List<Path> left = new Journal(layout.journal()).undo(_ -> {});
    assertThat(left).isEmpty();
    assertThat(layout.program()).doesNotExist();
    assertThat(layout.programLink()).doesNotExist();
  }

  /** Whatever ends it half-way: a full disk, a checkout that somebody cleans up just now. */
  @Test
  void leavesAProgramThatStartsWhereItCanNotBeReplaced() throws IOException {
    file("target/hourgate.jar", "second");
    Files.delete(checkout.resolve("bin/java.options"));

    assertThatThrownBy(this::install).isInstanceOf(FileSystemException.class);

    for (String part : List.of("bin/hourgate", "bin/java.options", "scripts/jdk.sh")) {
      assertThat(installed(part)).hasContent("first");
    }
    assertThat(installed("lib/old.jar")).exists();
    assertThat(installed("hourgate.jar")).exists();
    assertThat(layout.programLink()).exists();
    assertThat(new Journal(layout.journal()).undo(_ -> {})).isEmpty();
    assertThat(layout.program()).doesNotExist();
  }

  @Test
  void overwritesNoFileOfSomebodyElse() throws IOException {
    file("target/lib/another.jar", "ours");
    Path other = Files.writeString(installed("lib/another.jar"), "somebody's");

    assertThatThrownBy(this::install).isInstanceOf(FileSystemException.class);

    assertThat(other).hasContent("somebody's");
  }
}
