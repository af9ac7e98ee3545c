package org.hourgate.app.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hourgate.app.install.ConfigTemplate;
import org.hourgate.app.install.Pki;

/**
 * A real OpenVPN server, configured by the file we ship. It starts in hold: nobody is served before
 * somebody has attached to its management socket and released it. Not for concurrent use, apart
 * from {@link #output}.
 */
public final class OpenVpnServer implements AutoCloseable {

  private static final String SCRIPT_GROUP = "nogroup";
  private static final Duration TIME_TO_START = Duration.ofSeconds(30);
  private static final Duration TIME_TO_STOP = Duration.ofSeconds(30);

  private final Builder settings;
  private final Path configuration;
  private LabProcess process;

  private OpenVpnServer(Builder settings) {
    this.settings = settings;
    this.configuration = settings.write();
    this.process = launch();
  }

  /** Begins to describe a server on the network. */
  public static Builder on(LabNetwork network, Pki pki) {
    return new Builder(network, pki);
  }

  private LabProcess launch() {
    List<String> command = new ArrayList<>(settings.launcher);
    command.addAll(List.of(Programs.openvpn().toString(), "--config", configuration.toString()));
    LabProcess launched =
        LabProcess.start(
            "openvpn server " + settings.name, settings.network.server().command(command));
    launched.output().await("MANAGEMENT: unix domain socket listening on", TIME_TO_START);
    return launched;
  }

  /** Returns the name of the instance. */
  public String name() {
    return settings.name;
  }

  /** Returns the path of the management socket. */
  public Path managementSocket() {
    return settings.file(".sock");
  }

  /** Returns what the gate's configuration needs to say of how this server asks. */
  public Map<String, String> gateSettings() {
    return settings.scripts
        ? Map.of(
            "mode",
            "script",
            "script-folder",
            settings.file(".requests").toString(),
            "script-group",
            SCRIPT_GROUP)
        : Map.of();
  }

  /** Returns the server's own address inside the tunnel. */
  public String gateway() {
    return settings.tunnelNetwork.replaceFirst("\\.\\d+$", ".1");
  }

  public long pid() {
    return process.pid();
  }

  /** Returns what the process that was started last has printed. */
  public Output output() {
    return process.output();
  }

  /** Sends a signal, named without "SIG". */
  public void signal(String signal) {
    process.signal(signal);
  }

  /** Ends the server as an operator would and waits until it is gone (2 s: clients are told). */
  public void stop() {
    process.signal("TERM");
    process.awaitExit(TIME_TO_STOP);
  }

  /** Ends the server as a crash would. */
  public void kill() {
    process.kill();
  }

  /** Starts the server again after {@link #stop} or {@link #kill}. */
  public void start() {
    if (process.isAlive()) {
      throw new IllegalStateException("the server runs");
    }
    process = launch();
  }

  @Override
  public void close() {
    process.close();
  }

  LabNetwork network() {
    return settings.network;
  }

  /** What a profile for this server needs besides the credentials. */
  Map<String, String> profileValues() {
    return Map.of(
        "NAME", "Hourgate lab",
        "PROTO", settings.tcp ? "tcp-client" : "udp",
        "HOST", settings.network.server().address(),
        "PORT", Integer.toString(settings.port),
        "EXIT_NOTIFY", settings.tcp ? "0" : "1",
        "SERVER_NAME", settings.pki.serverName(),
        "CA", settings.pki.caPem().strip(),
        "TLS_KEY", ConfigTemplate.inline("tls-crypt-v2", settings.pki.profileTlsCryptKey()));
  }

  /** A profile of this server in which name, user name and password are left open, for a shop. */
  public String profileTemplate() {
    Map<String, String> values = new HashMap<>(profileValues());
    for (String open : List.of("NAME", "USERNAME", "PASSWORD")) {
      values.put(open, "{{" + open + "}}");
    }
    return ConfigTemplate.shipped(ConfigTemplate.CLIENT).fill(values);
  }

  /** What can differ between servers. */
  public static final class Builder {

    private final LabNetwork network;
    private final Pki pki;
    private final List<String> lines = new ArrayList<>();
    private String name = "udp";
    private String tunnelNetwork = "10.88.0.0";
    private int port = 1194;
    private boolean tcp;
    private boolean scripts;
    private List<String> launcher = List.of();

    private Builder(LabNetwork network, Pki pki) {
      this.network = network;
      this.pki = pki;
    }

    /**
     * Makes room for several servers on one network.
     *
     * @param name at most 11 characters
     * @param tunnelNetwork ends in {@code .0.0}; the clients' addresses begin with the rest
     */
    public Builder instance(String name, int port, String tunnelNetwork) {
      this.name = name;
      this.port = port;
      this.tunnelNetwork = tunnelNetwork;
      return this;
    }

    /** Serves TCP instead of UDP. */
    public Builder tcp() {
      tcp = true;
      return this;
    }

    /** Asks by scripts, as a user that owns nothing. */
    public Builder scripts() {
      scripts = true;
      return line("user nobody").line("group " + SCRIPT_GROUP).line("persist-key");
    }

    /** Starts the server by a command that becomes the one behind it. */
    public Builder launchedBy(List<String> command) {
      launcher = List.copyOf(command);
      return this;
    }

    /** Asks whoever attaches to the management socket for a password. */
    public Builder managementPassword(String password) {
      writeFile(".pw", password + "\n");
      return line("management " + file(".sock") + " unix " + file(".pw"));
    }

    /** Renews keys at this interval exactly. */
    public Builder renegotiateEvery(Duration interval) {
      return line("reneg-sec " + interval.toSeconds() + " " + interval.toSeconds());
    }

    /** Limits the time for a handshake with its verdict. */
    public Builder handWindow(Duration window) {
      return line("hand-window " + window.toSeconds());
    }

    /** Adds a line to the configuration; of several with one word the last counts. */
    public Builder line(String line) {
      lines.add(line);
      return this;
    }

    /** Writes the configuration and starts the server. */
    public OpenVpnServer start() {
      return new OpenVpnServer(this);
    }

    private Path write() {
      String shipped =
          ConfigTemplate.shipped(ConfigTemplate.SERVER)
              .fill(
                  Map.ofEntries(
                      Map.entry("DEVICE", "tun-" + name),
                      Map.entry("PROTO", tcp ? "tcp-server" : "udp"),
                      Map.entry("PORT", Integer.toString(port)),
                      Map.entry("EXIT_NOTIFY", tcp ? "0" : "1"),
                      Map.entry("NETWORK", tunnelNetwork + " 255.255.0.0"),
                      Map.entry("NETWORK6", "fd88::/64"),
                      Map.entry("DNS", ""),
                      Map.entry("CA", pki.ca().toString()),
                      Map.entry("CERTIFICATE", pki.certificate().toString()),
                      Map.entry("KEY", pki.key().toString()),
                      Map.entry("TLS_CRYPT_V2", pki.tlsCryptKey().toString()),
                      Map.entry("MANAGEMENT_SOCKET", file(".sock").toString()),
                      Map.entry("GATE_USER", System.getProperty("user.name"))));
      // The lab's wire has no IPv6.
      String here = shipped.replaceFirst("\nserver-ipv6 .*\n", "\n").replace("def1 ipv6", "def1");
      String asking =
          scripts ? here.replace("\nmanagement-client-auth\n", "\n" + scriptLines()) : here;
      return writeFile(".conf", asking + String.join("\n", lines) + "\n");
    }

    /** Puts the scripts where OpenVPN's user may run them. */
    private String scriptLines() {
      Path folder = file(".scripts");
      try {
        allow(network.directory(), "rwx--x--x");
        allow(Files.createDirectories(folder), "rwxr-xr-x");
        allow(Files.createDirectories(file(".requests")), "rwx------");
        for (String script : List.of("auth-user-pass-verify", "client-connect")) {
          String text = ConfigTemplate.shipped("script/" + script).fill(Map.of());
          allow(Files.writeString(folder.resolve(script), text), "rwxr-xr-x");
        }
      } catch (IOException e) {
        throw new LabException("cannot write " + folder, e);
      }
      return ConfigTemplate.shipped("script/server-lines.conf")
          .fill(
              Map.of("SCRIPTS", folder.toString(), "SCRIPT_FOLDER", file(".requests").toString()));
    }

    private static void allow(Path path, String rights) throws IOException {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    }

    private Path writeFile(String suffix, String content) {
      try {
        return Files.writeString(file(suffix), content);
      } catch (IOException e) {
        throw new LabException("cannot write " + file(suffix), e);
      }
    }

    private Path file(String suffix) {
      return network.directory().resolve(name + suffix);
    }
  }
}
