package org.hourgate.app.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files that an OpenVPN configuration names: whether they are there, and who may read them. */
final class OpenVpnFilesCheck {

  private static final List<String> SECRETS =
      List.of(
          "key",
          "pkcs12",
          "tls-auth",
          "tls-crypt",
          "tls-crypt-v2",
          "auth-gen-token-secret",
          "askpass");
  private static final List<String> OTHERS = List.of("ca", "cert", "extra-certs", "dh");
  private static final List<String> LOGS = List.of("status", "log", "log-append");

  private OpenVpnFilesCheck() {}

  static void look(
      String subject,
      OpenVpnConfiguration configuration,
      OpenVpnSettings settings,
      Findings findings) {
    Path folder = configuration.folder();
    for (Path file : configuration.files()) {
      if (FileRights.isWritableByAll(file)) {
        findings.error(
            FindingCode.OPENVPN_CONFIG_WRITABLE,
            subject,
            "every user of this machine can change " + file,
            "chmod o-w " + file);
      }
      boolean secretInside =
          SECRETS.stream()
              .flatMap(name -> settings.all(name).stream())
              .anyMatch(
                  line ->
                      line.inline()
                          && line.include().orElse(configuration.files().getFirst()).equals(file));
      if (secretInside) {
        requireClosed(subject, file, findings);
      }
    }
    Stream.concat(
            SECRETS.stream().flatMap(name -> settings.files(name, folder)),
            settings.find("management").stream()
                .filter(line -> line.arguments().size() > 2)
                .map(line -> folder.resolve(line.arguments().get(2))))
        .filter(file -> isThere(subject, file, findings))
        .forEach(file -> requireClosed(subject, file, findings));
    OTHERS.stream()
        .flatMap(name -> settings.files(name, folder))
        .filter(file -> !file.endsWith("none")) // dh none
        .forEach(file -> isThere(subject, file, findings));
    LOGS.stream()
        .flatMap(name -> settings.files(name, folder))
        .filter(FileRights::isReadableByAll)
        .forEach(
            file ->
                findings.warn(
                    FindingCode.OPENVPN_LOG_OPEN,
                    subject,
                    "every user of this machine reads in " + file + " who comes from where",
                    "chmod o-r " + file));
  }

  private static boolean isThere(String subject, Path file, Findings findings) {
    if (Files.notExists(file)) {
      findings.error(
          FindingCode.OPENVPN_FILE_MISSING,
          subject,
          file + " is missing: OpenVPN does not start again",
          "put it back, or correct the line that names it");
      return false;
    }
    return true;
  }

  private static void requireClosed(String subject, Path file, Findings findings) {
    if (FileRights.isReadableByAll(file)) {
      findings.error(
          FindingCode.OPENVPN_KEY_OPEN,
          subject,
          "every user of this machine can read the secret in " + file,
          "chmod o-r " + file);
    }
  }
}
