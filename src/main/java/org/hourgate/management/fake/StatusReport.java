package org.hourgate.management.fake;

import java.util.List;

/** The answers to {@code status} ({@code multi.c multi_print_status}). */
final class StatusReport {

  private final World world;
  private final String title;
  private final ClientLives lives;

  StatusReport(World world, String title, ClientLives lives) {
    this.world = world;
    this.title = title;
    this.lives = lives;
  }

  void print(int version) {
    switch (version) {
      case 0, 1 -> forPeople();
      case 2 -> table(",");
      case 3 -> table("\t");
      default -> world.error("bad status format version number");
    }
  }

  private void forPeople() {
    world.print("OpenVPN CLIENT LIST");
    world.print("Updated," + ClientBlocks.time(world.unixTime()));
    world.print("Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since");
    for (FakeVpnClient client : lives.all()) {
      world.print(
          "%s,%s,%d,%d,%s"
              .formatted(
                  client.username,
                  realAddress(client),
                  client.received,
                  client.sent,
                  ClientBlocks.time(client.since)));
    }
    world.print("ROUTING TABLE");
    world.print("Virtual Address,Common Name,Real Address,Last Ref");
    for (FakeVpnClient client : withAddress()) {
      row(
          ",",
          client.virtualAddress().orElseThrow(),
          client.username,
          realAddress(client),
          ClientBlocks.time(client.since));
    }
    world.print("GLOBAL STATS");
    world.print("Max bcast/mcast queue length,0");
    world.print("END");
  }

  private void table(String separator) {
    row(separator, "TITLE", title);
    row(separator, "TIME", ClientBlocks.time(world.unixTime()), "" + world.unixTime());
    row(
        separator,
        "HEADER",
        "CLIENT_LIST",
        "Common Name",
        "Real Address",
        "Virtual Address",
        "Virtual IPv6 Address",
        "Bytes Received",
        "Bytes Sent",
        "Connected Since",
        "Connected Since (time_t)",
        "Username",
        "Client ID",
        "Peer ID",
        "Data Channel Cipher");
    for (FakeVpnClient client : lives.all()) {
      row(
          separator,
          "CLIENT_LIST",
          client.username,
          realAddress(client),
          client.virtualAddress().orElse(""),
          "",
          "" + client.received,
          "" + client.sent,
          ClientBlocks.time(client.since),
          "" + client.since,
          client.username.isEmpty() ? "UNDEF" : client.username,
          client.id.toString(),
          "" + client.slot,
          client.virtualAddress().isPresent() ? "AES-256-GCM" : "BF-CBC");
    }
    row(
        separator,
        "HEADER",
        "ROUTING_TABLE",
        "Virtual Address",
        "Common Name",
        "Real Address",
        "Last Ref",
        "Last Ref (time_t)");
    for (FakeVpnClient client : withAddress()) {
      row(
          separator,
          "ROUTING_TABLE",
          client.virtualAddress().orElseThrow(),
          client.username,
          realAddress(client),
          ClientBlocks.time(client.since),
          "" + client.since);
    }
    row(separator, "GLOBAL_STATS", "Max bcast/mcast queue length", "0");
    row(separator, "GLOBAL_STATS", "dco_enabled", "0");
    world.print("END");
  }

  private List<FakeVpnClient> withAddress() {
    return lives.matching(client -> client.virtualAddress != null);
  }

  private static String realAddress(FakeVpnClient client) {
    return client.address + ":" + client.port;
  }

  private void row(String separator, String... fields) {
    world.print(String.join(separator, fields));
  }
}
