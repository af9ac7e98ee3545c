package org.hourgate.metrics;

import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * The decision that is being measured on this thread: exemplars lead from a slow bucket to its
 * lines in the log. Whatever is measured outside {@link #during} has no exemplar.
 */
final class CurrentDecision implements SpanContext {

  private final ThreadLocal<@Nullable String> decision = new ThreadLocal<>();

  void during(String name, Runnable measuring) {
    decision.set(name);
    try {
      measuring.run();
    } finally {
      decision.remove();
    }
  }

  @Override
  public @Nullable String getCurrentTraceId() {
    return decision.get();
  }

  /** A decision has no parts. */
  @Override
  public @Nullable String getCurrentSpanId() {
    return decision.get();
  }

  @Override
  public boolean isCurrentSpanSampled() {
    return decision.get() != null;
  }

  @Override
  public void markCurrentSpanAsExemplar() {}
}
