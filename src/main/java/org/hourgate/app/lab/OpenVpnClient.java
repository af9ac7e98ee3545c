package org.hourgate.app.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.hourgate.app.install.ConfigTemplate;
import org.jspecify.annotations.Nullable;

/** A real OpenVPN client with a profile made from the template we ship. Safe for any thread. */
public final class OpenVpnClient implements AutoCloseable {

  private static final String CONNECTED = "Initialization Sequence Completed";
  private static final Pattern INLINE_LOGIN =
      Pattern.compile("(?s)<auth-user-pass>.*</auth-user-pass>\n");
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Namespace namespace;
  private final LabProcess process;

  private OpenVpnClient(Namespace namespace, LabProcess process) {
    this.namespace = namespace;
    this.process = process;
  }

  /** Begins to describe a client of the server. */
  public static Builder of(OpenVpnServer server, Namespace namespace) {
    return new Builder(server, namespace);
  }

  public Namespace namespace() {
    return namespace;
  }

  /** Returns the process: its output, its signals, its end. */
  public LabProcess process() {
    return process;
  }

  public Output output() {
    return process.output();
  }

  /** Waits until the tunnel is up for the first time. */
  public void awaitConnected(Duration timeout) {
    awaitConnected(0, timeout);
  }

  /** Waits until the tunnel is up (again) after the mark in the output. */
  public void awaitConnected(int mark, Duration timeout) {
    output().await(mark, CONNECTED, timeout);
  }

  /** Ends the client as its user would. */
  @Override
  public void close() {
    process.close();
  }

  /** What can differ between clients. */
  public static final class Builder {

    private final OpenVpnServer server;
    private final Namespace namespace;
    private final List<String> lines = new ArrayList<>();
    private @Nullable String profile;
    private boolean boundAnywhere = true;
    private boolean stubborn;

    private Builder(OpenVpnServer server, Namespace namespace) {
      this.server = server;
      this.namespace = namespace;
    }

    /** Puts user name and password into the profile. */
    public Builder login(String username, String password) {
      profile = shippedProfile(username, password);
      return this;
    }

    /** Takes user name and password from a file of two lines. */
    public Builder loginFile(Path file) {
      profile =
          INLINE_LOGIN
              .matcher(shippedProfile("", ""))
              .replaceFirst("auth-user-pass " + file + "\n");
      return this;
    }

    /** Takes a whole profile, for example one downloaded from the shop. */
    public Builder profile(String text) {
      profile = text;
      return this;
    }

    /** Adds a line to the profile; of several with one word the last counts. */
    public Builder line(String line) {
      lines.add(line);
      return this;
    }

    /** Does without a tun device: no traffic, but hundreds of clients in one namespace. */
    public Builder withoutDevice() {
      return line("dev null").line("ifconfig-noexec").line("route-noexec");
    }

    /** Connects from this one of the namespace's addresses. */
    public Builder from(String address) {
      boundAnywhere = false;
      return line("local " + address).line("lport 0");
    }

    /** Ignores whatever the server says to make it go. */
    public Builder stubborn() {
      stubborn = true;
      return this;
    }

    private String shippedProfile(String username, String password) {
      Map<String, String> values = new HashMap<>(server.profileValues());
      values.put("USERNAME", username);
      values.put("PASSWORD", password);
      return ConfigTemplate.shipped(ConfigTemplate.CLIENT).fill(values);
    }

    /** Writes the profile for somebody else to use. */
    public void write(Path file) {
      if (profile == null) {
        throw new IllegalStateException("a client needs a login or a profile");
      }
      String base = boundAnywhere ? profile : profile.replace("\nnobind\n", "\n");
      try {
        Files.writeString(file, base + String.join("\n", lines) + "\n");
      } catch (IOException e) {
        throw new LabException("cannot write " + file, e);
      }
    }

    /** Writes the profile and starts the client. */
    public OpenVpnClient start() {
      String name = "client-" + COUNT.incrementAndGet();
      Path file = server.network().directory().resolve(name + ".ovpn");
      write(file);
      Path program =
          stubborn ? StubbornOpenVpn.in(server.network().directory()) : Programs.openvpn();
      return new OpenVpnClient(
          namespace,
          LabProcess.start(
              "openvpn " + name,
              namespace.command(List.of(program.toString(), "--config", file.toString()))));
    }
  }
}
