package org.hourgate.management;

/** What follows a command on the stream. An {@code ERROR:} line ends any of them. */
public enum ReplyShape {
  /** One {@code SUCCESS:} or {@code ERROR:} line. */
  SINGLE,
  /** Lines up to {@code END}. */
  UNTIL_END
}
