package org.hourgate.app.check;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.management.client.ManagementAddress;

/**
 * The ports and sockets on which Hourgate serves: they answer while it runs, and nobody has them
 * while it does not.
 */
final class ListenerCheck {

  private static final String TUNNEL = "shop.tunnel-listen";
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private ListenerCheck() {}

  static void look(HourgateConfig config, GateState gate, Findings findings) {
    if (gate instanceof GateState.Silent || gate instanceof GateState.Closed) {
      socketFile("admin.socket", config.admin().socket(), findings);
      return; // Whoever has the rest is told to nobody.
    }
    port("shop.listen", config.shop().listen(), gate, findings);
    for (InetSocketAddress address : config.shop().tunnelListen()) {
      tunnelPort(address, gate, findings);
    }
    port("admin.listen", config.admin().listen(), gate, findings);
    socketFile("admin.socket", config.admin().socket(), findings);
    for (HourgateConfig.OpenVpn openvpn : config.openvpn()) {
      openvpn
          .operator()
          .ifPresent(operator -> operator("openvpn " + openvpn.name(), operator, gate, findings));
    }
  }

  private static void operator(
      String instance, HourgateConfig.Operator operator, GateState gate, Findings findings) {
    String subject = instance + " operator-socket";
    operator
        .password()
        .ifPresent(file -> FileRights.secret(findings, instance + " operator-password", file));
    switch (operator.address()) {
      case HourgateConfig.OperatorAddress.Tcp(InetSocketAddress address) ->
          port(subject, address, gate, findings);
      case HourgateConfig.OperatorAddress.Unix(Path path) -> {
        socketFile(subject, path, findings);
        boolean answers =
            Files.exists(path)
                && !(ManagementDial.dial(
                        new ManagementAddress.Unix(path), Optional.empty(), PATIENCE)
                    instanceof ManagementDial.Outcome.NotConnected);
        if (answers && !gate.isRunning()) {
          findings.error(
              FindingCode.SOCKET_TAKEN,
              subject,
              "another program listens at " + path,
              "write another operator-socket; it can't be OpenVPN's own");
        } else if (!answers && gate.isRunning()) {
          findings.warn(
              FindingCode.SOCKET_DEAD,
              subject,
              "the hourgate that runs here does not listen at " + path,
              "restart it if this was written since it started");
        } else {
          findings.ok(
              FindingCode.SOCKET, subject, answers ? path + " answers" : path + " is to be had");
        }
      }
    }
  }

  private static void socketFile(String subject, Path path, Findings findings) {
    if (Files.exists(path) && FileRights.isWritableByAll(path)) {
      findings.error(
          FindingCode.SOCKET_OPEN,
          subject,
          "every user of this machine can open " + path,
          "chmod 600 " + path);
    }
  }

  /** An address that comes and goes with OpenVPN: while it is away nobody can be asked there. */
  private static void tunnelPort(InetSocketAddress address, GateState gate, Findings findings) {
    try {
      if (NetworkInterface.getByInetAddress(address.getAddress()) != null) {
        port(TUNNEL, address, gate, findings);
        return;
      }
    } catch (SocketException e) {
      // As if it were away.
    }
    findings.ok(
        FindingCode.PORT,
        TUNNEL,
        address.getAddress().getHostAddress() + " is not here yet: it comes with OpenVPN's tunnel");
  }

  private static void port(
      String subject, InetSocketAddress address, GateState gate, Findings findings) {
    if (address.getPort() == 0) {
      return;
    }
    String text = address.getAddress().getHostAddress() + " port " + address.getPort();
    if (gate.isRunning()) {
      if (isOpen(address)) {
        findings.ok(FindingCode.PORT, subject, text + " is open");
      } else {
        findings.warn(
            FindingCode.SOCKET_DEAD,
            subject,
            "the hourgate that runs here does not listen on " + text,
            "restart it if this was written since it started");
      }
      return;
    }
    // Bound, but never listening: nobody can connect to it, and nothing of it stays.
    try (Socket socket = new Socket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
      findings.ok(FindingCode.PORT, subject, text + " is to be had");
    } catch (BindException e) {
      String why = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      if (why.contains("in use")) {
        findings.error(
            FindingCode.PORT_TAKEN,
            subject,
            "another program listens on " + text,
            "end it, or write another port");
      } else if (why.contains("permission")) {
        findings.error(
            FindingCode.PORT_IMPOSSIBLE,
            subject,
            System.getProperty("user.name") + " may not listen on " + text,
            "write a port from 1024 up, or give the service CAP_NET_BIND_SERVICE");
      } else {
        findings.error(
            FindingCode.PORT_IMPOSSIBLE,
            subject,
            text + " is no address of this machine",
            "write an address of this machine, or 0.0.0.0");
      }
    } catch (IOException e) {
      findings.error(
          FindingCode.PORT_IMPOSSIBLE, subject, text + ": " + e.getMessage(), "write another one");
    }
  }

  private static boolean isOpen(InetSocketAddress address) {
    InetSocketAddress target =
        address.getAddress().isAnyLocalAddress()
            ? new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), address.getPort())
            : address;
    try (Socket socket = new Socket()) {
      socket.connect(target, Math.toIntExact(PATIENCE.toMillis()));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
