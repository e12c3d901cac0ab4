package io.github.metricsfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All there is to know of one setting by itself. {@link Settings} has those of the filter and
 * {@link ServletSettings} those of the servlet, with what is legal only together with others.
 *
 * @param <T> an immutable value, whose toString is how problems tell it
 */
final class Setting<T> {

  /** Of filter and servlet alike. */
  static final Setting<String> REGISTRY_ATTRIBUTE =
      text("registry-attribute", "the name of a ServletContext attribute")
          .byDefault(values -> "", "the default registry");

  /** In web.xml; the builder's call has the same in camel case. */
  final String name;

  /** What is legal in web.xml, in words. */
  final String legal;

  /** Makes a value of the text in web.xml, or throws an IllegalArgumentException. */
  final Function<String, T> reading;

  /** What it is unless set, which may depend on other settings. */
  final Function<Values, T> byDefault;

  /** The same in words. */
  final String defaultInWords;

  Setting(
      String name,
      String legal,
      Function<String, T> reading,
      Function<Values, T> byDefault,
      String defaultInWords) {
    this.name = name;
    this.legal = legal;
    this.reading = reading;
    this.byDefault = byDefault;
    this.defaultInWords = defaultInWords;
  }

  /** The same setting with another default. */
  Setting<T> byDefault(Function<Values, T> value, String inWords) {
    return new Setting<>(name, legal, reading, value, inWords);
  }

  /** Thrown of a text by {@link #reading} where it isn't enough to say what is legal. */
  static final class WrongText extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    /** With what is wrong, to be put behind the text. */
    WrongText(String message) {
      super(message);
    }
  }

  static Setting<String> text(String name, String legal) {
    return new Setting<>(name, legal, text -> text, values -> "", "none");
  }

  static Setting<List<String>> list(String name, String legal) {
    return new Setting<>(name, legal, Setting::split, values -> List.of(), "none");
  }

  static Setting<Integer> wholeNumber(String name, String legal, Integer byDefault) {
    return new Setting<>(name, legal, Integer::valueOf, values -> byDefault, byDefault.toString());
  }

  static Setting<Boolean> flag(String name, Boolean byDefault) {
    return oneOf(name, List.of(true, false), " or ", byDefault);
  }

  static <E extends Enum<E>> Setting<E> constant(String name, E byDefault) {
    return oneOf(name, List.of(byDefault.getDeclaringClass().getEnumConstants()), ", ", byDefault);
  }

  private static <T> Setting<T> oneOf(String name, List<T> all, String comma, T byDefault) {
    return new Setting<>(
        name,
        all.stream().map(T::toString).collect(Collectors.joining(comma)),
        text ->
            all.stream()
                .filter(value -> value.toString().equals(text))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new),
        values -> byDefault,
        byDefault.toString());
  }

  /** What stands between commas: all of an empty text, but nothing empty beside others. */
  static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      parts.add(part.trim());
    }
    if (parts.size() > 1 && parts.contains("")) {
      throw new IllegalArgumentException(text);
    }
    return List.copyOf(parts);
  }
}
