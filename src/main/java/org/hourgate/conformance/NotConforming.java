package org.hourgate.conformance;

/** The controller did not do what it has to; the message says what it did instead. */
final class NotConforming extends RuntimeException {
  NotConforming(String reason) {
    super(reason);
  }
}
