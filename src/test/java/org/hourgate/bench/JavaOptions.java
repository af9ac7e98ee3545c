package org.hourgate.bench;

import java.util.List;

/** Options of the virtual machine that serves, as {@code bin/hourgate} gives them. */
final class JavaOptions {

  /** The quick compiler alone. */
  static final List<String> SHIPPED = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** With the thorough one: what {@code JAVA_OPTS=-XX:TieredStopAtLevel=4} makes of it. */
  static final List<String> THOROUGH = List.of("-XX:+UseSerialGC");

  private JavaOptions() {}
}
