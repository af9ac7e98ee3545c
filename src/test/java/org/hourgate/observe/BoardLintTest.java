package org.hourgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The lint finds each fault in a board that has this one only. */
final class BoardLintTest {

  private static final String GOOD =
      new Board("good", "good", "A good board.")
          .row(
              "Row",
              8,
              Panel.lines("One", "ops", "First.")
                  .ask("sum(rate(a_total{@}[$__rate_interval]))", "a"),
              Panel.lines("Two", "short", "Second.").ask("sum(hourgate_b{@})", "b"))
          .json();

  @Test
  void findsNothingInAGoodBoard() {
    assertThat(BoardLint.problemsOf(new JsonMapper().readTree(GOOD))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"uid\" : \"hourgate-good\"|\"uid\" : \"\"|no uid",
        "\"editable\" : false|\"editable\" : true|can be edited",
        "\"type\" : \"datasource\"|\"type\" : \"constant\"|no data source",
        "\"query\" : \"prometheus\"|\"query\" : \"loki\"|no Prometheus",
        "\"name\" : \"job\"|\"name\" : \"task\"|$job asks for no label",
        "\"refresh\" : 2|\"refresh\" : 1|does not follow the time range",
        "\"multi\" : true|\"multi\" : false|takes one only",
        "\"allValue\" : \".+\"|\"allValue\" : \"\"|is not .+",
        "\"uid\" : \"${datasource}\"|\"uid\" : \"abc\"|does not use $datasource",
        "\"description\" : \"First.\"|\"description\" : \"\"|has no description",
        "\"title\" : \"Two\"|\"title\" : \"\"|has no title",
        "\"unit\" : \"short\"|\"unit\" : \"\"|has no unit",
        "\"id\" : 3|\"id\" : 2|another's too",
        "\"x\" : 12|\"x\" : 11|lies on",
        "\"x\" : 12|\"x\" : 13|right edge",
        "\"targets\"|\"questions\"|asks nothing",
        "job=\\\"$job\\\"|job=\\\"hourgate\\\"|takes any job",
        "instance=~\\\"$instance\\\"|instance=~\\\".+\\\"|takes any instance",
        "[$__rate_interval]|[5m]|fixed interval",
        "sum(rate(a_total|sum(max(a_total|neither a rate nor an increase",
        "sum(hourgate_b{|sum(hourgate_c / hourgate_b{|without labels",
      })
  void findsAFault(String text, String fault, String words) {
    assertThat(GOOD).contains(text);

    assertThat(BoardLint.problemsOf(new JsonMapper().readTree(GOOD.replace(text, fault))))
        .anyMatch(problem -> problem.contains(words));
  }
}
