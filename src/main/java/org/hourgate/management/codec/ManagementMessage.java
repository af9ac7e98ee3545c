package org.hourgate.management.codec;

import org.hourgate.management.Notification;

/** What {@link ManagementDecoder} makes of the stream. Texts are ISO-8859-1. */
public sealed interface ManagementMessage {

  /** A line that begins with {@code >}, or a whole {@code >CLIENT:} block. */
  record Notified(Notification notification) implements ManagementMessage {}

  /** Any other line, without its line end: part of the reply to some command. */
  record ReplyLine(String text) implements ManagementMessage {

    /** Without the text: log rows hold addresses and names of clients. */
    @Override
    public String toString() {
      return "ReplyLine[%d characters]".formatted(text.length());
    }
  }

  /** {@code ENTER PASSWORD:}, the one output without a line end. */
  record PasswordPrompt() implements ManagementMessage {}
}
