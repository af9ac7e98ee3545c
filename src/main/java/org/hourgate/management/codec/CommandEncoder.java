package org.hourgate.management.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.KeyId;

/**
 * Commands to bytes. Free text goes between double quotes with backslash and quote escaped, which
 * OpenVPN's lexer ({@code options_parse.c parse_line}) turns back into the same word.
 */
public final class CommandEncoder {

  private CommandEncoder() {}

  /** Appends the lines of one command. */
  public static void encode(Command command, ByteBuf out) {
    switch (command) {
      case Command.ClientAuth(var client, var key, var directives) -> {
        verb("client-auth", client, key, out);
        end(out);
        for (String directive : directives) {
          out.writeCharSequence(directive, StandardCharsets.UTF_8);
          end(out);
        }
        ascii("END", out);
      }
      case Command.ClientAuthNt(var client, var key) -> verb("client-auth-nt", client, key, out);
      case Command.ClientDeny(var client, var key, var reason, var clientText) -> {
        verb("client-deny", client, key, out);
        quoted(reason, StandardCharsets.UTF_8, out);
        clientText.ifPresent(text -> quoted(text, StandardCharsets.UTF_8, out));
      }
      case Command.ClientKill(var client, var message) -> {
        ascii("client-kill " + client, out);
        message.ifPresent(text -> quoted(text, StandardCharsets.UTF_8, out));
      }
      case Command.ClientPendingAuth(var client, var key, var extra, var seconds) -> {
        verb("client-pending-auth", client, key, out);
        quoted(extra, StandardCharsets.UTF_8, out);
        ascii(" " + seconds, out);
      }
      case Command.KillCommonName(var commonName) -> {
        ascii("kill", out);
        quoted(commonName, StandardCharsets.ISO_8859_1, out);
      }
      case Command.KillAddress(var address, var port) -> ascii("kill " + address + ":" + port, out);
      case Command.EnvFilter(var level) -> ascii("env-filter " + level, out);
      case Command.HoldOn() -> ascii("hold on", out);
      case Command.HoldRelease() -> ascii("hold release", out);
      case Command.HoldQuery() -> ascii("hold", out);
      case Command.LogOn() -> ascii("log on", out);
      case Command.LogOff() -> ascii("log off", out);
      case Command.StateOn() -> ascii("state on", out);
      case Command.ByteCount(var seconds) -> ascii("bytecount " + seconds, out);
      case Command.Pid() -> ascii("pid", out);
      case Command.LoadStats() -> ascii("load-stats", out);
      case Command.Version() -> ascii("version", out);
      case Command.Status() -> ascii("status 3", out);
      case Command.StateAll() -> ascii("state all", out);
      case Command.LogAll() -> ascii("log all", out);
    }
    end(out);
  }

  private static void verb(String verb, ClientId client, KeyId key, ByteBuf out) {
    ascii(verb + " " + client + " " + key, out);
  }

  private static void quoted(String text, Charset charset, ByteBuf out) {
    ascii(" \"", out);
    out.writeCharSequence(text.replace("\\", "\\\\").replace("\"", "\\\""), charset);
    out.writeByte('"');
  }

  private static void ascii(String text, ByteBuf out) {
    out.writeCharSequence(text, StandardCharsets.US_ASCII);
  }

  private static void end(ByteBuf out) {
    out.writeByte('\n');
  }
}
