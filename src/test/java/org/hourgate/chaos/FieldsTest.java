package org.hourgate.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.hourgate.chaos.Fields.Cell;
import org.junit.jupiter.api.Test;

final class FieldsTest {

  private static final int ALL = Step.values().length * Harm.values().length;

  @Test
  void allAreTriedBeforeOneIsTriedAgain() {
    Fields fields = new Fields(_ -> true, new Random(1));

    List<Cell> first = IntStream.range(0, ALL).mapToObj(_ -> fields.next()).toList();
    List<Cell> second = IntStream.range(0, ALL).mapToObj(_ -> fields.next()).toList();

    assertThat(new HashSet<>(first)).hasSize(ALL);
    assertThat(new HashSet<>(second)).hasSize(ALL);
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void whatWasMissedComesBackWhenTheOthersHaveBeenTried() {
    Fields fields = new Fields(_ -> true, new Random(2));
    Cell missed = fields.next();
    fields.missed(missed);

    List<Cell> rest = IntStream.range(1, ALL).mapToObj(_ -> fields.next()).toList();

    assertThat(rest).doesNotContain(missed);
    assertThat(fields.next()).isEqualTo(missed);
  }

  @Test
  void someMayBeChosen() {
    Fields fields = new Fields(cell -> cell.step() == Step.BAN, new Random(3));

    Set<Harm> harms = EnumSet.noneOf(Harm.class);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < Harm.values().length; i++) {
      Cell cell = fields.next();
      harms.add(cell.harm());
      steps.add(cell.step());
    }

    assertThat(harms).hasSize(Harm.values().length);
    assertThat(steps).containsOnly(Step.BAN);
  }
}
