package org.hourgate.management.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.hourgate.management.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * The commands about clients: their parameters are checked and answered as in {@code manage.c}
 * ({@code man_client_auth}, {@code man_client_deny}, {@code man_client_pending_auth}, {@code
 * man_client_kill}, {@code man_kill}).
 */
final class ClientCommands {

  private static final int MAX_PORT = 65_535;
  private static final Pattern DOTTED_QUAD =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");

  /** A client-auth whose END has not come yet. */
  private record Block(long client, long key, List<String> lines) {}

  private final World world;
  private final FakeDaemon daemon;
  private final ClientLives lives;
  private @Nullable Block block;

  ClientCommands(World world, FakeDaemon daemon, ClientLives lives) {
    this.world = world;
    this.daemon = daemon;
    this.lives = lives;
  }

  /** Whether the next line belongs to a block that its END has not ended yet. */
  boolean inBlock() {
    return block != null;
  }

  void forgetBlock() {
    block = null;
  }

  /** Takes a line of the block: only a line that is {@code END} and nothing else ends it. */
  void blockLine(String line) {
    Block open = block;
    if (open == null) {
      throw new IllegalStateException("there is no block");
    }
    if (line.equals("END")) {
      block = null;
      accept(open);
    } else {
      open.lines().add(line);
    }
  }

  void auth(List<String> parameters, boolean withBlock) {
    OptionalLong id = clientId(parameters);
    OptionalLong key = id.isEmpty() ? id : keyId(parameters);
    if (key.isEmpty()) {
      return;
    }
    Block command = new Block(id.getAsLong(), key.getAsLong(), new ArrayList<>());
    if (withBlock) {
      block = command;
    } else {
      accept(command);
    }
  }

  private void accept(Block command) {
    FakeVpnClient client = lives.byId(command.client());
    boolean known = client != null && hasKey(client, command.key());
    report("client-auth", known);
    if (client != null && known && command.key() != 0) {
      lives.admit(client, new KeyId(command.key()), command.lines());
    }
  }

  void deny(List<String> parameters) {
    OptionalLong id = clientId(parameters);
    OptionalLong key = id.isEmpty() ? id : keyId(parameters);
    if (key.isEmpty()) {
      return;
    }
    FakeVpnClient client = lives.byId(id.getAsLong());
    boolean known = client != null && hasKey(client, key.getAsLong());
    report("client-deny", known);
    if (client != null && known && key.getAsLong() != 0) {
      lives.deny(client, new KeyId(key.getAsLong()), parameters.stream().skip(3).findFirst());
    }
  }

  void pendingAuth(List<String> parameters) {
    OptionalLong id = clientId(parameters);
    OptionalLong key = id.isEmpty() ? id : keyId(parameters);
    if (key.isEmpty() || parsed(CNumbers.unsignedInt(parameters.get(3)), "TIMEOUT").isEmpty()) {
      return;
    }
    FakeVpnClient client = lives.byId(id.getAsLong());
    boolean known = client != null && hasKey(client, key.getAsLong());
    if (daemon.isHeld() || known) {
      report("client-pending-auth", true);
    } else {
      world.error("client-pending-auth command failed. Extra parameter might be too long");
    }
    if (client != null && known) {
      client.pendingText = parameters.get(2);
    }
  }

  void clientKill(List<String> parameters) {
    OptionalLong id = clientId(parameters);
    if (id.isEmpty()) {
      return;
    }
    FakeVpnClient client = lives.byId(id.getAsLong());
    report("client-kill", client != null);
    if (client != null) {
      lives.kill(client, parameters.size() > 1 ? parameters.get(1) : "RESTART");
    }
  }

  /** {@code kill}: DISCONNECT is printed before the reply. */
  void kill(String victim) {
    if (daemon.isHeld()) {
      world.unsupported("kill");
      return;
    }
    String[] parts = victim.split(":", 3);
    if (parts.length > 1 && !parts[0].isEmpty() && !parts[1].isEmpty()) {
      killAddress(parts[0], parts[1]);
    } else if (parts[0].isEmpty()) {
      world.error("kill parse");
    } else {
      List<FakeVpnClient> victims = lives.matching(client -> client.username.equals(parts[0]));
      victims.forEach(lives::close);
      if (victims.isEmpty()) {
        world.error("common name '%s' not found".formatted(parts[0]));
      } else {
        world.success(
            "common name '%s' found, %d client(s) killed".formatted(parts[0], victims.size()));
      }
    }
  }

  private void killAddress(String address, String portText) {
    if (!DOTTED_QUAD.matcher(address).matches()) {
      world.error("error parsing IP address: " + address);
      return;
    }
    int port = CNumbers.atoi(portText);
    if (port < 1 || port > MAX_PORT) {
      world.error("port number is out of range: " + portText);
      return;
    }
    List<FakeVpnClient> victims =
        lives.matching(client -> client.address.equals(address) && client.port == port);
    victims.forEach(lives::close);
    if (victims.isEmpty()) {
      world.error("client at address %s:%d not found".formatted(address, port));
    } else {
      world.success(
          "%d client(s) at address %s:%d killed".formatted(victims.size(), address, port));
    }
  }

  private OptionalLong clientId(List<String> parameters) {
    return parsed(CNumbers.unsignedLong(parameters.getFirst()), "CID");
  }

  private OptionalLong keyId(List<String> parameters) {
    return parsed(CNumbers.unsignedInt(parameters.get(1)), "KID");
  }

  private OptionalLong parsed(OptionalLong number, String what) {
    if (number.isEmpty()) {
      world.error("cannot parse " + what);
    }
    return number;
  }

  /** Free key states answer to 0. */
  private static boolean hasKey(FakeVpnClient client, long key) {
    return key == 0 || client.keys.contains(new KeyId(key));
  }

  private void report(String command, boolean succeeded) {
    if (daemon.isHeld()) {
      world.unsupported(command);
    } else if (succeeded) {
      world.success(command + " command succeeded");
    } else {
      world.error(command + " command failed");
    }
  }
}
