package org.hourgate.operator;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A unix socket's place in the file system. The socket is bound in a folder that only its owner can
 * enter, and moved to its place when its rights are right: nobody ever sees it open to others. Its
 * mode is 0600, with a group 0660.
 */
final class SocketFile {

  private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path path;
  private final Path draft;
  private final int ownUid;
  private final Optional<GroupPrincipal> group;
  private @Nullable Object key;
  private volatile OptionalInt groupId = OptionalInt.empty();

  private SocketFile(Path path, Path draft, int ownUid, Optional<GroupPrincipal> group) {
    this.path = path;
    this.draft = draft;
    this.ownUid = ownUid;
    this.group = group;
  }

  /**
   * Looks whether the place is free and makes the folder for the draft.
   *
   * @param group whose members may use the socket too
   */
  static SocketFile prepare(Path path, Optional<String> group) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null) {
      throw new IOException(path + " is no place for a socket");
    }
    Optional<GroupPrincipal> members = group.isEmpty() ? Optional.empty() : find(group.get());
    boolean isNew = !Files.exists(folder);
    Files.createDirectories(folder, OWNER_ONLY_FOLDER);
    if (isNew && members.isPresent()) {
      give(folder, members.get(), "rwx--x---");
    }
    requireFree(absolute);
    Path hidden = Files.createTempDirectory(folder, ".s", OWNER_ONLY_FOLDER);
    int uid = (Integer) Files.getAttribute(hidden, "unix:uid");
    return new SocketFile(absolute, hidden.resolve("s"), uid, members);
  }

  private static Optional<GroupPrincipal> find(String group) throws IOException {
    try {
      return Optional.of(
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByGroupName(group));
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("there is no group " + group + " on this machine", e);
    }
  }

  private static void give(Path file, GroupPrincipal group, String rights) throws IOException {
    try {
      Files.getFileAttributeView(file, PosixFileAttributeView.class).setGroup(group);
    } catch (FileSystemException e) {
      throw new IOException(
          "can't give "
              + file
              + " to the group "
              + group.getName()
              + ": whoever runs hourgate must be in it",
          e);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
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

  /** Who we are. */
  int ownUid() {
    return ownUid;
  }

  /** The group whose members may come in too; known once published. */
  OptionalInt groupId() {
    return groupId;
  }

  /** Where to bind. */
  Path draft() {
    return draft;
  }

  /** Gives the bound socket its rights and its place. */
  void publish() throws IOException {
    Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-------"));
    if (group.isPresent()) {
      give(draft, group.get(), "rw-rw----");
      int gid = (Integer) Files.getAttribute(draft, "unix:gid");
      groupId = gid == 0 ? OptionalInt.empty() : OptionalInt.of(gid);
    }
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
