package org.hourgate.chaos;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * The fields of the matrix and who is to try which: one of those that were done least, by chance.
 * One that could not be reached comes back behind the others. Shared by all drivers of a run; safe
 * for any thread.
 */
final class Fields {

  private final List<Field> fields = new ArrayList<>();
  private final Random dice;

  private static final class Field {
    private final Cell cell;
    private int begun;
    private int missed;

    Field(Cell cell) {
      this.cell = cell;
    }
  }

  /** One field. */
  record Cell(Step step, Harm harm) {}

  /**
   * All of them, or some.
   *
   * @param wanted which
   */
  Fields(Predicate<Cell> wanted, Random dice) {
    this.dice = dice;
    for (Step step : Step.values()) {
      for (Harm harm : Harm.values()) {
        Cell cell = new Cell(step, harm);
        if (wanted.test(cell)) {
          fields.add(new Field(cell));
        }
      }
    }
  }

  /** The next one to try; it counts as done unless {@link #missed}. */
  synchronized Cell next() {
    Comparator<Field> order =
        Comparator.<Field>comparingInt(f -> f.begun).thenComparingInt(f -> f.missed);
    Field least = fields.stream().min(order).orElseThrow();
    List<Field> all = fields.stream().filter(f -> order.compare(f, least) == 0).toList();
    Field chosen = all.get(dice.nextInt(all.size()));
    chosen.begun++;
    return chosen.cell;
  }

  /** The step was not reached in time. */
  synchronized void missed(Cell cell) {
    for (Field field : fields) {
      if (field.cell.equals(cell)) {
        field.begun--;
        field.missed++;
      }
    }
  }
}
