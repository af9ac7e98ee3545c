package org.hourgate.chaos;

/** What is done to a process or a connection: the columns of the matrix. */
enum Harm {
  GATE_KILLED("gate killed", Victim.GATE),
  GATE_STOPPED("gate stopped", Victim.GATE),
  LINK_LOST("management link lost", Victim.GATE),
  OPENVPN_KILLED("OpenVPN killed", Victim.OPENVPN),
  OPENVPN_STOPPED("OpenVPN stopped", Victim.OPENVPN),
  OPENVPN_RESTARTED("OpenVPN soft restart", Victim.OPENVPN),
  NODE_KILLED("node killed", Victim.NODE),
  NODE_STOPPED("node stopped", Victim.NODE),
  NODE_CUT_OFF("node cut off", Victim.NODE),
  CLOCK_AHEAD("clock 2 h ahead", Victim.CLOCK),
  CLOCK_BACK("clock 15 min back", Victim.CLOCK),
  CLOCK_FAST("clock 10 % fast", Victim.PACE),
  CLOCK_SLOW("clock 10 % slow", Victim.PACE);

  final String words;
  final Victim victim;

  Harm(String words, Victim victim) {
    this.words = words;
    this.victim = victim;
  }

  /** Who suffers it. */
  enum Victim {
    /** Or its connection to OpenVPN: nobody is in charge of ends but the belt. */
    GATE,
    /** Packets may stop for everybody. */
    OPENVPN,
    /** What the gate knows gets old. */
    NODE,
    /**
     * The wall clock of gate and OpenVPN. The gate is in charge all the same; OpenVPN ends whom its
     * own timers take for over.
     */
    CLOCK,
    /**
     * The same clock runs wrong: by too little at a time for anybody to doubt it. Ends are wrong by
     * as much as the clock is, and nothing else may be.
     */
    PACE
  }
}
