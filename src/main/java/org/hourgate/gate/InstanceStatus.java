package org.hourgate.gate;

import java.util.List;

/**
 * Whether an OpenVPN process is served.
 *
 * @param reasons why not, in words for an operator; empty if served
 */
public record InstanceStatus(String instance, boolean serving, List<String> reasons) {
  public InstanceStatus {
    reasons = List.copyOf(reasons);
  }
}
