package org.hourgate.infrastructure.http;

/** The request can't be served, and why. */
public final class ProblemException extends RuntimeException {

  private final int status;
  private final String code;

  public ProblemException(int status, String code, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
  }

  Response response() {
    return Response.problem(status, code, String.valueOf(getMessage()));
  }
}
