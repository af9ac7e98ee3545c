package org.hourgate.operator;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.hourgate.management.Command;
import org.hourgate.management.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What one guest may say, and what it is answered: the words and texts of OpenVPN 2.6 ({@code
 * manage.c man_dispatch_command}). What OpenVPN is told is made anew from what was understood;
 * nothing of a guest's line is passed on. Decisions, signals and settings are refused as a daemon
 * refuses what its mode has no use for. On the guest's event loop.
 */
final class GuestCommands {

  /** Commands of OpenVPN that are the gate's alone, or that no server has a use for. */
  private static final List<String> REFUSED =
      List.of(
          "auth-retry",
          "certificate",
          "client-auth",
          "client-auth-nt",
          "client-deny",
          "client-pending-auth",
          "cr-response",
          "env-filter",
          "forget-passwords",
          "mute",
          "needok",
          "needstr",
          "net",
          "password",
          "pk-sig",
          "pkcs11-id-count",
          "pkcs11-id-get",
          "proxy",
          "push-update-broad",
          "push-update-cid",
          "remote",
          "remote-entry-count",
          "remote-entry-get",
          "rsa-sig",
          "signal",
          "test",
          "username",
          "verb");

  private static final List<String> HELP =
      List.of(
          "Management Interface shared by Hourgate",
          "Commands:",
          "bytecount n            : Bytes of each client every n seconds (0=off).",
          "client on|off          : What happens to clients, without passwords.",
          "client-kill CID [M]    : End client CID; M is shown to it.",
          "echo [on|off] [N|all]  : Taken, and always empty.",
          "exit|quit              : Close this connection.",
          "help                   : Print this message.",
          "hold                   : Show the hold flag.",
          "kill cn                : End the clients of this common name.",
          "kill IP:port           : End the client at this address.",
          "load-stats             : Number of clients, bytes in and out.",
          "log [on|off] [N|all]   : Log lines from now on, or the last N.",
          "nclients               : Number of clients.",
          "pid                    : Process id of OpenVPN.",
          "state [on|off] [N|all] : States from now on, or the last N.",
          "status [n]             : Clients and routes, in format 1, 2 or 3.",
          "version                : Of OpenVPN and of its management interface.");

  private static final int AT_LEAST_ONE = 1;

  /** What changes for the guest itself. */
  interface Wishes {

    void subscribe(GuestNotice.Topic topic, boolean on);

    /** Zero is never. */
    void countBytes(int seconds);
  }

  private final SharedDaemon daemon;
  private final GuestKills kills;
  private final GuestRole role;
  private final Wishes wishes;
  private final Executor executor;

  /**
   * Answers one guest.
   *
   * @param executor the guest's event loop
   */
  GuestCommands(
      SharedDaemon daemon, GuestKills kills, GuestRole role, Wishes wishes, Executor executor) {
    this.daemon = daemon;
    this.kills = kills;
    this.role = role;
    this.wishes = wishes;
    this.executor = executor;
  }

  /**
   * Answers one command.
   *
   * @param words at least one
   * @param stillAsked false once the guest was told that there is no answer: nothing is done then
   * @return lines with their ends; none if OpenVPN gives no answer either
   */
  CompletionStage<String> answer(List<String> words, BooleanSupplier stillAsked) {
    String verb = words.getFirst();
    List<String> parameters = words.subList(1, words.size());
    return switch (verb) {
      case "help" -> now(GuestText.lines(HELP));
      case "version" -> parameters.isEmpty() ? ask(new Command.Version()) : now("");
      case "pid" -> ask(new Command.Pid());
      case "load-stats" -> ask(new Command.LoadStats());
      case "nclients" -> ask(new Command.LoadStats(), ReplyForm.NUMBER_OF_CLIENTS);
      case "hold" -> parameters.isEmpty() ? ask(new Command.HoldQuery()) : refused(verb);
      case "status" -> status(parameters);
      case "state" ->
          history(
              GuestNotice.Topic.STATE,
              parameters.isEmpty() ? List.of("1") : parameters,
              new Command.StateAll());
      case "log" ->
          needs(
              words, true, () -> history(GuestNotice.Topic.LOG, parameters, new Command.LogAll()));
      case "echo" -> needs(words, true, () -> history(GuestNotice.Topic.ECHO, parameters, null));
      case "client" ->
          needs(words, true, () -> history(GuestNotice.Topic.CLIENT, parameters, null));
      case "bytecount" -> needs(words, false, () -> byteCount(parameters.getFirst()));
      case "kill" ->
          needs(words, false, () -> ifAllowed(verb, () -> kill(parameters.getFirst(), stillAsked)));
      case "client-kill" ->
          needs(words, true, () -> ifAllowed(verb, () -> clientKill(parameters, stillAsked)));
      default ->
          REFUSED.contains(verb)
              ? refused(verb)
              : now(GuestText.error("unknown command, enter 'help' for more options"));
    };
  }

  private CompletionStage<String> ask(Command command) {
    return ask(command, ReplyForm.AS_IT_IS);
  }

  private CompletionStage<String> ask(Command command, ReplyForm form) {
    return daemon.ask(command, form, executor);
  }

  private CompletionStage<String> status(List<String> parameters) {
    int version = parameters.isEmpty() ? 0 : GuestText.number(parameters.getFirst());
    return switch (version) {
      case 0, 1 -> ask(new Command.Status(), ReplyForm.STATUS_1);
      case 2 -> ask(new Command.Status(), ReplyForm.STATUS_2);
      case 3 -> ask(new Command.Status());
      default -> now(GuestText.error("bad status format version number"));
    };
  }

  /** {@code manage.c man_history}, for the first two parameters one after the other. */
  private CompletionStage<String> history(
      GuestNotice.Topic topic, List<String> parameters, @Nullable Command all) {
    CompletionStage<String> first = history(topic, parameters.getFirst(), all);
    return parameters.size() == 1
        ? first
        : first.thenCombine(history(topic, parameters.get(1), all), String::concat);
  }

  private CompletionStage<String> history(
      GuestNotice.Topic topic, String parameter, @Nullable Command all) {
    if (parameter.equals("on") || parameter.equals("off")) {
      boolean on = parameter.equals("on");
      wishes.subscribe(topic, on);
      return now(
          GuestText.success(
              "real-time %s notification set to %s".formatted(topic.word(), on ? "ON" : "OFF")));
    }
    boolean whole = parameter.equals("all");
    int count = GuestText.number(parameter);
    if (!whole && count <= 0) {
      return now(
          GuestText.error(
              topic.word() + " parameter must be 'on' or 'off' or some number n or 'all'"));
    }
    return all == null
        ? now(GuestText.lines(List.of()))
        : daemon
            .ask(all)
            .thenApplyAsync(reply -> GuestText.of(whole ? reply : last(reply, count)), executor);
  }

  private static Reply last(Reply reply, int count) {
    return reply instanceof Reply.Lines(List<String> rows)
        ? new Reply.Lines(rows.subList(Math.max(0, rows.size() - count), rows.size()))
        : reply;
  }

  private CompletionStage<String> byteCount(String seconds) {
    wishes.countBytes(Math.max(0, GuestText.number(seconds)));
    return now(GuestText.success("bytecount interval changed"));
  }

  private CompletionStage<String> kill(String victim, BooleanSupplier stillAsked) {
    try {
      return kills.kill(victim, stillAsked);
    } catch (IllegalArgumentException e) {
      return now(GuestText.error("kill parse"));
    }
  }

  private CompletionStage<String> clientKill(List<String> parameters, BooleanSupplier stillAsked) {
    try {
      return kills.clientKill(
          parameters.getFirst(),
          parameters.size() > 1 ? Optional.of(parameters.get(1)) : Optional.empty(),
          stillAsked);
    } catch (IllegalArgumentException e) {
      return now(GuestText.error("client-kill command failed"));
    }
  }

  private CompletionStage<String> ifAllowed(String verb, Answer answer) {
    return role == GuestRole.KILL
        ? answer.give()
        : now(GuestText.error("the '%s' command is not allowed on this socket".formatted(verb)));
  }

  /** {@code manage.c man_need}: what is too much is not looked at. */
  private static CompletionStage<String> needs(List<String> words, boolean more, Answer answer) {
    return words.size() > AT_LEAST_ONE
        ? answer.give()
        : now(
            GuestText.error(
                "the '%s' command requires %s1 parameter"
                    .formatted(words.getFirst(), more ? "at least " : "")));
  }

  private interface Answer {
    CompletionStage<String> give();
  }

  private static CompletionStage<String> refused(String verb) {
    return now(
        GuestText.error(
            "The '%s' command is not supported by the current daemon mode".formatted(verb)));
  }

  private static CompletionStage<String> now(String text) {
    return CompletableFuture.completedFuture(text);
  }
}
