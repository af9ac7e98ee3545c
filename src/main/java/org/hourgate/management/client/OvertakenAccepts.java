package org.hourgate.management.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;

/**
 * Finds accepts that a later kill of the same client has overtaken: written behind it they would
 * give the client its keys back. Remembers kills only while something may wait that is older. Event
 * loop only.
 */
final class OvertakenAccepts {

  private final Map<ClientId, Long> kills = new HashMap<>();

  /** Notes whom the commands kill, as they are written. */
  void written(Batch batch) {
    for (Command command : batch.commands) {
      if (command instanceof Command.ClientKill(ClientId client, var _)) {
        kills.put(client, batch.number);
      }
    }
  }

  /** Returns a client whom the commands accept although it was killed by later ones. */
  Optional<ClientId> find(Batch batch) {
    if (kills.isEmpty()) {
      return Optional.empty();
    }
    for (Command command : batch.commands) {
      Optional<ClientId> accepted =
          switch (command) {
            case Command.ClientAuth(ClientId client, var _, var _) -> Optional.of(client);
            case Command.ClientAuthNt(ClientId client, var _) -> Optional.of(client);
            case Command.Single _, Command.MultiLine _ -> Optional.empty();
          };
      if (accepted.filter(c -> kills.getOrDefault(c, -1L) > batch.number).isPresent()) {
        return accepted;
      }
    }
    return Optional.empty();
  }

  /** Nothing waits any more. */
  void clear() {
    kills.clear();
  }
}
