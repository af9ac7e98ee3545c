package org.hourgate.observe;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What a board needs to be of use in a Grafana it was not made in: the rules of Grafana's own
 * dashboard-linter, and that nothing lies on top of something else. Names what is wrong; an empty
 * list is a good board.
 */
final class BoardLint {

  private static final String SOURCE = "${datasource}";
  private static final Pattern SELECTOR =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{([^}]*)}(\\[[^]]*])?");
  private static final Pattern BARE =
      Pattern.compile("\\b((?:hourgate|openvpn|jvm|process|system|logback)_\\w+|up)\\b(?!\\{)");
  private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");
  private static final Pattern RATE = Pattern.compile("\\bi?rate\\([^\\[]*(\\[[^]]*])");
  private static final Pattern COUNTER = Pattern.compile(".*_(total|count|sum|bucket)");

  private final List<String> problems = new ArrayList<>();

  private BoardLint() {}

  static List<String> problemsOf(JsonNode board) {
    BoardLint lint = new BoardLint();
    lint.look(board);
    return lint.problems;
  }

  private void look(JsonNode board) {
    check(!board.path("uid").asString("").isEmpty(), "the board has no uid");
    check(!board.path("title").asString("").isEmpty(), "the board has no title");
    check(board.path("schemaVersion").asInt(0) >= 36, "schemaVersion is missing or old");
    check(!board.path("editable").asBoolean(true), "the board can be edited");
    variables(board.path("templating").path("list"));
    List<JsonNode> panels = board.path("panels").valueStream().toList();
    check(!panels.isEmpty(), "the board has no panels");
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i < panels.size(); i++) {
      JsonNode panel = panels.get(i);
      check(ids.add(panel.path("id").asInt(-1)), name(panel) + ": its id is another's too");
      position(panel, panels.subList(0, i));
      if (!panel.path("type").asString("").equals("row")) {
        panel(panel);
      }
    }
  }

  private void variables(JsonNode list) {
    JsonNode source = variable(list, "datasource");
    check(source.path("type").asString("").equals("datasource"), "$datasource is no data source");
    check(source.path("query").asString("").equals("prometheus"), "$datasource is no Prometheus");
    for (String name : List.of("job", "instance")) {
      JsonNode variable = variable(list, name);
      check(isSource(variable.path("datasource")), "$" + name + " does not use $datasource");
      check(
          variable.path("query").path("query").asString("").startsWith("label_values("),
          "$" + name + " asks for no label");
      check(variable.path("refresh").asInt(0) == 2, "$" + name + " does not follow the time range");
    }
    JsonNode instance = variable(list, "instance");
    check(instance.path("multi").asBoolean(false), "$instance takes one only");
    check(instance.path("includeAll").asBoolean(false), "$instance does not take all");
    check(instance.path("allValue").asString("").equals(".+"), "all of $instance is not .+");
  }

  private static JsonNode variable(JsonNode list, String name) {
    return list.valueStream()
        .filter(variable -> variable.path("name").asString("").equals(name))
        .findFirst()
        .orElse(list.path("none"));
  }

  private void position(JsonNode panel, List<JsonNode> before) {
    Place place = Place.of(panel);
    check(
        place.x >= 0 && place.y >= 0 && place.w > 0 && place.h > 0, name(panel) + ": has no place");
    check(place.x + place.w <= Board.COLUMNS, name(panel) + ": reaches beyond the right edge");
    for (JsonNode other : before) {
      check(!place.overlaps(Place.of(other)), name(panel) + ": lies on " + name(other));
    }
  }

  private void panel(JsonNode panel) {
    String name = name(panel);
    check(!panel.path("title").asString("").isEmpty(), name + ": has no title");
    check(!panel.path("description").asString("").isEmpty(), name + ": has no description");
    check(
        !panel.path("fieldConfig").path("defaults").path("unit").asString("").isEmpty(),
        name + ": has no unit");
    check(isSource(panel.path("datasource")), name + ": does not use $datasource");
    check(!panel.path("targets").isEmpty(), name + ": asks nothing");
    Set<String> references = new HashSet<>();
    for (JsonNode target : panel.path("targets")) {
      check(references.add(target.path("refId").asString("")), name + ": two of one refId");
      check(isSource(target.path("datasource")), name + ": a query does not use $datasource");
      expression(name, target.path("expr").asString(""));
    }
  }

  private void expression(String name, String expression) {
    String where = name + ": " + expression + ": ";
    check(!expression.isBlank(), where + "is empty");
    int selectors = 0;
    Matcher selector = SELECTOR.matcher(expression);
    while (selector.find()) {
      selectors++;
      String labels = selector.group(2);
      check(labels.contains("job=\"$job\""), where + "takes any job");
      check(labels.contains("instance=~\"$instance\""), where + "takes any instance");
      check(
          !COUNTER.matcher(selector.group(1)).matches()
              || increases(expression.substring(0, selector.start()), selector.group(3)),
          where + "a counter is neither a rate nor an increase");
    }
    check(selectors > 0, where + "chooses nothing");
    check(!BARE.matcher(withoutStrings(expression)).find(), where + "a metric without labels");
    Matcher rate = RATE.matcher(expression);
    while (rate.find()) {
      check(rate.group(1).equals("[$__rate_interval]"), where + "a rate of a fixed interval");
    }
  }

  private static boolean increases(String before, String range) {
    return range != null
        && (before.endsWith("rate(") || before.endsWith("increase(") || before.endsWith("resets("));
  }

  private static String withoutStrings(String expression) {
    return STRING.matcher(expression).replaceAll("\"\"");
  }

  private static boolean isSource(JsonNode source) {
    return source.path("type").asString("").equals("prometheus")
        && source.path("uid").asString("").equals(SOURCE);
  }

  private static String name(JsonNode panel) {
    return "panel " + panel.path("id").asInt(-1) + " " + panel.path("title").asString("");
  }

  private void check(boolean good, String otherwise) {
    if (!good) {
      problems.add(otherwise);
    }
  }

  private record Place(int x, int y, int w, int h) {

    static Place of(JsonNode panel) {
      JsonNode position = panel.path("gridPos");
      return new Place(
          position.path("x").asInt(-1),
          position.path("y").asInt(-1),
          position.path("w").asInt(0),
          position.path("h").asInt(0));
    }

    boolean overlaps(Place other) {
      return x < other.x + other.w && other.x < x + w && y < other.y + other.h && other.y < y + h;
    }
  }
}
