package org.hourgate.management;

/** Which of the commands that wait for the socket goes first: the order of the constants. */
public enum CommandPriority {
  CUT,
  REAUTH,
  CONNECT,
  OPERATOR,
  STATUS
}
