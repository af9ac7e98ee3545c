package org.hourgate.observe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.hourgate.observe.PrometheusApi.Point;
import org.hourgate.observe.PrometheusApi.Series;
import tools.jackson.databind.JsonNode;

/**
 * Draws a board as SVG from what Prometheus answered, about as Grafana would: to be looked at where
 * there is no Grafana.
 */
final class BoardPicture {

  /** What is answered to a query. */
  interface Answers {
    List<Series> to(String expression) throws Exception;
  }

  private static final int COLUMN = 60;
  private static final int LINE = 34;
  private static final int GAP = 8;
  private static final int HEADING = 26;
  private static final int LEGEND = 18;
  private static final int SCALE = 52;
  private static final int LETTER = 6;
  private static final List<String> COLOURS =
      List.of(
          "#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#b877d9", "#5794f2", "#c8f2c2");
  private static final Map<String, String> NAMED =
      Map.of("green", "#73bf69", "yellow", "#f2cc0c", "red", "#f2495c");
  private static final Pattern LABEL = Pattern.compile("\\{\\{(\\w+)}}");

  private final StringBuilder svg = new StringBuilder();
  private final Answers answers;

  private BoardPicture(Answers answers) {
    this.answers = answers;
  }

  static String of(JsonNode board, Answers answers) throws Exception {
    return new BoardPicture(answers).draw(board);
  }

  /** A series with the name that the legend gives it. */
  private record Line(String name, List<Point> points) {}

  private record Box(int x, int y, int w, int h) {}

  private String draw(JsonNode board) throws Exception {
    int height = 0;
    for (JsonNode panel : board.path("panels")) {
      Box box = box(panel);
      height = Math.max(height, box.y + box.h + GAP);
      if (panel.path("type").asString().equals("row")) {
        text(box.x + 4, box.y + 22, 15, "#ccccdc", "start", panel.path("title").asString());
      } else {
        panel(panel, box);
      }
    }
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"DejaVu Sans, sans-serif\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#111217\"/>%n",
            Board.COLUMNS * COLUMN + GAP,
            height)
        + svg
        + "</svg>\n";
  }

  private static Box box(JsonNode panel) {
    JsonNode place = panel.path("gridPos");
    return new Box(
        place.path("x").asInt() * COLUMN + GAP,
        place.path("y").asInt() * LINE + GAP,
        place.path("w").asInt() * COLUMN - GAP,
        place.path("h").asInt() * LINE - GAP);
  }

  private void panel(JsonNode panel, Box box) throws Exception {
    rectangle(box, "#181b1f");
    text(box.x + 10, box.y + 18, 12, "#ccccdc", "start", panel.path("title").asString());
    List<Line> lines = new ArrayList<>();
    for (JsonNode target : panel.path("targets")) {
      String legend = target.path("legendFormat").asString();
      for (Series series : answers.to(target.path("expr").asString())) {
        String name =
            LABEL.matcher(legend).replaceAll(l -> series.labels().getOrDefault(l.group(1), ""));
        lines.add(new Line(name, series.points()));
      }
    }
    JsonNode look = panel.path("fieldConfig").path("defaults");
    switch (panel.path("type").asString()) {
      case "stat" -> stat(panel, look, box, lines);
      case "state-timeline" -> bands(look, box, lines);
      default -> chart(look, box, lines);
    }
  }

  private void stat(JsonNode panel, JsonNode look, Box box, List<Line> lines) {
    double value = lines.isEmpty() ? Double.NaN : lastOf(lines.getFirst());
    boolean named = panel.path("options").path("textMode").asString().equals("name");
    String said = named ? lines.getFirst().name : said(look, value);
    boolean plain = panel.path("options").path("colorMode").asString().equals("none");
    int size = Math.min(34, (box.w - 20) * 10 / (LETTER * Math.max(1, said.length())));
    int middle = box.y + HEADING + (box.h - HEADING) / 2 + size / 3;
    text(box.x + box.w / 2, middle, size, plain ? "#ccccdc" : colour(look, value), "middle", said);
  }

  private static double lastOf(Line line) {
    double last = Double.NaN;
    for (Point point : line.points) {
      last = Double.isNaN(point.value()) ? last : point.value();
    }
    return last;
  }

  private void bands(JsonNode look, Box box, List<Line> lines) {
    int height = (box.h - HEADING - GAP) / Math.max(1, lines.size());
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      int top = box.y + HEADING + i * height;
      int left = box.x + 10 + 2 * SCALE;
      double width = (double) (box.x + box.w - 10 - left) / Math.max(1, line.points.size());
      text(left - 8, top + height / 2 + 4, 11, "#9fa7b3", "end", line.name);
      for (int p = 0; p < line.points.size(); p++) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\""
                    + " shape-rendering=\"crispEdges\"/>%n",
                left + p * width,
                top + height / 10,
                width + 0.5,
                height * 8 / 10,
                colour(look, line.points.get(p).value())));
      }
    }
  }

  private void chart(JsonNode look, Box box, List<Line> lines) {
    boolean stacked = look.path("custom").path("stacking").path("mode").asString().equals("normal");
    List<Line> drawn = stacked ? onTopOfEachOther(lines) : lines;
    double highest = 0;
    double first = Double.MAX_VALUE;
    double last = 0;
    for (Point point : drawn.stream().flatMap(line -> line.points.stream()).toList()) {
      highest = Double.isFinite(point.value()) ? Math.max(highest, point.value()) : highest;
      first = Math.min(first, point.time());
      last = Math.max(last, point.time());
    }
    highest = highest == 0 ? 1 : highest * 1.1;
    int legends = legendHeight(box, lines);
    Box inner =
        new Box(
            box.x + SCALE + 10, box.y + HEADING + 4, box.w - SCALE - 24, box.h - HEADING - legends);
    for (int i = 0; i <= 3; i++) {
      int y = inner.y + inner.h - inner.h * i / 3;
      rectangle(new Box(inner.x, y, inner.w, 1), "#2c3235");
      text(inner.x - 6, y + 4, 10, "#9fa7b3", "end", said(look, highest * i / 3));
    }
    for (int i = drawn.size() - 1; i >= 0; i--) {
      path(inner, drawn.get(i).points, first, last, highest, COLOURS.get(i % COLOURS.size()));
    }
    legend(box, lines, legends);
  }

  private static List<Line> onTopOfEachOther(List<Line> lines) {
    Map<Double, Double> below = new HashMap<>();
    List<Line> sums = new ArrayList<>();
    for (Line line : lines) {
      List<Point> points = new ArrayList<>();
      for (Point point : line.points) {
        points.add(new Point(point.time(), below.merge(point.time(), point.value(), Double::sum)));
      }
      sums.add(new Line(line.name, points));
    }
    return sums;
  }

  /** One line with gaps where there is no number. */
  private void path(
      Box inner, List<Point> points, double first, double last, double highest, String colour) {
    StringBuilder path = new StringBuilder();
    double before = 0;
    boolean drawing = false;
    for (Point point : points) {
      if (!Double.isFinite(point.value())) {
        drawing = false;
        continue;
      }
      boolean goesOn = drawing && point.time() - before < 5;
      double x = inner.x + (point.time() - first) / Math.max(1, last - first) * inner.w;
      double y = inner.y + inner.h - Math.max(0, point.value()) / highest * inner.h;
      path.append(String.format(Locale.ROOT, "%s%.1f %.1f", goesOn ? "L" : "M", x, y));
      if (!goesOn) {
        path.append("h1"); // A value on its own is seen, too.
      }
      before = point.time();
      drawing = true;
    }
    svg.append(
        String.format(
            "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\"/>%n", path, colour));
  }

  private static int legendHeight(Box box, List<Line> lines) {
    int rows = 1;
    int x = 0;
    for (Line line : lines) {
      int width = legendWidth(line);
      if (x > 0 && x + width > box.w - 20) {
        rows++;
        x = 0;
      }
      x += width;
    }
    return (rows + 1) * LEGEND;
  }

  private static int legendWidth(Line line) {
    return 30 + LETTER * line.name.length();
  }

  private void legend(Box box, List<Line> lines, int height) {
    int x = 0;
    int y = box.y + box.h - height + 2 * LEGEND - 2;
    for (int i = 0; i < lines.size(); i++) {
      int width = legendWidth(lines.get(i));
      if (x > 0 && x + width > box.w - 20) {
        x = 0;
        y += LEGEND;
      }
      rectangle(new Box(box.x + 12 + x, y - 5, 12, 3), COLOURS.get(i % COLOURS.size()));
      text(box.x + 28 + x, y, 10, "#9fa7b3", "start", lines.get(i).name);
      x += width;
    }
  }

  private static String colour(JsonNode look, double value) {
    String colour = "#ccccdc";
    for (JsonNode step : look.path("thresholds").path("steps")) {
      if (step.path("value").isNull() || value >= step.path("value").asDouble()) {
        colour = NAMED.getOrDefault(step.path("color").asString(), colour);
      }
    }
    return colour;
  }

  /** A value in its unit, in few letters. */
  static String said(JsonNode look, double value) {
    JsonNode words =
        look.path("mappings").path(0).path("options").path(Long.toString((long) value));
    if (!words.isMissingNode()) {
      return words.path("text").asString();
    }
    if (Double.isNaN(value)) {
      return "–";
    }
    return switch (look.path("unit").asString()) {
      case "s" -> value < 1 ? number(value * 1000) + " ms" : number(value) + " s";
      case "dtdurations" -> time(value);
      case "percentunit" -> number(value * 100) + " %";
      case "ops", "reqps" -> number(value) + "/s";
      case "bytes" -> thousands(value, "B");
      case "bps" -> thousands(value, "b/s");
      default -> number(value);
    };
  }

  private static String time(double seconds) {
    if (seconds < 60) {
      return number(seconds) + " s";
    }
    if (seconds < 3600) {
      return number(seconds / 60) + " min";
    }
    return number(seconds / 3600) + " h";
  }

  private static String thousands(double value, String unit) {
    if (value < 1000) {
      return number(value) + " " + unit;
    }
    return value < 1_000_000
        ? number(value / 1000) + " k" + unit
        : number(value / 1_000_000) + " M" + unit;
  }

  private static String number(double value) {
    double size = Math.abs(value);
    if (size == Math.rint(size) || size >= 100) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, size < 0.1 ? "%.3f" : size < 10 ? "%.2f" : "%.1f", value);
  }

  private void rectangle(Box box, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n",
            box.x,
            box.y,
            box.w,
            box.h,
            colour));
  }

  private void text(int x, int y, int size, String colour, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"%s\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            size,
            colour,
            anchor,
            text.replace("&", "&amp;").replace("<", "&lt;")));
  }
}
