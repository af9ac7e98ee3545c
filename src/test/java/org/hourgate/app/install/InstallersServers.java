package org.hourgate.app.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** OpenVPN servers as the well-known installers leave them, with certificates of our own. */
public final class InstallersServers {

  private InstallersServers() {}

  /** angristan/openvpn-install: {@code tls-crypt-v2}, a management socket for its own commands. */
  public static Path angristan(Path folder) throws IOException {
    Pki pki = certificates(folder);
    genkey(folder, "tls-crypt-v2-server");
    return write(
        folder,
        """
        port 1196
        proto udp
        dev tun
        persist-key
        persist-tun
        keepalive 10 120
        topology subnet
        server 10.8.0.0 255.255.255.0
        ifconfig-pool-persist ipp.txt
        push "dhcp-option DNS 1.1.1.1"
        push "redirect-gateway def1 bypass-dhcp"
        dh none
        tls-crypt-v2 %1$s/made.key
        ca %2$s
        cert %3$s
        key %4$s
        auth SHA256
        cipher AES-128-GCM
        ignore-unknown-option data-ciphers
        data-ciphers AES-128-GCM
        ncp-ciphers AES-128-GCM
        tls-server
        tls-version-min 1.2
        remote-cert-tls client
        status %1$s/status.log
        management %1$s/server.sock unix
        verb 3
        """
            .formatted(folder, pki.ca(), pki.certificate(), pki.key()));
  }

  /** Nyr/openvpn-install: names of files without a folder, {@code tls-crypt}, no management. */
  public static Path nyr(Path folder) throws IOException {
    certificates(folder);
    genkey(folder, "tls-crypt");
    return write(
        folder,
        """
        local 10.99.0.1
        port 1194
        proto udp
        dev tun
        ca ca.crt
        cert server.crt
        key server.key
        dh none
        auth SHA512
        tls-crypt made.key
        topology subnet
        server 10.8.0.0 255.255.255.0
        server-ipv6 fddd:1194:1194:1194::/64
        push "redirect-gateway def1 ipv6 bypass-dhcp"
        ifconfig-pool-persist ipp.txt
        push "dhcp-option DNS 1.1.1.1"
        keepalive 10 120
        user nobody
        group nogroup
        persist-key
        persist-tun
        verb 3
        explicit-exit-notify
        """);
  }

  /** PiVPN: clients see each other, and each has a file of his own. */
  public static Path pivpn(Path folder) throws IOException {
    certificates(folder);
    genkey(folder, "tls-crypt");
    return write(
        folder,
        """
        dev tun
        proto udp
        port 1194
        ca ca.crt
        cert server.crt
        key server.key
        dh none
        topology subnet
        server 10.8.0.0 255.255.255.0
        # Set your primary domain name server address for clients
        push "dhcp-option DNS 9.9.9.9"
        push "block-outside-dns"
        push "redirect-gateway def1"
        client-to-client
        client-config-dir %s
        keepalive 15 120
        remote-cert-tls client
        tls-version-min 1.2
        tls-crypt made.key
        cipher AES-256-CBC
        auth SHA256
        user nobody
        group nogroup
        persist-key
        persist-tun
        status /var/log/openvpn-status.log 20
        status-version 3
        syslog
        verb 3
        """
            .formatted(Files.createDirectory(folder.resolve("ccd"))));
  }

  private static Pki certificates(Path folder) {
    return Pki.create(folder, "server_of_somebody", Duration.ofDays(300));
  }

  private static Path write(Path folder, String text) throws IOException {
    return Files.writeString(folder.resolve("server.conf"), text);
  }

  /** With OpenVPN's own program: what we read is what others write. */
  private static void genkey(Path folder, String kind) throws IOException {
    try {
      Process process =
          new ProcessBuilder("openvpn", "--genkey", kind, folder.resolve("made.key").toString())
              .inheritIO()
              .start();
      if (process.waitFor() != 0) {
        throw new IOException("openvpn --genkey " + kind + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
