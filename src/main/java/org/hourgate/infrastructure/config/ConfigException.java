package org.hourgate.infrastructure.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration can't be used. Holds everything that is wrong with it. */
public final class ConfigException extends RuntimeException {

  private final transient List<Problem> problems;

  ConfigException(String file, List<Problem> problems) {
    super(describe(file, problems));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }

  private static String describe(String file, List<Problem> problems) {
    String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
    return problems.stream()
        .map(problem -> "\n  " + problem)
        .collect(Collectors.joining("", file + ": " + count, ""));
  }
}
