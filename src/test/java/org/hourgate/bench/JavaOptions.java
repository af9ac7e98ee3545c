package org.hourgate.bench;

import java.util.ArrayList;
import java.util.List;

/** Options of the virtual machine that serves, as {@code bin/hourgate} gives them. */
final class JavaOptions {

  private static final List<String> MEMORY =
      List.of("-XX:+UseSerialGC", "-Xms16m", "-XX:MinHeapFreeRatio=20", "-XX:MaxHeapFreeRatio=40");

  /** The quick compiler alone. */
  static final List<String> SHIPPED = with("-XX:TieredStopAtLevel=1");

  /** With the thorough one: what {@code JAVA_OPTS=-XX:TieredStopAtLevel=4} makes of it. */
  static final List<String> THOROUGH = with("-XX:TieredStopAtLevel=4");

  private JavaOptions() {}

  private static List<String> with(String option) {
    List<String> all = new ArrayList<>(MEMORY);
    all.add(option);
    return List.copyOf(all);
  }
}
