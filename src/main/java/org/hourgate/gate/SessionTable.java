package org.hourgate.gate;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hourgate.credential.WalletAddress;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionKey;

/** The sessions of all instances, by key and by wallet. Touched by the gate's thread alone. */
final class SessionTable {

  private final Map<SessionKey, Session> byKey = new LinkedHashMap<>();
  private final Map<WalletAddress, Set<Session>> byWallet = new HashMap<>();

  void add(Session session) {
    byKey.put(session.key(), session);
    byWallet.computeIfAbsent(session.wallet(), _ -> new LinkedHashSet<>()).add(session);
  }

  Optional<Session> find(SessionKey key) {
    return Optional.ofNullable(byKey.get(key));
  }

  Optional<Session> remove(SessionKey key) {
    Session session = byKey.remove(key);
    if (session == null) {
      return Optional.empty();
    }
    Set<Session> others = byWallet.get(session.wallet());
    if (others != null) {
      others.remove(session);
      if (others.isEmpty()) {
        byWallet.remove(session.wallet());
      }
    }
    return Optional.of(session);
  }

  /** The same session under a new key. */
  void rekey(Session session, SessionKey newKey) {
    byKey.remove(session.key());
    session.foundAgain(newKey);
    byKey.put(newKey, session);
  }

  /** The wallet's sessions, oldest first. */
  List<Session> of(WalletAddress wallet) {
    return List.copyOf(byWallet.getOrDefault(wallet, Set.of()));
  }

  List<Session> of(InstanceName instance) {
    return byKey.values().stream().filter(s -> s.key().instance().equals(instance)).toList();
  }

  Collection<Session> all() {
    return List.copyOf(byKey.values());
  }
}
