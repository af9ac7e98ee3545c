package org.hourgate.management;

import java.util.List;
import java.util.Optional;

/**
 * What a controller says. Checked here, when the command is made: no control characters, no word
 * above 256 bytes, no line above 512 bytes, no line of a client-auth block above 255 bytes, at most
 * 16 words (OpenVPN 2.6: {@code manage.c man_read}, {@code options_parse.c parse_line}). Quoting is
 * the encoder's.
 */
public sealed interface Command {

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

  /** {@code client-auth CID KID}, the lines of the block, {@code END}. */
  record ClientAuth(ClientId client, KeyId key, List<String> directives) implements Single {
    public ClientAuth {
      directives = List.copyOf(directives);
    }
  }

  record ClientAuthNt(ClientId client, KeyId key) implements Single {}

  record ClientDeny(ClientId client, KeyId key, String reason, Optional<String> clientText)
      implements Single {}

  record ClientKill(ClientId client, Optional<String> message) implements Single {}

  record ClientPendingAuth(ClientId client, KeyId key, String extra, int seconds)
      implements Single {}

  /** {@code kill CN}: cuts every client of that common name at once, without a text. */
  record KillCommonName(String commonName) implements Single {}

  record EnvFilter(int level) implements Single {}

  record HoldOn() implements Single {}

  record HoldRelease() implements Single {}

  record StateOn() implements Single {}

  record Pid() implements Single {}

  record LoadStats() implements Single {}

  record Version() implements MultiLine {}

  /** {@code status 3}: tab-separated rows. */
  record Status() implements MultiLine {}

  record LogAll() implements MultiLine {}
}
