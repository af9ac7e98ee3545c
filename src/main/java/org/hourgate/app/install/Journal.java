package org.hourgate.app.install;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;

/**
 * Writes files where there are none, and remembers which, with their digests: taking back removes
 * what is still as it was written, and nothing else. Blocks; for one thread.
 */
final class Journal {

  /** Stands for the digest of a file that is somebody else's, and that we have changed. */
  private static final String CHANGED = "changed";

  private static final List<String> OUR_FOLDERS =
      List.of(
          "server/gate",
          "local/lib/hourgate",
          "local/lib/hourgate/bin",
          "local/lib/hourgate/lib",
          "local/lib/hourgate/scripts");

  private final Path file;
  private final Map<Path, String> written = new LinkedHashMap<>();
  private final List<Path> changed = new ArrayList<>();

  Journal(Path file) {
    this.file = file;
  }

  /** Refuses if there is nothing to take back. */
  void requireThere() throws IOException {
    var _ = lines("undo");
  }

  /** Refuses if anything that would be written is there already. */
  void requireNone(List<Path> files) {
    List<Path> found = new ArrayList<>(files.stream().filter(Files::exists).toList());
    if (Files.exists(file)) {
      found.add(file);
    }
    if (!found.isEmpty()) {
      throw new CommandException(
          ExitCode.NOTHING_TO_DO,
          "nothing was changed, for this is there already: "
              + String.join(", ", found.stream().map(Path::toString).toList())
              + ". `hourgate check` looks at what is there; `hourgate init --undo` takes back what"
              + " init wrote");
    }
  }

  /** Writes a file that must not be there. */
  Path write(Path path, String content, String rights) throws IOException {
    folders(path.resolveSibling(""));
    try {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(
          ExitCode.NOTHING_TO_DO, path + " has just been made by somebody else; it was left alone");
    }
    Files.writeString(path, content);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    return add(path);
  }

  /** Remembers a file that somebody has written for us. */
  Path add(Path path) throws IOException {
    written.put(path, digest(path));
    save();
    return path;
  }

  /**
   * Writes a copy, with the same rights, but readable by everybody. In place of one that it has
   * written: at once, so that who runs it has the old or the new; else it must not be there.
   */
  void copy(Path source, Path path) throws IOException {
    folders(path.resolveSibling(""));
    boolean ours = written.containsKey(path);
    Path copy = ours ? beside(path) : path;
    if (ours) {
      Files.deleteIfExists(copy);
    }
    Files.copy(source, copy);
    Files.setPosixFilePermissions(
        copy,
        PosixFilePermissions.fromString(Files.isExecutable(source) ? "rwxr-xr-x" : "rw-r--r--"));
    if (ours) {
      Files.move(copy, path, StandardCopyOption.ATOMIC_MOVE);
    }
    add(path);
  }

  /** Writes a link that must not be there, or is ours. */
  void link(Path path, Path target) throws IOException {
    folders(path.resolveSibling(""));
    if (!written.containsKey(path) || !Files.isSymbolicLink(path)) {
      Files.createSymbolicLink(path, target);
    }
    add(path);
  }

  private static Path beside(Path path) {
    return path.resolveSibling(path.getFileName() + ".new");
  }

  /** Makes folders that everybody may look into, whatever root's umask is. */
  private static void folders(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent != null && !Files.exists(parent)) {
      folders(parent);
    }
    if (!Files.exists(folder)) {
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** Remembers a file of somebody else's that is going to be changed. */
  void willChange(Path path) throws IOException {
    changed.add(path);
    save();
  }

  /** Files that were written; after {@link #undo} those that were removed. */
  List<Path> written() {
    return List.copyOf(written.keySet());
  }

  /** Goes on where a former run ended. */
  void resume() throws IOException {
    for (String line : lines("upgrade")) {
      int end = line.indexOf("  ");
      Path path = Path.of(line.substring(end + 2));
      if (line.startsWith(CHANGED)) {
        changed.add(path);
      } else {
        written.put(path, line.substring(0, end));
      }
    }
  }

  /** Removes files that it has written, whatever is in them now, and forgets them. */
  void remove(Predicate<Path> which) throws IOException {
    for (Path path : written().stream().filter(which).toList()) {
      Files.deleteIfExists(path);
      written.remove(path);
    }
    save();
  }

  /** After each file: a start that fails half-way can be taken back as well. */
  private void save() throws IOException {
    List<String> lines = new ArrayList<>();
    written.forEach((each, digest) -> lines.add(digest + "  " + each));
    changed.forEach(each -> lines.add(CHANGED + "  " + each));
    folders(file.resolveSibling(""));
    // At once: on a full disk the former one is left.
    Files.move(
        Files.write(beside(file), lines),
        file,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Takes back what a former run wrote.
   *
   * @param others takes back what was changed in somebody else's file
   * @return what was left alone, because somebody has changed it since
   */
  List<Path> undo(Consumer<Path> others) throws IOException {
    List<Path> left = new ArrayList<>();
    for (String line : lines("undo").reversed()) {
      int end = line.indexOf("  ");
      Path path = Path.of(line.substring(end + 2));
      if (line.startsWith(CHANGED)) {
        others.accept(path);
        continue;
      }
      try {
        if (digest(path).equals(line.substring(0, end))) {
          Files.delete(path);
          removeIfOurs(path.resolveSibling(""));
          written.put(path, "");
        } else {
          left.add(path);
        }
      } catch (NoSuchFileException e) {
        // Somebody was faster.
      }
    }
    Files.delete(file);
    return left;
  }

  /** Folders that init makes. Hourgate's own is the package's, or goes last. */
  private static void removeIfOurs(Path folder) throws IOException {
    if (OUR_FOLDERS.stream().anyMatch(folder::endsWith)) {
      try {
        Files.delete(folder);
        removeIfOurs(folder.resolveSibling(""));
      } catch (DirectoryNotEmptyException e) {
        // Not ours alone.
      }
    }
  }

  private List<String> lines(String purpose) throws IOException {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.NOTHING_TO_DO,
          "nothing to %s: there is no %s of a former init".formatted(purpose, file));
    }
  }

  private static String digest(Path path) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
