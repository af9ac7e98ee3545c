package org.hourgate.management.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The password of a management socket ({@code management … FILE}). */
public final class ManagementPassword {

  private ManagementPassword() {}

  /** Reads the first line of a file, anew each time it is asked. */
  public static Supplier<String> fromFile(Path file) {
    return () -> {
      try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        String line = reader.readLine();
        return line == null ? "" : line;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the management password in " + file, e);
      }
    };
  }
}
