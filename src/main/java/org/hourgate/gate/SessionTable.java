package org.hourgate.gate;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.hourgate.credential.WalletAddress;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionKey;

/** The sessions of all instances, by key and by wallet. Touched by the gate's thread alone. */
final class SessionTable {

  private final Map<SessionKey, Session> byKey = new LinkedHashMap<>();

  /** Oldest first. Nearly always of one: the smallest of lists, made anew at each change. */
  private final Map<WalletAddress, List<Session>> byWallet = new HashMap<>();

  void add(Session session) {
    byKey.put(session.key(), session);
    byWallet.merge(
        session.wallet(),
        List.of(session),
        (before, added) -> Stream.concat(before.stream(), added.stream()).toList());
  }

  Optional<Session> find(SessionKey key) {
    return Optional.ofNullable(byKey.get(key));
  }

  Optional<Session> remove(SessionKey key) {
    Session session = byKey.remove(key);
    if (session == null) {
      return Optional.empty();
    }
    byWallet.computeIfPresent(
        session.wallet(),
        (_, before) -> {
          List<Session> others = before.stream().filter(other -> other != session).toList();
          return others.isEmpty() ? null : others;
        });
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
    return byWallet.getOrDefault(wallet, List.of());
  }

  List<Session> of(InstanceName instance) {
    return byKey.values().stream().filter(s -> s.key().instance().equals(instance)).toList();
  }

  Collection<Session> all() {
    return List.copyOf(byKey.values());
  }
}
