package org.hourgate.conformance;

/** How much depends on a scenario. */
public enum Requirement {
  /** Without it somebody waits in vain, or gets in without right. */
  MUST,
  /** Without it somebody waits longer than need be, or one more mistake lets somebody in. */
  SHOULD
}
