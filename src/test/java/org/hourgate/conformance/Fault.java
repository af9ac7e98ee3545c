package org.hourgate.conformance;

import java.util.List;

/** What a controller can do wrong, and the scenarios that have to find it. */
enum Fault {
  ACCEPTS_EVERYBODY("accept-and-refuse"),
  ANSWERS_TWICE("one-answer"),
  IGNORES_RENEGOTIATION("renegotiation"),
  REFUSES_ITS_OWN_TOKEN("reconnect"),
  QUEUES_340_EVENTS("crowd"),
  QUEUES_5000_EVENTS("large-crowd"),
  QUEUES_50000_LINES("events-before-a-reply"),
  WAITS_FOR_EACH_REPLY("pipelining"),
  GIVES_UP_LATE_REPLIES("late-replies"),
  DIES_OF_AN_ERROR("vanished-client"),
  SWALLOWS_WHAT_FOLLOWS_A_LOG_LINE("line-before-connect"),
  ENDS_BLOCKS_AT_A_LOG_LINE("log-line-in-block"),
  DIES_OF_THE_UNKNOWN("unknown-notification"),
  DIES_OF_CHALLENGE_RESPONSES("unasked-challenge-response"),
  TAKES_EACH_READ_FOR_A_LINE("half-a-line single-bytes"),
  HAS_ROOM_FOR_4096_BYTES("longest-line"),
  HAS_ROOM_FOR_100_VARIABLES("long-block"),
  SPLITS_AT_NEXT_LINE("other-line-ends"),
  COUNTS_CLIENTS_IN_32_BITS("large-client-id"),
  NEEDS_A_NAME_AT_THE_END("empty-block-at-the-end"),
  REPEATS_NAMES_UNQUOTED("hostile-names"),
  REPEATS_LONG_NAMES("own-lines"),
  LEAVES_ENV_FILTER("env-filter"),
  TAKES_THE_FIRST_NAME("duplicate-names"),
  DIES_OF_ODD_PEER_INFO("lying-peer-info"),
  STAYS_AWAY("reattach"),
  COMES_BACK_SLOWLY("reattach-soon"),
  REMEMBERS_CLIENTS_FOR_EVER("daemon-restart"),
  NEVER_RELEASES("hold"),
  IGNORES_THE_HOLD_AT_THE_START("hold"),
  RELEASES_FIRST("learn-before-release"),
  ASKS_AFTER_THE_RELEASE("learn-before-release"),
  TAKES_THE_PROMPT_IN_ONE_READ("password-prompt"),
  REMEMBERS_CLIENTS_OF_A_CONNECTION("soft-restart"),
  ANSWERS_LATE_WHATEVER_HAPPENED("no-answer-to-an-old-epoch"),
  NEVER_HOLDS("stranger-with-the-same-id"),
  WAITS_FOR_A_REPLY_FOR_EVER("lost-reply"),
  LEAVES_WHO_IS_SILENT("standing-daemon"),
  KILLS_EVERYBODY_ON_ATTACHING("sessions-stay"),
  FORGETS_RENEGOTIATIONS("renegotiation-without-controller"),
  FORGETS_WHO_WAITS("pending-without-controller"),
  LETS_IN_WHOM_IT_HAS_NOT_SEEN("unseen-login");

  private final String foundBy;

  Fault(String foundBy) {
    this.foundBy = foundBy;
  }

  List<String> foundBy() {
    return List.of(foundBy.split(" "));
  }
}
