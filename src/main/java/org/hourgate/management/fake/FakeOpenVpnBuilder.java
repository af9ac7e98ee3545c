package org.hourgate.management.fake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.hourgate.management.client.ManagementAddress;
import org.jspecify.annotations.Nullable;

/** How to set up a {@link FakeOpenVpn}. */
public final class FakeOpenVpnBuilder {

  private static final int LOG_CACHE = 1_000;
  private static final ManagementAddress ANY_PORT = new ManagementAddress.Tcp("127.0.0.1", 1);

  private @Nullable ManagementAddress address;
  private boolean hold;
  private boolean scripted;
  private boolean virtualTime;
  private boolean duplicateCommonNames;
  private boolean externalTokens;
  private int envFilter;
  private Optional<String> password = Optional.empty();
  private Duration disconnectDelay = Duration.ofSeconds(5);
  private Duration establishDelay = Duration.ZERO;
  private Duration handWindow = Duration.ofSeconds(60);
  private Optional<Duration> renegotiateEvery = Optional.empty();
  private InstantSource clock = InstantSource.system();

  FakeOpenVpnBuilder() {}

  /** A port on loopback instead of a unix socket. */
  public FakeOpenVpnBuilder tcp() {
    return listen(ANY_PORT);
  }

  /** Here, instead of on a unix socket in a new folder. */
  public FakeOpenVpnBuilder listen(ManagementAddress value) {
    address = value;
    return this;
  }

  /** {@code management-hold}. */
  public FakeOpenVpnBuilder hold() {
    hold = true;
    return this;
  }

  /** Answers nothing but what was enqueued. */
  public FakeOpenVpnBuilder scripted() {
    scripted = true;
    return this;
  }

  /** Time stands still but for {@link FakeOpenVpn#advance}. */
  public FakeOpenVpnBuilder virtualTime() {
    virtualTime = true;
    return this;
  }

  /** {@code duplicate-cn}. */
  public FakeOpenVpnBuilder duplicateCommonNames() {
    duplicateCommonNames = true;
    return this;
  }

  /** {@code auth-gen-token … external-auth}: clients get and show tokens of the daemon's own. */
  public FakeOpenVpnBuilder externalTokens() {
    externalTokens = true;
    return this;
  }

  /** The level of {@code env-filter} that a former controller left. */
  public FakeOpenVpnBuilder envFilter(int level) {
    envFilter = level;
    return this;
  }

  /** A password file behind {@code management}. */
  public FakeOpenVpnBuilder password(String value) {
    password = Optional.of(value);
    return this;
  }

  /** From a refusal, client-kill or good-bye to DISCONNECT; the real one takes 5 s. */
  public FakeOpenVpnBuilder disconnectDelay(Duration value) {
    disconnectDelay = value;
    return this;
  }

  /** From client-auth to ESTABLISHED. */
  public FakeOpenVpnBuilder establishDelay(Duration value) {
    establishDelay = value;
    return this;
  }

  /** {@code hand-window}: how long a CONNECT or REAUTH waits for its verdict. */
  public FakeOpenVpnBuilder handWindow(Duration value) {
    handWindow = value;
    return this;
  }

  /** {@code reneg-sec}: every session prints a REAUTH that often. Otherwise only when asked to. */
  public FakeOpenVpnBuilder renegotiateEvery(Duration value) {
    renegotiateEvery = Optional.of(value);
    return this;
  }

  /** Where unix times come from; virtual time is added. */
  public FakeOpenVpnBuilder clock(InstantSource value) {
    clock = value;
    return this;
  }

  /** Starts it. */
  public FakeOpenVpn start() {
    ManagementAddress wanted = address;
    return new FakeOpenVpn(
        new Settings(
            hold,
            scripted,
            virtualTime,
            duplicateCommonNames,
            externalTokens,
            envFilter,
            password,
            disconnectDelay,
            establishDelay,
            handWindow,
            renegotiateEvery,
            LOG_CACHE),
        wanted == null ? new ManagementAddress.Unix(newFolder().resolve("m.sock")) : wanted,
        wanted == null,
        clock);
  }

  private static Path newFolder() {
    try {
      return Files.createTempDirectory("fake-openvpn");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
