package org.hourgate.management.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;

/**
 * Which logins may still be asked for in this epoch. CIDs are given when a client's first packet
 * comes ({@code multi.c multi_create_instance}) and asked for when its TLS is done, so clients that
 * come together may well ask in another order. But no CID is given twice, and of one CID the KIDs
 * only rise ({@code ssl.c key_state_init}), no login is asked for once it is up (from then on that
 * is REAUTH), and nothing once it is closed ({@code manage.c
 * management_notify_client_needing_auth}). A login that breaks one of these belongs to another
 * epoch. Remembers more clients than can wait for a verdict at once. Event loop only.
 */
final class RecentConnects {

  private static final int MOST_REMEMBERED = 20_000;
  private static final KeyId NO_LATER_ONE = new KeyId(Long.MAX_VALUE);

  private final Map<ClientId, KeyId> lastKeys =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ClientId, KeyId> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /** Returns whether this login can't be asked for any more. */
  boolean exclude(ClientId client, KeyId key) {
    KeyId last = lastKeys.get(client);
    return last != null && key.value() <= last.value();
  }

  void add(ClientId client, KeyId key) {
    lastKeys.put(client, key);
  }

  /** This client is up, or closed: it asks for no login any more. */
  void end(ClientId client) {
    lastKeys.put(client, NO_LATER_ONE);
  }

  void clear() {
    lastKeys.clear();
  }
}
