package org.hourgate.shop;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.hourgate.infrastructure.http.ProblemException;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.http.Router;

/**
 * {@code /rest/…}: how OpenVPN Connect, OpenVPN GUI and others import a profile from an Access
 * Server (openvpn3 doc/webauth.md, "REST profile download API"): HTTP's Basic authentication, the
 * profile as plain text, a refusal as XML. Safe for any thread.
 */
final class AppImport {

  private static final String PLAIN = "text/plain; charset=utf-8";

  private final ProfileDesk profiles;

  AppImport(ProfileDesk profiles) {
    this.profiles = profiles;
  }

  void addTo(Router router) {
    router
        .onAsync("GET", "/rest/GetUserlogin", request -> answer(request, false))
        .onAsync("GET", "/rest/GetAutologin", request -> answer(request, true));
  }

  private CompletionStage<Response> answer(Request request, boolean readyOnly) {
    CompletionStage<Response> profile;
    try {
      profile = profiles.imported(request, readyOnly);
    } catch (ProblemException e) {
      return CompletableFuture.completedFuture(refusal(e));
    }
    return profile
        .thenApply(file -> file.withHeader("content-type", PLAIN))
        .exceptionally(
            failure -> {
              if (cause(failure) instanceof ProblemException problem) {
                return refusal(problem);
              }
              throw failure instanceof CompletionException known
                  ? known
                  : new CompletionException(failure);
            });
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException
        ? Optional.ofNullable(failure.getCause()).orElse(failure)
        : failure;
  }

  /** What is wrong with user name or password is 401 here: by that an app asks for them again. */
  private static Response refusal(ProblemException problem) {
    boolean login =
        problem.response().status() == 401
            || problem.code().equals("bad_username")
            || problem.code().equals("bad_password");
    Response plain = problem.response().withHeader("content-type", "text/xml; charset=utf-8");
    Response refusal =
        new Response(
            login ? 401 : plain.status(),
            plain.headers(),
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error>
              <Type>%s</Type>
              <Synopsis>REST method failed</Synopsis>
              <Message>%s%s [%s]</Message>
            </Error>
            """
                .formatted(
                    login ? "Authorization Required" : "Internal Server Error",
                    login ? "AUTH_FAILED: " : "",
                    escaped(String.valueOf(problem.getMessage())),
                    problem.code())
                .getBytes(StandardCharsets.UTF_8));
    // Windows sends neither name nor password before it is asked to (WinINet).
    return login ? refusal.withHeader("www-authenticate", "Basic realm=\"wallet\"") : refusal;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
