package org.hourgate.infrastructure.http;

/**
 * The sending end of an {@link EventStream}. Safe for any thread, never blocks. A reader that does
 * not keep up is dropped: nothing piles up here.
 */
public interface EventSink {

  /**
   * Sends one event; does nothing if the stream has ended.
   *
   * @param event its type, a word
   * @param data written as JSON
   */
  void send(String event, Object data);
}
