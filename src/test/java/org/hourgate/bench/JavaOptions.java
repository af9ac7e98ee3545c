package org.hourgate.bench;

import java.util.List;

/** Options of the virtual machine that serves. */
final class JavaOptions {

  /** As it is shipped: the quick compiler alone. */
  static final List<String> SHIPPED = List.of("@bin/java.options");

  /** With the thorough one as well, by {@code JAVA_OPTS}. */
  static final List<String> THOROUGH = List.of("@bin/java.options", "-XX:TieredStopAtLevel=4");

  private JavaOptions() {}
}
