package org.hourgate.conformance;

/** What a controller may do otherwise without being wrong, and the scenario that must let it. */
enum Habit {
  /** It asks for the pid fifty times a second. */
  POLLS("half-a-line"),
  /** It sends nothing while a reply is due, and attaches again when none comes in five seconds. */
  WAITS_FOR_EACH_REPLY_FOR_A_WHILE("lost-reply"),
  /** It attaches again when nothing came for 1.5 s. */
  LEAVES_THE_SILENT_AND_COMES_BACK("standing-daemon"),
  /** Of two user names it takes the last, which is the true one. */
  TAKES_THE_LAST_NAME("duplicate-names");

  private final String scenario;

  Habit(String scenario) {
    this.scenario = scenario;
  }

  String scenario() {
    return scenario;
  }
}
