package org.hourgate.management;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code >CLIENT:ENV} lines of one block. Values hold the bytes as they came (ISO-8859-1), with
 * no unescaping: OpenVPN escapes nothing there. The first of two lines of one name is kept.
 */
public final class ClientEnvironment {

  /** No lines: what DISCONNECT of a client that was never established brings. */
  public static final ClientEnvironment EMPTY = new ClientEnvironment(Map.of(), false);

  /** A usual block has 34 to 57 lines. */
  private static final int USUAL_LINES = 64;

  private final Map<String, String> variables;
  private final boolean duplicated;

  /**
   * Copies the variables.
   *
   * @param variables name to value, in the order of the lines
   * @param duplicated a name came twice, as when {@code env-filter} lets a client forge lines
   */
  public ClientEnvironment(Map<String, String> variables, boolean duplicated) {
    this.variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    this.duplicated = duplicated;
  }

  private ClientEnvironment(Builder lines) {
    variables = Collections.unmodifiableMap(lines.variables);
    duplicated = lines.duplicated;
  }

  /** Takes the lines of a block one by one; of no use any more once it was built. */
  public static final class Builder {
    private Map<String, String> variables = LinkedHashMap.newLinkedHashMap(USUAL_LINES);
    private boolean duplicated;

    /** Takes the next line. */
    public void add(String name, String value) {
      duplicated |= variables.putIfAbsent(name, value) != null;
    }

    /** The environment of the lines so far, which are its own from now on. */
    public ClientEnvironment build() {
      ClientEnvironment built = variables.isEmpty() ? EMPTY : new ClientEnvironment(this);
      variables = Map.of();
      return built;
    }
  }

  /** Name to value, in the order of the lines. */
  public Map<String, String> variables() {
    return variables;
  }

  /** Whether a name came twice. */
  public boolean duplicated() {
    return duplicated;
  }

  /** The value of a variable, if a line named it. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClientEnvironment that
        && duplicated == that.duplicated
        && variables.equals(that.variables);
  }

  @Override
  public int hashCode() {
    return 31 * variables.hashCode() + Boolean.hashCode(duplicated);
  }

  /** Names only: the block holds the password. */
  @Override
  public String toString() {
    return "ClientEnvironment" + variables.keySet();
  }
}
