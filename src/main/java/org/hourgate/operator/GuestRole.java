package org.hourgate.operator;

/** What a guest of the shared management socket may do. */
public enum GuestRole {
  /** Look. */
  READ,
  /** Look, and end sessions. */
  KILL
}
