package org.hourgate.gate.script;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that the gate shares with one OpenVPN process, which keeps its temporary files there
 * ({@code tmp-dir}). Nobody but the gate's user and the members of one group may enter it. The gate
 * reads and writes no file of OpenVPN's: it puts its own in their place, under names that OpenVPN
 * has made. Not safe for several threads.
 */
public final class ScriptFolder {

  private static final Logger LOG = LoggerFactory.getLogger(ScriptFolder.class);

  /** Set-group-ID: what either side makes in it belongs to the group. */
  private static final int FOLDER_MODE = 02770;

  private static final int ROOT = 0;
  private static final Path OURSELVES = Path.of("/proc/self");
  private static final int PERMISSION_BITS = 07777;

  private static final Set<PosixFilePermission> PIPE_RIGHTS =
      PosixFilePermissions.fromString("rw-rw----");
  private static final Set<PosixFilePermission> FILE_RIGHTS =
      PosixFilePermissions.fromString("rw-r-----");
  private static final String CONTROL_PREFIX = "openvpn_acf_";
  private static final String ADMITTED = "admitted.";
  private static final String WAITING = "waiting.";
  private static final String DRAFT = ".verdict";

  private final Path folder;

  private ScriptFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder and the pipe in it, or takes those that are there, and sets their rights. One
   * that is there must be ours or root's: its owner can let anybody in.
   *
   * @param group the group that OpenVPN runs as; empty to leave it as it is
   * @throws IOException if that can't be done, in words for the operator
   */
  public static ScriptFolder prepare(Path folder, Optional<String> group) throws IOException {
    return prepare(folder, group, Stream.of(ROOT, owner(OURSELVES)).collect(Collectors.toSet()));
  }

  static ScriptFolder prepare(Path folder, Optional<String> group, Set<Integer> owners)
      throws IOException {
    Files.createDirectories(folder);
    int owner = owner(folder);
    if (!owners.contains(owner)) {
      throw new IOException(
          "%s belongs to user %d, who could let anybody in: it must be Hourgate's own or root's"
              .formatted(folder, owner));
    }
    Path pipe = folder.resolve("requests");
    if (!Files.exists(pipe, LinkOption.NOFOLLOW_LINKS)) {
      makePipe(pipe);
    }
    if (!Files.readAttributes(pipe, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(pipe + " is there already and is no pipe");
    }
    if (group.isPresent()) {
      GroupPrincipal principal =
          folder
              .getFileSystem()
              .getUserPrincipalLookupService()
              .lookupPrincipalByGroupName(group.get());
      for (Path path : List.of(folder, pipe)) {
        Files.getFileAttributeView(path, PosixFileAttributeView.class).setGroup(principal);
      }
    }
    if (((Integer) Files.getAttribute(folder, "unix:mode") & PERMISSION_BITS) != FOLDER_MODE) {
      Files.setAttribute(folder, "unix:mode", FOLDER_MODE);
    }
    Files.setPosixFilePermissions(pipe, PIPE_RIGHTS);
    ScriptFolder prepared = new ScriptFolder(folder);
    prepared.clean();
    return prepared;
  }

  private static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }

  /** Java can't make one (mkfifo(3)); every system that runs OpenVPN has the program. */
  private static void makePipe(Path pipe) throws IOException {
    Process mkfifo =
        new ProcessBuilder("mkfifo", "-m", "600", pipe.toString())
            .redirectErrorStream(true)
            .start();
    try {
      String complaint =
          new String(mkfifo.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (mkfifo.waitFor() != 0) {
        throw new IOException(complaint);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void clean() throws IOException {
    for (Path left : files(ADMITTED + "*")) {
      Files.deleteIfExists(left);
    }
  }

  Path pipe() {
    return folder.resolve("requests");
  }

  /** Writes down what OpenVPN gets for an admitted client; for {@code client-connect}. */
  void lay(String control, List<String> directives) throws IOException {
    put(admitted(control), String.join("\n", directives) + "\n");
  }

  /** Takes back what was laid ready; without it nobody comes in. */
  void clear(String control) {
    try {
      Files.deleteIfExists(admitted(control));
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", admitted(control), e.toString());
    }
  }

  private Path admitted(String control) {
    return folder.resolve(ADMITTED + control.substring(CONTROL_PREFIX.length()));
  }

  /** Lets the client in. Returns false if OpenVPN no longer waits for that. */
  boolean accept(String control) throws IOException {
    return replace(control, "1");
  }

  /** Refuses the client with a text. Returns false if OpenVPN no longer waits for that. */
  boolean refuse(String control, String reasonFile, String text) throws IOException {
    replace(reasonFile, text);
    return replace(control, "0");
  }

  /** Lets a script that waits for a verdict go on without one. */
  void dismiss(String control) throws IOException {
    replace(control, "2");
  }

  private boolean replace(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return false; // OpenVPN has removed it: the client is gone, or its time to wait is over.
    }
    put(file, content);
    return true;
  }

  private void put(Path file, String content) throws IOException {
    Path draft = folder.resolve(DRAFT);
    Files.deleteIfExists(draft);
    Files.write(
        draft, content.getBytes(StandardCharsets.ISO_8859_1), StandardOpenOption.CREATE_NEW);
    Files.setPosixFilePermissions(draft, FILE_RIGHTS);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Takes the requests that found nobody; the caller has them then, and they are gone here. */
  List<String> takeWaiting() {
    List<String> lines = new ArrayList<>();
    for (Path file : files(WAITING + "*")) {
      try {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (content.endsWith("\n")) { // Else it is being written, and we are told when it is done.
          lines.add(content.substring(0, content.length() - 1));
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        LOG.warn("{} could not be read: {}", file, e.toString());
      }
    }
    return lines;
  }

  private List<Path> files(String pattern) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
      stream.forEach(found::add);
    } catch (IOException e) {
      LOG.warn("{} could not be read: {}", folder, e.toString());
    }
    return found;
  }
}
