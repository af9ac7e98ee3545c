package org.hourgate.chaos;

/** Where a session can be when something happens: the rows of the matrix. */
enum Step {
  CONNECT("a login is asked about, the gate has not read it"),
  CHAIN_ASKED("the gate has asked the chain"),
  VERDICT_WRITTEN("the verdict is written, OpenVPN has not read it"),
  VERDICT_HEARD("OpenVPN has the verdict, the gate not its reply"),
  UP("the tunnel is up, the gate does not know"),
  REAUTH("a renegotiation is asked about, the gate has not read it"),
  REAUTH_WRITTEN("its verdict is written, OpenVPN has not read it"),
  BEFORE_END("within 2 s before the end of the time"),
  CUT_WRITTEN("the cut is written, OpenVPN has not read it"),
  CUT_HALF("OpenVPN has half of the cut"),
  CUT_HEARD("OpenVPN has the cut, the gate not its reply"),
  PURCHASE("a purchase is sent, no block has it"),
  REORG("a reorganisation has just taken an extension back"),
  TAKEN_BACK("a reorganisation has just taken back what somebody came in by"),
  BELT("the reconnect at a belt is written, OpenVPN has not read it"),
  REVOCATION("a revocation is sent, no block has it"),
  ATTACHING("the gate reads who is connected"),
  BAN("a ban is being set"),
  PROFILE_REVOKED("one profile of several is being revoked");

  final String words;

  Step(String words) {
    this.words = words;
  }
}
