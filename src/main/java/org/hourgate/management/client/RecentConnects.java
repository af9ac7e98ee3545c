package org.hourgate.management.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;

/**
 * Which logins were asked for in this epoch. CIDs are given when a client's first packet comes
 * ({@code multi.c multi_create_instance}) and asked for when its TLS is done, so clients that come
 * together may well ask in another order. But KIDs only rise within one CID ({@code ssl.c
 * key_state_init}): what does not rise belongs to another epoch. Remembers more than can wait for a
 * verdict at once. Event loop only.
 */
final class RecentConnects {

  private static final int MOST_REMEMBERED = 20_000;

  private final Map<ClientId, KeyId> lastKeys =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ClientId, KeyId> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /** Returns whether a login with this key, or a later one of the same client, was asked for. */
  boolean contain(ClientId client, KeyId key) {
    KeyId last = lastKeys.get(client);
    return last != null && key.value() <= last.value();
  }

  void add(ClientId client, KeyId key) {
    lastKeys.put(client, key);
  }

  void clear() {
    lastKeys.clear();
  }
}
