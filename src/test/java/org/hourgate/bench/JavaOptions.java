package org.hourgate.bench;

import java.util.List;

/** Options of the virtual machine that serves. */
final class JavaOptions {

  /** As it is shipped: the quick compiler alone. */
  static final List<String> SHIPPED = List.of("@bin/java.options");

  /** With the thorough one as well, by {@code JAVA_OPTS}. */
  static final List<String> THOROUGH = List.of("@bin/java.options", "-XX:TieredStopAtLevel=4");

  /** As it is shipped, and with the log of the service instead of that of the tests. */
  static final List<String> LOGGING =
      List.of("@bin/java.options", "-Dlogback.configurationFile=logback.xml");

  private JavaOptions() {}
}
