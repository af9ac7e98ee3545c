package org.hourgate.app.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The two files that the tests of the records read. */
public final class ConfigFiles {

  /** Only what is required. */
  public static final String MINIMAL =
      """
      gateway: { public-url: "https://vpn.example.org" }
      openvpn:
        - management: unix:/run/openvpn-server/gate.sock
      chain: { id: 1, rpc: "http://127.0.0.1:8545", contract: "0x5FbDB2315678afecb367f032d93F642f64180aa3" }
      """;

  /** Every key, with another value than its default. */
  public static final String FULL =
      """
      gateway:
        name: Garden shed
        public-url: "https://shed.example.org:8443"
        state-dir: state
        key: file:secret/gateway.key
      openvpn:
        - name: udp
          management: unix:gate.sock
          management-password: file:mgmt.pw
          mode: script
          script-folder: scripts
          script-group: openvpn
          profile-template: client.ovpn.template
          operator-socket: /run/hourgate/udp.sock
          operator-group: operators
          operator-role: read
        - name: tcp
          management: tcp:127.0.0.1:7505
          operator-socket: tcp:127.0.0.1:7506
          operator-password: file:operator.pw
      chain:
        id: 31337
        rpc: ["http://127.0.0.1:8545", "https://rpc.example.org/key"]
        contract:
          - "0x5FbDB2315678afecb367f032d93F642f64180aa3"
          - "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512"
        quorum: 2
        confirmations: 3
        poll: 250ms
        max-head-age: off
      credential:
        login-lifetime: 2m
        device-lifetime: 7d
        sessions-per-wallet: 4
        when-full: refuse
        web-sign-in: anywhere
        web-sign-in-time: 3m
      expiry:
        belt: 90s
      limits:
        connects-per-source: 5/1m
        nonces-per-source: off
        requests-per-source: 7/1m
        exempt: ["10.0.0.0/8", "::1"]
      shop:
        listen: "[::1]:443"
        tls:
          certificate: cert.pem
          key: key.pem
        trusted-proxies: ["192.0.2.7"]
        tunnel-listen: ["10.8.0.1:80", "[fd00::1]:80"]
        place: Vienna
        speed: 100 Mbit/s
        notes: ["No mail servers", "Be kind"]
        fiat:
          currency: EUR
          as-of: 2026-11-21
          per-ether: 2450
          per-token:
            - { token: "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512", value: 0.92 }
        chain-name: Garden chain
        currency: GRD
        wallet-rpc: "https://rpc.example.org"
        explorer: "https://explorer.example.org"
        history-from-block: 1234
      admin:
        listen: 127.0.0.2:9999
        socket: admin.sock
        group: wheel
      log:
        format: json
        level: debug
      """;

  private ConfigFiles() {}

  static HourgateConfig read(Path folder, String yaml) {
    return HourgateConfig.read(write(folder, yaml), Map.of(), Map.of());
  }

  static Path write(Path folder, String yaml) {
    try {
      return Files.writeString(folder.resolve("hourgate.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
