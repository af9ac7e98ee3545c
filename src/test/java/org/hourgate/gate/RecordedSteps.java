package org.hourgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a gate told, a line for each step. */
final class RecordedSteps implements GateListener {

  private final List<String> steps = new ArrayList<>();
  final List<Duration> times = new ArrayList<>();
  final List<Duration> lags = new ArrayList<>();
  final List<EndedSession> ended = new ArrayList<>();
  long in;
  long out;

  /** Returns the steps since the last call. */
  List<String> take() {
    List<String> taken = List.copyOf(steps);
    steps.clear();
    return taken;
  }

  @Override
  public void webSignIn(WebSignIn outcome) {
    steps.add("web sign-in " + outcome);
  }

  @Override
  public void allowed(Question question, String decision, Duration took) {
    times.add(took);
    steps.add("allowed " + question);
  }

  @Override
  public void denied(Question question, String decision, ReasonCode reason, Duration took) {
    times.add(took);
    steps.add("denied " + question + " " + reason.code());
  }

  @Override
  public void abandoned() {
    steps.add("abandoned");
  }

  @Override
  public void neverUp() {
    steps.add("never up");
  }

  @Override
  public void learned(String instance) {
    steps.add("learned " + instance);
  }

  @Override
  public void reauthLost() {
    steps.add("reauth lost");
  }

  @Override
  public void extended() {
    steps.add("extended");
  }

  @Override
  public void beltPassed() {
    steps.add("belt passed");
  }

  @Override
  public void cut(ReasonCode reason) {
    steps.add("cut " + reason.code());
  }

  @Override
  public void expired(Duration lag) {
    steps.add("expired");
    lags.add(lag);
  }

  @Override
  public void cutAgain(boolean byName) {
    steps.add(byName ? "kill by name" : "cut again");
  }

  @Override
  public void stranger() {
    steps.add("stranger");
  }

  @Override
  public void traffic(String instance, long inMore, long outMore) {
    in += inMore;
    out += outMore;
  }

  @Override
  public void ended(EndedSession session) {
    steps.add("ended " + session.reason());
    ended.add(session);
  }

  @Override
  public void epochStarted(String instance) {
    steps.add("epoch " + instance);
  }
}
