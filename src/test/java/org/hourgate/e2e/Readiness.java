package org.hourgate.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.app.lab.LabGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code /readyz} answers. */
record Readiness(int status, JsonNode body) {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  static Readiness of(LabGateway gateway) throws IOException, InterruptedException {
    HourgateConfig config = HourgateConfig.read(gateway.configuration(), Map.of(), Map.of());
    URI readyz =
        URI.create("http://127.0.0.1:%d/readyz".formatted(config.admin().listen().getPort()));
    HttpResponse<String> response =
        HTTP.send(HttpRequest.newBuilder(readyz).build(), HttpResponse.BodyHandlers.ofString());
    return new Readiness(response.statusCode(), JsonMapper.shared().readTree(response.body()));
  }

  /** Returns the code and the sentence of a check that is not well; empty if it is. */
  String complaint(String check) {
    for (JsonNode entry : body.get("checks")) {
      if (entry.get("name").asString().equals(check)) {
        return entry.get("ok").asBoolean()
            ? ""
            : entry.get("code").asString() + ": " + entry.get("reason").asString();
      }
    }
    throw new AssertionError("no check " + check + " in " + body);
  }
}
