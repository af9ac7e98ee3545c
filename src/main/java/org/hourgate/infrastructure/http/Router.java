package org.hourgate.infrastructure.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the endpoint of a request. Paths match exactly, as they were written. HEAD is GET without a
 * body, OPTIONS tells the methods, and nothing is allowed to other origins. Safe for any thread
 * once it is made.
 */
public final class Router {

  private static final Logger LOG = LoggerFactory.getLogger(Router.class);

  private final Map<String, Map<String, Endpoint>> endpoints = new LinkedHashMap<>();
  private final Map<String, Map<String, Endpoint>> folders = new LinkedHashMap<>();

  private volatile HttpObserver observer = (method, template, status, took) -> {};

  /** Adds an endpoint that answers at once. */
  public Router on(String method, String path, Function<Request, Response> answer) {
    return onAsync(
        method, path, request -> CompletableFuture.completedFuture(answer.apply(request)));
  }

  public Router onAsync(String method, String path, Endpoint endpoint) {
    endpoints.computeIfAbsent(path, any -> new LinkedHashMap<>()).put(method, endpoint);
    return this;
  }

  /**
   * Adds an endpoint for every path that begins with the folder and has one more name behind it.
   *
   * @param folder ends with a slash
   */
  public Router onNames(String method, String folder, Function<Request, Response> answer) {
    return onNamesAsync(
        method, folder, request -> CompletableFuture.completedFuture(answer.apply(request)));
  }

  /** The same, for an endpoint that answers later. */
  public Router onNamesAsync(String method, String folder, Endpoint endpoint) {
    folders.computeIfAbsent(folder, any -> new LinkedHashMap<>()).put(method, endpoint);
    return this;
  }

  /** Has every answer told to this observer. */
  public Router observedBy(HttpObserver toTell) {
    observer = toTell;
    return this;
  }

  /** Never throws; the stage never completes exceptionally. */
  CompletionStage<Answer> route(Request request) {
    long start = System.nanoTime();
    return answer(request)
        .thenApply(
            answer -> {
              int status =
                  switch (answer) {
                    case Response response -> response.status();
                    case EventStream _ -> 200;
                  };
              observer.answered(
                  request.method(),
                  template(request.path()),
                  status,
                  Duration.ofNanos(System.nanoTime() - start));
              return answer;
            });
  }

  /** The path or the folder that an endpoint was added for; empty if there is none. */
  private String template(String path) {
    if (endpoints.containsKey(path)) {
      return path;
    }
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    return folders.containsKey(folder) ? folder : "";
  }

  private CompletionStage<Answer> answer(Request request) {
    try {
      return dispatch(request)
          .handle((answer, failure) -> failure == null ? answer : failed(request, failure));
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(failed(request, e));
    }
  }

  private CompletionStage<? extends Answer> dispatch(Request request) {
    Map<String, Endpoint> methods = endpoints.get(request.path());
    if (methods == null) {
      methods = folders.get(request.path().substring(0, request.path().lastIndexOf('/') + 1));
    }
    if (methods == null) {
      throw new ProblemException(404, "not_found", "There is nothing at this address.");
    }
    String method = request.method().equals("HEAD") ? "GET" : request.method();
    Endpoint endpoint = methods.get(method);
    if (endpoint != null) {
      return endpoint.handle(request);
    }
    Response answer =
        method.equals("OPTIONS")
            ? Response.empty(204)
            : Response.problem(
                405, "method_not_allowed", "This address does not take " + method + ".");
    return CompletableFuture.completedFuture(answer.withHeader("allow", allowed(methods)));
  }

  private static String allowed(Map<String, Endpoint> methods) {
    TreeSet<String> names = new TreeSet<>(methods.keySet());
    names.add("OPTIONS");
    if (names.contains("GET")) {
      names.add("HEAD");
    }
    return String.join(", ", names);
  }

  private static Response failed(Request request, Throwable failure) {
    Throwable cause =
        failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ProblemException problem) {
      return problem.response();
    }
    LOG.error("{} {} failed", request.method(), request.path(), cause);
    return Response.problem(500, "internal", "Something went wrong on our side.");
  }
}
