package org.hourgate.app.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Who besides the owner can get at a file. */
final class FileRights {

  private static final Set<PosixFilePermission> GROUP_AND_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private FileRights() {}

  /** Says what is wrong with a secret's file, and what to type; empty if nothing. */
  static Optional<String> secretProblem(Path file) {
    try {
      if (!Files.exists(file)) {
        return Optional.of(file + " is missing");
      }
      Set<PosixFilePermission> open = EnumSet.copyOf(GROUP_AND_OTHERS);
      open.retainAll(Files.getPosixFilePermissions(file));
      if (!open.isEmpty()) {
        return Optional.of(file + " is open to other users: chmod 600 " + file);
      }
      return Files.isReadable(file) ? Optional.empty() : Optional.of(file + " can't be read");
    } catch (IOException e) {
      return Optional.of(file + " can't be looked at: " + e.getMessage());
    }
  }

  /** Whether any user of this machine can connect to a unix socket. */
  static boolean isOpenToEverybody(Path socket) {
    try {
      if (!Files.getPosixFilePermissions(socket).contains(PosixFilePermission.OTHERS_WRITE)) {
        return false;
      }
      for (Path folder = socket.toRealPath().getParent();
          folder != null;
          folder = folder.getParent()) {
        if (!Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
