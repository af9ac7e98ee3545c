package org.hourgate.app.install;

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

  Path sockets() {
    return at("run/hourgate");
  }

  Path state() {
    return at("var/lib/hourgate");
  }
}
