package org.hourgate.observe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A board and the file that Grafana reads: classic JSON, which file provisioning of every Grafana
 * since 8 takes. The same board gives the same bytes.
 */
final class Board {

  static final int COLUMNS = 24;

  private static final int SCHEMA_VERSION = 42;
  private static final String CHOSEN = "job=\"$job\", instance=~\"$instance\"";
  private static final Map<String, @Nullable Object> SOURCE =
      map("type", "prometheus", "uid", "${datasource}");

  private final String name;
  private final String title;
  private final String description;
  private final List<Map<String, @Nullable Object>> panels = new ArrayList<>();
  private int y;

  Board(String name, String title, String description) {
    this.name = name;
    this.title = title;
    this.description = description;
  }

  String fileName() {
    return name + ".json";
  }

  /** Adds a row of panels that share its width; their number divides 24. */
  Board row(String heading, int height, Panel... row) {
    if (COLUMNS % row.length != 0) {
      throw new IllegalArgumentException(heading + ": " + row.length + " panels in a row");
    }
    if (!heading.isEmpty()) {
      Map<String, @Nullable Object> divider =
          map("id", panels.size() + 1, "type", "row", "title", heading);
      divider.put("gridPos", map("x", 0, "y", y, "w", COLUMNS, "h", 1));
      divider.put("collapsed", false);
      divider.put("panels", List.of());
      panels.add(divider);
      y++;
    }
    int width = COLUMNS / row.length;
    for (int i = 0; i < row.length; i++) {
      panels.add(panel(row[i], map("x", i * width, "y", y, "w", width, "h", height)));
    }
    y += height;
    return this;
  }

  private Map<String, @Nullable Object> panel(Panel panel, Map<String, @Nullable Object> position) {
    Map<String, @Nullable Object> json = map("id", panels.size() + 1, "type", panel.kind().type);
    json.put("title", panel.title());
    json.put("description", panel.description());
    json.put("datasource", SOURCE);
    json.put("gridPos", position);
    json.put("fieldConfig", map("defaults", defaults(panel), "overrides", List.of()));
    json.put("options", options(panel));
    List<Map<String, @Nullable Object>> targets = new ArrayList<>();
    for (Panel.Query query : panel.queries()) {
      Map<String, @Nullable Object> target =
          map("refId", String.valueOf((char) ('A' + targets.size())));
      target.put("datasource", SOURCE);
      target.put("editorMode", "code");
      target.put("expr", query.expression().replace("@", CHOSEN));
      target.put("legendFormat", query.legend());
      target.put("range", true);
      targets.add(target);
    }
    json.put("targets", targets);
    return json;
  }

  private static Map<String, @Nullable Object> defaults(Panel panel) {
    Map<String, @Nullable Object> defaults = map("unit", panel.unit());
    boolean coloured = !panel.steps().isEmpty();
    defaults.put("color", map("mode", coloured ? "thresholds" : "palette-classic"));
    List<Map<String, @Nullable Object>> steps = new ArrayList<>();
    if (!coloured || Double.isFinite(panel.steps().getFirst().from())) {
      Map<String, @Nullable Object> base = map("color", "green");
      base.put("value", null);
      steps.add(base);
    }
    for (Panel.Step step : panel.steps()) {
      Map<String, @Nullable Object> next = map("color", step.colour());
      next.put("value", Double.isFinite(step.from()) ? step.from() : null);
      steps.add(next);
    }
    defaults.put("thresholds", map("mode", "absolute", "steps", steps));
    if (!panel.words().isEmpty()) {
      Map<String, @Nullable Object> words = new LinkedHashMap<>();
      panel.words().forEach((value, text) -> words.put(value, map("text", text)));
      defaults.put("mappings", List.of(map("type", "value", "options", words)));
    }
    if (panel.kind() == Panel.Kind.LINES) {
      defaults.put("min", 0);
      defaults.put(
          "custom",
          map(
              "drawStyle",
              "line",
              "lineWidth",
              1,
              "fillOpacity",
              panel.stacked() ? 30 : 8,
              "showPoints",
              "never",
              "stacking",
              map("mode", panel.stacked() ? "normal" : "none", "group", "A")));
    }
    return defaults;
  }

  private static Map<String, @Nullable Object> options(Panel panel) {
    return switch (panel.kind()) {
      case STAT, NAMES ->
          map(
              "reduceOptions",
              map("calcs", List.of("lastNotNull"), "fields", "", "values", false),
              "colorMode",
              panel.steps().isEmpty() ? "none" : "value",
              "graphMode",
              panel.kind() == Panel.Kind.STAT && panel.words().isEmpty() ? "area" : "none",
              "textMode",
              panel.kind() == Panel.Kind.NAMES ? "name" : "value");
      case LINES ->
          map(
              "legend", map("displayMode", "list", "placement", "bottom", "showLegend", true),
              "tooltip", map("mode", "multi", "sort", "desc"));
      case BANDS ->
          map(
              "mergeValues",
              true,
              "showValue",
              "never",
              "rowHeight",
              0.8,
              "legend",
              map("displayMode", "list", "placement", "bottom", "showLegend", false),
              "tooltip",
              map("mode", "single", "sort", "none"));
    };
  }

  /** The file's content. */
  String json() {
    Map<String, @Nullable Object> board =
        map("uid", "hourgate-" + name, "title", "Hourgate: " + title);
    board.put("description", description);
    board.put("tags", List.of("hourgate"));
    board.put("schemaVersion", SCHEMA_VERSION);
    board.put("editable", false);
    board.put("graphTooltip", 1);
    board.put("refresh", "30s");
    board.put("time", map("from", "now-6h", "to", "now"));
    board.put("timezone", "browser");
    board.put("links", List.of(links()));
    board.put("annotations", map("list", List.of()));
    board.put(
        "templating",
        map(
            "list",
            List.of(
                map(
                    "name",
                    "datasource",
                    "label",
                    "Data source",
                    "type",
                    "datasource",
                    "query",
                    "prometheus"),
                variable("job", "Job", "label_values(hourgate_build_info, job)", false),
                variable(
                    "instance",
                    "Instance",
                    "label_values(hourgate_build_info{job=\"$job\"}, instance)",
                    true))));
    board.put("panels", panels);
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(board)
            .replace("\r\n", "\n")
        + "\n";
  }

  private static Map<String, @Nullable Object> links() {
    return map(
        "title",
        "Hourgate",
        "type",
        "dashboards",
        "tags",
        List.of("hourgate"),
        "asDropdown",
        false,
        "includeVars",
        true,
        "keepTime",
        true);
  }

  private static Map<String, @Nullable Object> variable(
      String name, String label, String values, boolean several) {
    Map<String, @Nullable Object> variable = map("name", name, "label", label, "type", "query");
    variable.put("datasource", SOURCE);
    variable.put("query", map("query", values, "refId", name));
    variable.put("definition", values);
    variable.put("refresh", 2); // When the time range changes, too.
    variable.put("sort", 1);
    variable.put("multi", several);
    variable.put("includeAll", several);
    if (several) {
      variable.put("allValue", ".+");
      variable.put("current", map("text", "All", "value", "$__all"));
    }
    return variable;
  }

  /** Keys and values by turns, in the order in which they shall stand in the file. */
  private static Map<String, @Nullable Object> map(Object... keysAndValues) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
