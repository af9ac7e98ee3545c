package org.hourgate.gate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.Reply;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionEvent;
import org.hourgate.session.SessionKey;

/**
 * One OpenVPN process as the gate sees it: its connection and how far attaching got. Touched by the
 * gate's thread alone, but for {@link #status} and sending.
 */
final class Daemon {

  private final InstanceName name;
  private final ManagementConnection connection;
  private final AskedBy askedBy;
  private Optional<Epoch> epoch = Optional.empty();
  private Optional<Long> pid = Optional.empty();
  private boolean attaching;
  private final List<Runnable> putOff = new ArrayList<>();
  private final Set<SessionKey> putOffLogins = new HashSet<>();
  private volatile InstanceStatus status;

  Daemon(InstanceName name, ManagementConnection connection, AskedBy askedBy) {
    this.name = name;
    this.connection = connection;
    this.askedBy = askedBy;
    status = new InstanceStatus(name.value(), false, List.of("not attached yet"));
  }

  InstanceName name() {
    return name;
  }

  AskedBy askedBy() {
    return askedBy;
  }

  Optional<Epoch> epoch() {
    return epoch;
  }

  Optional<Long> pid() {
    return pid;
  }

  /** Safe for any thread. */
  InstanceStatus status() {
    return status;
  }

  boolean isServing() {
    return status.serving();
  }

  /** Events wait until it is known who is there. */
  boolean isAttaching() {
    return attaching;
  }

  void attaching(Epoch newEpoch) {
    epoch = Optional.of(newEpoch);
    attaching = true;
    forgetPutOff();
    status = new InstanceStatus(name.value(), false, List.of("attaching"));
  }

  /** Events go on waiting, for the next try. */
  void attachingFailed(List<String> problems) {
    status = new InstanceStatus(name.value(), false, problems);
  }

  /** Keeps an event that came while attaching. */
  void putOff(SessionEvent.ClientEvent event, Runnable handling) {
    putOff.add(handling);
    if (event instanceof SessionEvent.LoginRequested) {
      putOffLogins.add(event.session());
    }
  }

  boolean hasPutOffLogin(SessionKey session) {
    return putOffLogins.contains(session);
  }

  void pid(Optional<Long> newPid) {
    pid = newPid;
  }

  void serving() {
    attached(new InstanceStatus(name.value(), true, List.of()));
  }

  void refused(List<String> problems) {
    attached(new InstanceStatus(name.value(), false, problems));
  }

  private void attached(InstanceStatus newStatus) {
    status = newStatus;
    attaching = false;
    List<Runnable> events = List.copyOf(putOff);
    forgetPutOff();
    events.forEach(Runnable::run);
  }

  void detached(String reason) {
    epoch = Optional.empty();
    attaching = false;
    forgetPutOff();
    status = new InstanceStatus(name.value(), false, List.of(reason));
  }

  private void forgetPutOff() {
    putOff.clear();
    putOffLogins.clear();
  }

  CompletionStage<List<Reply>> send(CommandPriority priority, List<Command> commands) {
    return connection.send(priority, commands);
  }

  /** Sends commands about one client; nothing is written once its epoch is over. */
  CompletionStage<List<Reply>> send(
      SessionKey session, CommandPriority priority, List<Command> commands) {
    return connection.send(session.epoch(), priority, commands);
  }
}
