package org.hourgate.operator;

import java.util.Locale;
import java.util.Optional;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.Notification;

/**
 * A notification as a guest gets it: the lines OpenVPN printed, without what is secret in them.
 *
 * @param topic what a guest must have asked for to get it
 * @param text with its line ends
 */
record GuestNotice(Topic topic, String text) {

  /** What a guest can ask for with {@code on}. */
  enum Topic {
    STATE,
    LOG,
    ECHO,
    /** Ours: OpenVPN prints these to whoever decides. */
    CLIENT;

    /** The word of the command and of its answers. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String MASK = "***";

  /** The topic it belongs to; empty for what no guest gets. */
  static Optional<Topic> topic(Notification notification) {
    return switch (notification) {
      case Notification.StateChange _, Notification.Hold _, Notification.Fatal _ ->
          Optional.of(Topic.STATE);
      case Notification.LogLine _ -> Optional.of(Topic.LOG);
      case Notification.ClientConnect _,
          Notification.ClientReauth _,
          Notification.ClientEstablished _,
          Notification.ClientDisconnect _,
          Notification.ClientAddress _,
          Notification.ClientChallengeResponse _ ->
          Optional.of(Topic.CLIENT);
      case Notification.ByteCount _, Notification.Info _, Notification.Unrecognized _ ->
          Optional.empty();
    };
  }

  /** The notice of a notification that has a topic. */
  static Optional<GuestNotice> of(Notification notification) {
    return topic(notification).map(topic -> new GuestNotice(topic, text(notification)));
  }

  private static String text(Notification notification) {
    return switch (notification) {
      case Notification.StateChange(var time, var name, var detail, var rest) ->
          ">STATE:" + time + "," + name + "," + detail + "," + rest + "\r\n";
      case Notification.Hold(var text) -> ">HOLD:" + text + "\r\n";
      case Notification.Fatal(var text) -> ">FATAL:" + text + "\r\n";
      case Notification.LogLine(var time, var flags, var text) ->
          ">LOG:" + time + "," + flags + "," + text + "\r\n";
      case Notification.ClientConnect(var client, var key, var environment) ->
          block("CONNECT," + client + "," + key, environment);
      case Notification.ClientReauth(var client, var key, var environment) ->
          block("REAUTH," + client + "," + key, environment);
      case Notification.ClientEstablished(var client, var environment) ->
          block("ESTABLISHED," + client, environment);
      case Notification.ClientDisconnect(var client, var environment) ->
          block("DISCONNECT," + client, environment);
      case Notification.ClientChallengeResponse(var client, var key, var _, var environment) ->
          block("CR_RESPONSE," + client + "," + key + "," + MASK, environment);
      case Notification.ClientAddress(var client, var address, var primary) ->
          ">CLIENT:ADDRESS," + client + "," + address + "," + (primary ? 1 : 0) + "\r\n";
      case Notification.ByteCount _, Notification.Info _, Notification.Unrecognized _ -> "";
    };
  }

  private static String block(String head, ClientEnvironment environment) {
    StringBuilder block = new StringBuilder(">CLIENT:").append(head).append("\r\n");
    environment
        .variables()
        .forEach(
            (name, value) ->
                block
                    .append(">CLIENT:ENV,")
                    .append(name)
                    .append('=')
                    .append(name.contains("password") ? MASK : value)
                    .append("\r\n"));
    return block.append(">CLIENT:ENV,END\r\n").toString();
  }
}
