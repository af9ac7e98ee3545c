package org.hourgate.gate;

import java.time.Duration;

/** Counts nothing. */
final class SilentGateListener implements GateListener {

  @Override
  public void webSignIn(WebSignIn outcome) {}

  @Override
  public void allowed(Question question, String decision, Duration took) {}

  @Override
  public void denied(Question question, String decision, ReasonCode reason, Duration took) {}

  @Override
  public void abandoned() {}

  @Override
  public void neverUp() {}

  @Override
  public void learned(String instance) {}

  @Override
  public void reauthLost() {}

  @Override
  public void extended() {}

  @Override
  public void beltPassed() {}

  @Override
  public void cut(ReasonCode reason) {}

  @Override
  public void expired(Duration lag) {}

  @Override
  public void cutAgain(boolean byName) {}

  @Override
  public void stranger() {}

  @Override
  public void traffic(String instance, long in, long out) {}

  @Override
  public void ended(EndedSession session) {}

  @Override
  public void epochStarted(String instance) {}
}
