package org.hourgate.management;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code >CLIENT:ENV} lines of one block. Values hold the bytes as they came (ISO-8859-1), with
 * no unescaping: OpenVPN escapes nothing there. The first of two lines of one name is kept.
 *
 * @param variables name to value, in the order of the lines
 * @param duplicated a name came twice, as when {@code env-filter} lets a client forge lines
 */
public record ClientEnvironment(Map<String, String> variables, boolean duplicated) {
  public ClientEnvironment {
    variables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  public Optional<String> get(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  /** Names only: the block holds the password. */
  @Override
  public String toString() {
    return "ClientEnvironment" + variables.keySet();
  }
}
