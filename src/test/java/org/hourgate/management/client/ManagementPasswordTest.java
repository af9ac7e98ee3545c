package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManagementPasswordTest {

  @TempDir private Path folder;

  @Test
  void readsTheFirstLineAnewEachTime() throws IOException {
    Path file = folder.resolve("pw");
    Files.writeString(file, "one\ntwo\n");
    Supplier<String> password = ManagementPassword.fromFile(file);
    assertThat(password.get()).isEqualTo("one");
    Files.writeString(file, "three");
    assertThat(password.get()).isEqualTo("three");
    Files.writeString(file, "");
    assertThat(password.get()).isEmpty();
  }

  @Test
  void namesTheFileThatIsMissing() {
    assertThatThrownBy(() -> ManagementPassword.fromFile(folder.resolve("none")).get())
        .hasMessageContaining("none");
  }
}
