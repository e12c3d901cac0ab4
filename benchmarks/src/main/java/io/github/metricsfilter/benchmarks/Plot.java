package io.github.metricsfilter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Lines over two logarithmic axes, as an SVG. */
final class Plot {

  private static final int LEFT = 70;
  private static final int TOP = 40;
  private static final int WIDTH = 420;
  private static final int HEIGHT = 260;
  private static final String[] COLORS = {"#0b6e4f", "#c8553d", "#3d5a9e", "#8a6d1b", "#6b3f87"};

  private final String title;
  private final String xTitle;
  private final Map<String, NavigableMap<Double, Double>> lines = new LinkedHashMap<>();

  Plot(String title, String xTitle) {
    this.title = title;
    this.xTitle = xTitle;
  }

  void add(String line, double x, double y) {
    lines.computeIfAbsent(line, unused -> new TreeMap<>()).put(x, y);
  }

  void write(Path file) throws IOException {
    Files.writeString(file, svg());
  }

  private String svg() {
    double minX = Double.MAX_VALUE;
    double maxX = 0;
    double minY = 1;
    double maxY = 10;
    for (NavigableMap<Double, Double> line : lines.values()) {
      minX = Math.min(minX, line.firstKey());
      maxX = Math.max(maxX, line.lastKey());
      for (double y : line.values()) {
        minY = Math.min(minY, Math.pow(10, Math.floor(Math.log10(y))));
        maxY = Math.max(maxY, Math.pow(10, Math.ceil(Math.log10(y))));
      }
    }
    StringBuilder svg = new StringBuilder();
    append(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
        LEFT + WIDTH + 200,
        TOP + HEIGHT + 60);
    append(svg, "<text x=\"%d\" y=\"20\" font-size=\"14\">%s</text>%n", LEFT, title);
    append(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
        LEFT + WIDTH / 2,
        TOP + HEIGHT + 45,
        xTitle);
    for (double y = minY; y <= maxY * 1.01; y *= 10) {
      double at = y(y, minY, maxY);
      append(
          svg,
          "<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\""
              + " text-anchor=\"end\">%s</text>%n",
          LEFT,
          at,
          WIDTH,
          LEFT - 8,
          at + 4,
          number(y));
    }
    int index = 0;
    for (Map.Entry<String, NavigableMap<Double, Double>> line : lines.entrySet()) {
      String color = COLORS[index % COLORS.length];
      StringBuilder points = new StringBuilder();
      for (Map.Entry<Double, Double> point : line.getValue().entrySet()) {
        double x = x(point.getKey(), minX, maxX);
        double y = y(point.getValue(), minY, maxY);
        append(points, "%.1f,%.1f ", x, y);
        append(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n", x, y, color);
        if (index == 0) {
          append(
              svg,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
              x,
              TOP + HEIGHT + 20,
              number(point.getKey()));
        }
      }
      append(
          svg,
          "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
          points.toString().trim(),
          color);
      append(
          svg,
          "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n",
          LEFT + WIDTH + 12,
          TOP + 14 + 18 * index,
          color,
          line.getKey());
      index++;
    }
    return svg.append("</svg>\n").toString();
  }

  private static double x(double x, double min, double max) {
    return LEFT + WIDTH * Math.log(x / min) / Math.log(max / min);
  }

  private static double y(double y, double min, double max) {
    return TOP + HEIGHT - HEIGHT * Math.log(y / min) / Math.log(max / min);
  }

  private static String number(double number) {
    return number < 1
        ? String.format(Locale.ROOT, "%.2f", number)
        : String.format(Locale.ROOT, "%,.0f", number).replace(',', ' ');
  }

  private static void append(StringBuilder to, String format, Object... arguments) {
    to.append(String.format(Locale.ROOT, format, arguments).replace(System.lineSeparator(), "\n"));
  }
}
