package org.hourgate.operator;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A unix socket's place in the file system. The socket is bound in a folder that only its owner can
 * enter, and moved to its place when its rights are right: nobody ever sees it open to others.
 */
final class SocketFile {

  private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path path;
  private final Path draft;
  private @Nullable Object key;

  private SocketFile(Path path, Path draft) {
    this.path = path;
    this.draft = draft;
  }

  /** Looks whether the place is free and makes the folder for the draft. */
  static SocketFile prepare(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path folder = absolute.getParent();
    Files.createDirectories(folder, OWNER_ONLY_FOLDER);
    requireFree(absolute);
    Path hidden = Files.createTempDirectory(folder, ".s", OWNER_ONLY_FOLDER);
    return new SocketFile(absolute, hidden.resolve("s"));
  }

  private static void requireFree(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!attributes(path).isOther()) {
      throw new IOException(path + " is there already and is no socket");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return; // left over by somebody who is gone
    }
    throw new IOException(path + " is in use: is another hourgate running?");
  }

  /** Where to bind. */
  Path draft() {
    return draft;
  }

  /** Gives the bound socket its rights and its place. */
  void publish() throws IOException {
    Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-------"));
    key = attributes(draft).fileKey();
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.delete(draft.getParent());
  }

  /** Removes what is ours; a socket that somebody else put in our place stays. */
  void remove() {
    try {
      if (key == null) {
        Files.deleteIfExists(draft);
        Files.deleteIfExists(draft.getParent());
      } else if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
          && key.equals(attributes(path).fileKey())) {
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", path, e.toString());
    }
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }
}
