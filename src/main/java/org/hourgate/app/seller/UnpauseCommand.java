package org.hourgate.app.seller;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code hourgate unpause}. */
@Command(name = "unpause", description = "Allow purchases again. Only the owner may.")
public final class UnpauseCommand implements Callable<Integer> {

  @Mixin private PauseSwitch purchases;

  @Override
  public Integer call() {
    return purchases.turn(false);
  }
}
