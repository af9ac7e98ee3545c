package org.hourgate.testing;

import java.util.ArrayList;
import java.util.List;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;

/** Keeps what a management connection told. May be asked by any thread. */
public final class RecordingListener implements ManagementListener {

  /** One call. */
  public sealed interface Event {}

  public record Attached(Epoch epoch) implements Event {}

  public record EpochStarted(Epoch epoch) implements Event {}

  public record Notified(Epoch epoch, Notification notification) implements Event {}

  public record Detached(String reason) implements Event {}

  private final List<Event> events = new ArrayList<>();

  @Override
  public synchronized void attached(Epoch epoch) {
    events.add(new Attached(epoch));
  }

  @Override
  public synchronized void epochStarted(Epoch epoch) {
    events.add(new EpochStarted(epoch));
  }

  @Override
  public synchronized void notified(Epoch epoch, Notification notification) {
    events.add(new Notified(epoch, notification));
  }

  @Override
  public synchronized void detached(String reason) {
    events.add(new Detached(reason));
  }

  /** All calls so far. */
  public synchronized List<Event> events() {
    return List.copyOf(events);
  }

  /** The calls of one kind. */
  public <T extends Event> List<T> events(Class<T> kind) {
    return events().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The notifications of one kind. */
  public <T extends Notification> List<T> notifications(Class<T> kind) {
    return events(Notified.class).stream()
        .map(Notified::notification)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** Why the connection was lost or could not be made. */
  public List<String> reasons() {
    return events(Detached.class).stream().map(Detached::reason).toList();
  }

  /** The last epoch told. */
  public Epoch epoch() {
    Epoch last = new Epoch(0);
    for (Event event : events()) {
      last =
          switch (event) {
            case Attached(Epoch epoch) -> epoch;
            case EpochStarted(Epoch epoch) -> epoch;
            case Notified _, Detached _ -> last;
          };
    }
    return last;
  }
}
