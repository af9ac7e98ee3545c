package org.hourgate.app.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.operator.AdminClient;
import org.hourgate.operator.AdminReply;
import org.hourgate.operator.AdminRequest;
import tools.jackson.databind.JsonNode;

/** Whether a Hourgate runs by this configuration, and what it says of itself. */
sealed interface GateState {

  /** A busy machine takes seconds, and whoever is called silent is told to restart the gate. */
  Duration PATIENCE = Duration.ofSeconds(10);

  default boolean isRunning() {
    return this instanceof Running;
  }

  /**
   * It answers at the admin socket.
   *
   * @param checks what {@code /readyz} says: the name of each check, and why it is not well; empty
   *     if the admin listener did not answer
   */
  record Running(Optional<Map<String, String>> checks) implements GateState {

    /** Whether it has this OpenVPN in its care, attached or not; doubt is a yes. */
    boolean minds(String instance) {
      return checks.isEmpty() || checks.get().containsKey("openvpn-" + instance);
    }

    /** Why it does not serve this OpenVPN; empty if it does, or does not say. */
    Optional<String> complaint(String instance) {
      return checks
          .map(all -> all.getOrDefault("openvpn-" + instance, ""))
          .filter(reason -> !reason.isEmpty());
    }

    private void tellReadiness(String subject, Findings findings) {
      if (checks.isEmpty()) {
        findings.warn(
            FindingCode.GATE_NOT_READY,
            subject,
            "runs, but does not answer at admin.listen",
            "restart it if that was written since it started");
        return;
      }
      checks
          .get()
          .forEach(
              (name, reason) -> {
                if (!reason.isEmpty()) {
                  findings.warn(
                      FindingCode.GATE_NOT_READY,
                      subject,
                      "runs, but " + name + " is not well: " + reason,
                      "see what is said about it here, and in its log");
                }
              });
      if (checks.get().values().stream().allMatch(String::isEmpty)) {
        findings.ok(FindingCode.GATE, subject, "runs, and is ready");
      }
    }
  }

  /** Nobody is there. */
  record Absent() implements GateState {}

  /** Somebody is there and does not answer. */
  record Silent() implements GateState {}

  /** Somebody is there who does not talk to this user. */
  record Closed() implements GateState {}

  /** Asks; takes seconds at most. */
  static GateState of(HourgateConfig config) {
    return of(config, PATIENCE);
  }

  /** Asks, and waits so long for each of two answers. */
  static GateState of(HourgateConfig config, Duration patience) {
    Path socket = config.admin().socket();
    try {
      Optional<AdminReply> reply =
          Deadline.call(patience, () -> AdminClient.ask(socket, AdminRequest.sessions()));
      if (reply.isEmpty()) {
        return new Silent();
      }
      return new Running(readiness(config.admin().listen(), patience));
    } catch (AccessDeniedException e) {
      return new Closed();
    } catch (IOException e) {
      boolean there = Files.exists(socket);
      String why = String.valueOf(e.getMessage());
      if (why.contains("not hourgate")) {
        return new Silent();
      }
      return (there && why.contains("hung up")) || why.contains("Permission denied")
          ? new Closed()
          : new Absent();
    }
  }

  private static Optional<Map<String, String>> readiness(
      InetSocketAddress listen, Duration patience) {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(patience).build()) {
      String host =
          listen.getAddress().isAnyLocalAddress()
              ? "127.0.0.1"
              : listen.getAddress().getHostAddress();
      URI address = new URI("http", null, host, listen.getPort(), "/readyz", null, null);
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(address).timeout(patience).build(),
              HttpResponse.BodyHandlers.ofString());
      Map<String, String> checks = new LinkedHashMap<>();
      for (JsonNode check : Json.readTree(response.body()).path("checks")) {
        checks.put(
            check.path("name").asString(""),
            check.path("ok").asBoolean(false) ? "" : check.path("reason").asString("not well"));
      }
      return checks.isEmpty() ? Optional.empty() : Optional.of(checks);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (IOException | java.net.URISyntaxException | InvalidJsonException e) {
      return Optional.empty();
    }
  }

  /** Says it. */
  default void tell(Path socket, Findings findings) {
    String subject = "hourgate";
    switch (this) {
      case Absent() -> findings.ok(FindingCode.GATE, subject, "does not run here now");
      case Silent() ->
          findings.unreachable(
              FindingCode.GATE_SILENT,
              subject,
              "somebody listens at " + socket + " and does not answer",
              "look at its log; restart it (sessions go on)");
      case Closed() ->
          findings.warn(
              FindingCode.GATE_CLOSED_TO_US,
              subject,
              socket + " is there, but not for " + System.getProperty("user.name"),
              "run this as root, or as the user that Hourgate runs as");
      case Running running -> running.tellReadiness(subject, findings);
    }
  }
}
