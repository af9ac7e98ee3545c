package org.hourgate.app.seller;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code hourgate pause}. */
@Command(
    name = "pause",
    description =
        "Stop all purchases, and nothing else: time already bought stays. Only the owner may.")
public final class PauseCommand implements Callable<Integer> {

  @Mixin private PauseSwitch purchases;

  @Override
  public Integer call() {
    return purchases.turn(true);
  }
}
