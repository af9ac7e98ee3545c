package org.hourgate.management.client;

import org.hourgate.management.Command;
import org.hourgate.management.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Tells replies that name another command than the one whose turn it is. Replies carry no number;
 * if one was lost or doubled, this is how it shows. Texts that name no command prove nothing.
 */
final class ReplyOwner {

  private ReplyOwner() {}

  static boolean isAnother(Command command, Reply reply) {
    String named =
        switch (reply) {
          case Reply.Success(String text) -> named(text);
          case Reply.Failure(String text) -> named(text);
          case Reply.Lines(var _) -> null;
        };
    return named != null && !named.equals(verb(command));
  }

  /** {@code manage.c}: man_client_auth and its neighbours; {@code man_pid}. */
  private static @Nullable String named(String text) {
    if (text.startsWith("pid=")) {
      return "pid";
    }
    int end = text.indexOf(" command ");
    return text.startsWith("client-") && end > 0 ? text.substring(0, end) : null;
  }

  /** As it stands in the reply: client-auth-nt answers in the name of client-auth. */
  private static @Nullable String verb(Command command) {
    return switch (command) {
      case Command.ClientAuth _, Command.ClientAuthNt _ -> "client-auth";
      case Command.ClientDeny _ -> "client-deny";
      case Command.ClientKill _ -> "client-kill";
      case Command.ClientPendingAuth _ -> "client-pending-auth";
      case Command.Pid _ -> "pid";
      case Command.KillCommonName _,
          Command.KillAddress _,
          Command.EnvFilter _,
          Command.HoldOn _,
          Command.HoldRelease _,
          Command.HoldQuery _,
          Command.LogOn _,
          Command.LogOff _,
          Command.StateOn _,
          Command.ByteCount _,
          Command.LoadStats _,
          Command.Version _,
          Command.Status _,
          Command.StateAll _,
          Command.LogAll _ ->
          null;
    };
  }
}
