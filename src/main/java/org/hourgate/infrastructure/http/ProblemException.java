package org.hourgate.infrastructure.http;

/**
 * The request can't be served, and why. What is only for now (429, 503) is told when to try again.
 */
public final class ProblemException extends RuntimeException {

  private final int status;
  private final String code;

  public ProblemException(int status, String code, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
  }

  public String code() {
    return code;
  }

  public Response response() {
    Response problem = Response.problem(status, code, String.valueOf(getMessage()));
    return status == 429 || status == 503 ? problem.withHeader("retry-after", "10") : problem;
  }
}
