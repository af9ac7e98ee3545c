package org.hourgate.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What else a gate has to do: Prometheus scrapes it, monitors read the status of each OpenVPN, and
 * people look at the page.
 */
final class Visitors implements AutoCloseable {

  private static final int MONITORS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_SCRAPES = Duration.ofMillis(500);
  private static final Duration BETWEEN_PAGES = Duration.ofMillis(50);

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<GuestCrowd> monitors = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Double> pages = new ConcurrentLinkedQueue<>();
  private final Queue<Double> scrapes = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  static Visitors of(ServiceProcess service, int instances) throws IOException {
    Visitors visitors = new Visitors();
    for (int i = 0; i < instances; i++) {
      Path socket = service.operatorSocket(i);
      visitors.monitors.add(GuestCrowd.of(MONITORS, socket));
    }
    visitors.ask(service.admin().resolve("/metrics"), BETWEEN_SCRAPES, visitors.scrapes);
    visitors.ask(service.shop(), BETWEEN_PAGES, visitors.pages);
    visitors.ask(service.shop().resolve("/api/gateway"), BETWEEN_PAGES, visitors.pages);
    return visitors;
  }

  private void ask(URI uri, Duration pause, Queue<Double> took) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  while (!over) {
                    long begun = System.nanoTime();
                    try {
                      HttpResponse<String> response =
                          http.send(
                              HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
                              HttpResponse.BodyHandlers.ofString());
                      if (response.statusCode() != 200) {
                        failures.add(uri + " answered " + response.statusCode());
                      }
                      took.add((System.nanoTime() - begun) / 1e6);
                    } catch (IOException e) {
                      if (!over) {
                        failures.add(uri + ": " + e);
                      }
                    } catch (InterruptedException e) {
                      return;
                    }
                    LockSupport.parkNanos(pause.toNanos());
                  }
                }));
  }

  /** Milliseconds that a page took. */
  Figures pages() {
    return Figures.of(pages);
  }

  /** Milliseconds that a scrape took. */
  Figures scrapes() {
    return Figures.of(scrapes);
  }

  /** Who was not answered as he should be. */
  List<String> failures() {
    return Stream.concat(
            failures.stream(),
            monitors.stream()
                .flatMap(crowd -> crowd.failures().stream())
                .map(failure -> "a monitor: " + failure))
        .toList();
  }

  @Override
  public void close() throws IOException {
    over = true;
    threads.forEach(Thread::interrupt);
    for (GuestCrowd crowd : monitors) {
      crowd.leave();
    }
    http.shutdownNow();
  }
}
