package io.github.metricsfilter;

import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** What is wrong with the settings of a filter or servlet, gathered so as to be told at once. */
final class Problems {

  private static final Pattern KEBAB = Pattern.compile("-([a-z])");

  private final List<String> parameters = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();

  /** The value of this parameter, by its name in web.xml, is not what would be legal. */
  void add(String parameter, Object value, String legal) {
    addText(parameter, "=\"" + value + "\": legal is " + legal);
  }

  /** Adds a problem unless the condition holds. */
  void require(boolean condition, String parameter, Object value, String legal) {
    if (!condition) {
      add(parameter, value, legal);
    }
  }

  /** Adds a problem that is told in other words, put behind the parameter's name. */
  void addText(String parameter, String text) {
    parameters.add(parameter);
    texts.add(text);
  }

  boolean isEmpty() {
    return texts.isEmpty();
  }

  /** Tells someone who writes web.xml. */
  void throwIfAny(String filterOrServlet) throws ServletException {
    if (!isEmpty()) {
      throw new ServletException(filterOrServlet + ": " + tell(UnaryOperator.identity()));
    }
  }

  /** Tells someone who calls a builder. */
  void throwIfAny() {
    if (!isEmpty()) {
      throw new IllegalArgumentException(tell(Problems::camelCase));
    }
  }

  static String camelCase(String name) {
    return KEBAB.matcher(name).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
  }

  private String tell(UnaryOperator<String> naming) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      lines.add(naming.apply(parameters.get(i)) + texts.get(i));
    }
    return String.join("; ", lines);
  }
}
