package org.hourgate.gate;

/** How an OpenVPN process asks who may come in. */
public enum AskedBy {
  /** On its management interface: {@code management-client-auth}. */
  MANAGEMENT,
  /**
   * By scripts. Then {@code client-deny} means nothing (OpenVPN {@code ssl_verify.c
   * man_def_auth_test}), and nothing tells that a client is gone.
   */
  SCRIPT
}
