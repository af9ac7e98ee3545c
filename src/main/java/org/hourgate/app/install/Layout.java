package org.hourgate.app.install;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where everything is.
 *
 * @param root {@code /}, or a folder to try it in: then all is below it, and the files name each
 *     other there
 * @param instance the name of the OpenVPN process
 */
record Layout(Path root, String instance) {

  private Path at(String path) {
    return root.resolve(path);
  }

  boolean isThisMachine() {
    return root.getNameCount() == 0;
  }

  Path configuration() {
    return at("etc/hourgate/hourgate.yaml");
  }

  Path gatewayKey() {
    return configuration().resolveSibling("gateway.key");
  }

  Path profileTemplate() {
    return configuration().resolveSibling("client.ovpn.template");
  }

  /** What {@code init} wrote, for taking it back. */
  Path journal() {
    return configuration().resolveSibling("init.files");
  }

  Path serverConfiguration() {
    return at("etc/openvpn/server").resolve(instance + ".conf");
  }

  Path certificates() {
    return at("etc/openvpn/server").resolve(instance);
  }

  Path managementSocket() {
    return at("run/openvpn-server").resolve(instance + ".sock");
  }

  /** Where the program is put that the service runs, if no package brings one. */
  Path program() {
    return at("usr/local/lib/hourgate");
  }

  /** Whether Hourgate's package is there, which brings program and service. */
  boolean hasPackage() {
    return Files.exists(at("usr/lib/systemd/system/hourgate.service"));
  }

  /** Takes away the folder of the configuration if nothing is in it; a package keeps its own. */
  void removeEmptyFolder() throws IOException {
    if (hasPackage()) {
      return;
    }
    try {
      Files.deleteIfExists(configuration().resolveSibling(""));
    } catch (DirectoryNotEmptyException e) {
      // Somebody else has something in it.
    }
  }

  /** Whether there is a service, whoever has written it. */
  boolean hasService() {
    return hasPackage() || Files.exists(at("etc/systemd/system/hourgate.service"));
  }

  /** So that people find it. */
  Path programLink() {
    return at("usr/local/bin/hourgate");
  }

  Path sockets() {
    return at("run/hourgate");
  }

  Path state() {
    return at("var/lib/hourgate");
  }
}
