package org.hourgate.app.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A network namespace of the lab with its addresses on the lab's wire: one for the server and for
 * an ordinary client, many for a crowd.
 */
public record Namespace(String name, List<String> addresses) {

  public Namespace {
    addresses = List.copyOf(addresses);
  }

  /** Returns the first address. */
  public String address() {
    return addresses.getFirst();
  }

  /** Returns the command that runs the given one in this namespace, with the same process id. */
  public List<String> command(List<String> command) {
    List<String> inside = new ArrayList<>(List.of(Programs.ip().toString(), "netns", "exec", name));
    inside.addAll(command);
    return inside;
  }

  /** Runs the task on a thread in this namespace: a socket opened there stays there. */
  public <T> T call(Callable<T> task) {
    return NamespaceThread.call(this, task);
  }
}
