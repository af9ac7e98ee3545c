package org.hourgate.management;

import java.util.Collections;
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

  /** No lines: what DISCONNECT of a client that was never established brings. */
  public static final ClientEnvironment EMPTY = new ClientEnvironment(Map.of(), false);

  public ClientEnvironment {
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /** The value of a variable, if a line named it. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  /** Names only: the block holds the password. */
  @Override
  public String toString() {
    return "ClientEnvironment" + variables.keySet();
  }
}
