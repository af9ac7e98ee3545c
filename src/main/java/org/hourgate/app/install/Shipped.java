package org.hourgate.app.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are shipped within the program. */
public final class Shipped {

  private Shipped() {}

  /** Returns the text of such a file; the name begins at the root of the class path. */
  public static String text(String name) {
    try (InputStream in = Shipped.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts such a file into a folder, under its own last name. */
  public static Path copy(String name, Path folder) throws IOException {
    Path file = Files.createDirectories(folder).resolve(name.substring(name.lastIndexOf('/') + 1));
    return Files.writeString(file, text(name));
  }
}
