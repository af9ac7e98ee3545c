package org.hourgate.app.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Who besides the owner can get at a file. What can't be seen is taken for closed. */
final class FileRights {

  private static final Set<PosixFilePermission> GROUP_AND_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private FileRights() {}

  /** Says what is wrong with a secret's file, or that nothing is. */
  static void secret(Findings findings, String subject, Path file) {
    if (!Files.exists(file)) {
      findings.error(
          FindingCode.SECRET_MISSING, subject, file + " is missing", "write the secret into it");
    } else if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      findings.error(
          FindingCode.SECRET_UNREADABLE,
          subject,
          file + " can't be read by " + System.getProperty("user.name"),
          "make it a file of the user that Hourgate runs as, and run this as that user");
    } else if (isOpen(file)) {
      findings.error(
          FindingCode.SECRET_OPEN, subject, file + " is open to other users", "chmod 600 " + file);
    } else {
      findings.ok(FindingCode.SECRET, subject, file + " is readable by its owner alone");
    }
  }

  /** Whether anybody but the owner may read or write it. */
  static boolean isOpen(Path file) {
    return allows(file, GROUP_AND_OTHERS);
  }

  static boolean isReadableByAll(Path file) {
    return allows(file, Set.of(PosixFilePermission.OTHERS_READ)) && canBeEnteredByAll(file);
  }

  static boolean isWritableByAll(Path file) {
    return allows(file, Set.of(PosixFilePermission.OTHERS_WRITE)) && canBeEnteredByAll(file);
  }

  private static boolean allows(Path file, Set<PosixFilePermission> any) {
    try {
      return Files.getPosixFilePermissions(file).stream().anyMatch(any::contains);
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether every user of this machine gets through to the folder of this file. */
  private static boolean canBeEnteredByAll(Path file) {
    try {
      for (Path folder = file.toRealPath().getParent();
          folder != null;
          folder = folder.getParent()) {
        if (!allows(folder, Set.of(PosixFilePermission.OTHERS_EXECUTE))) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
