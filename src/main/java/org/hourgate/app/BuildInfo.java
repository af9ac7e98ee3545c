package org.hourgate.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.hourgate.infrastructure.netty.EventLoops;
import picocli.CommandLine.IVersionProvider;

/** What this build is and what it runs on: {@code --version} and {@code hourgate version}. */
public final class BuildInfo implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      "hourgate " + version(),
      "commit " + commit(),
      "java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
      "netty " + EventLoops.nettyVersion(),
    };
  }

  static String version() {
    return load().getProperty("git.build.version", "unknown");
  }

  static String commit() {
    Properties build = load();
    boolean dirty = Boolean.parseBoolean(build.getProperty("git.dirty"));
    return build.getProperty("git.commit.id.abbrev", "unknown") + (dirty ? "-dirty" : "");
  }

  /** What the build wrote down; empty outside a checkout. */
  private static Properties load() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("build.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't read build.properties of this jar", e);
    }
    return properties;
  }
}
