package org.hourgate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Customers at OpenVPN processes, real ones or not, who are watched as their time ends. */
interface Crowd extends AutoCloseable {

  /** The management sockets of the processes. */
  List<Path> sockets();

  /** Lets all of them in; returns when the last one is up. The gate is there. */
  void connect(List<Customer> customers) throws IOException;

  /**
   * How long after that moment the last packet of a customer passed, in milliseconds; empty if
   * packets still pass.
   */
  OptionalDouble lastPacketAfter(int customer, Instant end);

  /** How long after that moment the customer was put out, in milliseconds; before it is below 0. */
  OptionalDouble putOutAfter(int customer, Instant end);

  /** What a member of the crowd takes of this machine; empty if there is nothing to tell. */
  Optional<String> price();

  /** What it is, for a table. */
  String name();

  @Override
  void close() throws IOException;
}
