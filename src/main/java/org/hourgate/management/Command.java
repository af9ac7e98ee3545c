package org.hourgate.management;

import java.util.List;
import java.util.Optional;

/**
 * What a controller says. Checked here, when the command is made: no control characters, no word
 * above 256 bytes, no line above 512 bytes with its quotes, no line of a client-auth block above
 * 255 bytes (OpenVPN 2.6: {@code manage.c man_read}, {@code options_parse.c parse_line}). A command
 * that breaks this throws {@link IllegalArgumentException}. Quoting is the encoder's.
 */
public sealed interface Command {

  /** What follows on the stream. */
  ReplyShape replyShape();

  /** Commands answered by one SUCCESS or ERROR line. */
  sealed interface Single extends Command {
    @Override
    default ReplyShape replyShape() {
      return ReplyShape.SINGLE;
    }
  }

  /** Commands answered by lines up to END. */
  sealed interface MultiLine extends Command {
    @Override
    default ReplyShape replyShape() {
      return ReplyShape.UNTIL_END;
    }
  }

  /**
   * {@code client-auth CID KID}, the lines of the block, {@code END}: accepts, and sets options of
   * this one session. SUCCESS means "queued"; only ESTABLISHED proves it.
   *
   * @param directives lines as in a configuration file, quoted by the caller; OpenVPN reports what
   *     is wrong in them to its log only
   */
  record ClientAuth(ClientId client, KeyId key, List<String> directives) implements Single {
    public ClientAuth {
      directives = List.copyOf(directives);
      CommandRules.checkDirectives(directives);
    }

    /** Without the directives: they may push a token. */
    @Override
    public String toString() {
      return "ClientAuth[client=%s, key=%s, %d directives]"
          .formatted(client, key, directives.size());
    }
  }

  /** {@code client-auth-nt CID KID}: accepts without a block. */
  record ClientAuthNt(ClientId client, KeyId key) implements Single {}

  /**
   * {@code client-deny CID KID REASON [TEXT]}.
   *
   * @param reason goes to OpenVPN's log
   * @param clientText shown to the client behind {@code AUTH_FAILED,}
   */
  record ClientDeny(ClientId client, KeyId key, String reason, Optional<String> clientText)
      implements Single {
    public ClientDeny {
      int numbers = digits(client.value()) + digits(key.value());
      if (clientText.isPresent()) {
        CommandRules.checkLine("client-deny", numbers, reason, clientText.get());
      } else {
        CommandRules.checkLine("client-deny", numbers, reason);
      }
    }
  }

  /**
   * {@code client-kill CID [MESSAGE]}: sends the message and closes the instance some 5 s later.
   *
   * @param message a message of the control channel, such as {@code HALT,text}; absent means {@code
   *     RESTART}
   */
  record ClientKill(ClientId client, Optional<String> message) implements Single {
    public ClientKill {
      if (message.isPresent()) {
        CommandRules.checkLine("client-kill", digits(client.value()), message.get());
      }
    }
  }

  /**
   * {@code client-pending-auth CID KID EXTRA SECONDS}: tells the client that the verdict takes
   * time; behind a client-auth it wakes the client, so that the verdict acts at once.
   */
  record ClientPendingAuth(ClientId client, KeyId key, String extra, int seconds)
      implements Single {
    public ClientPendingAuth {
      if (seconds < 0) {
        throw new IllegalArgumentException("seconds must not be negative: " + seconds);
      }
      CommandRules.checkLine(
          "client-pending-auth",
          digits(client.value()) + digits(key.value()) + digits(seconds),
          extra);
    }
  }

  /**
   * {@code kill CN}: cuts every client of that common name at once, without a text.
   *
   * @param commonName the bytes as they came in the environment (ISO-8859-1); without a colon
   */
  record KillCommonName(String commonName) implements Single {
    public KillCommonName {
      CommandRules.checkCommonName(commonName);
    }
  }

  /**
   * {@code kill IP:PORT}: cuts the client at that address at once, without a text.
   *
   * @param address four numbers; OpenVPN finds IPv4 clients only ({@code multi.c
   *     management_kill_by_addr})
   */
  record KillAddress(String address, int port) implements Single {
    public KillAddress {
      CommandRules.checkAddress(address, port);
    }
  }

  /** {@code env-filter N}. Above 0 clients can forge lines of the environment. */
  record EnvFilter(int level) implements Single {
    public EnvFilter {
      if (level < 0) {
        throw new IllegalArgumentException("env-filter must not be negative: " + level);
      }
    }
  }

  /** {@code hold on}: every later soft restart waits for {@code hold release}. */
  record HoldOn() implements Single {}

  /** {@code hold release}. */
  record HoldRelease() implements Single {}

  /** {@code hold}: whether the flag is set. */
  record HoldQuery() implements Single {}

  /** {@code log on}: {@code >LOG} notifications from now on, on this connection. */
  record LogOn() implements Single {}

  /** {@code log off}. */
  record LogOff() implements Single {}

  /** {@code state on}: {@code >STATE} notifications from now on. */
  record StateOn() implements Single {}

  /** {@code bytecount N}: {@code >BYTECOUNT_CLI} of each client with traffic, every N seconds. */
  record ByteCount(int seconds) implements Single {
    public ByteCount {
      if (seconds < 0) {
        throw new IllegalArgumentException("seconds must not be negative: " + seconds);
      }
    }
  }

  /** {@code pid}: the cheapest command that has a reply. */
  record Pid() implements Single {}

  /** {@code load-stats}: number of clients and bytes. */
  record LoadStats() implements Single {}

  /** {@code version}: of the daemon and of the protocol. */
  record Version() implements MultiLine {}

  /** {@code status 3}: tab-separated rows. */
  record Status() implements MultiLine {}

  /** {@code state all}: the states the daemon remembers. */
  record StateAll() implements MultiLine {}

  /** {@code log all}: what the daemon's log cache holds. */
  record LogAll() implements MultiLine {}

  private static int digits(long number) {
    return 1 + Long.toString(number).length();
  }
}
