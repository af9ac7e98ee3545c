package org.hourgate.app.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** OpenVPN's data channel in the kernel: 2.6 uses it where its module is there. */
final class OffloadModule {

  private OffloadModule() {}

  static boolean isLoaded() {
    return Stream.of("/sys/module/ovpn_dco_v2", "/sys/module/ovpn")
        .map(Path::of)
        .anyMatch(Files::isDirectory);
  }
}
