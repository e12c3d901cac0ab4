package io.github.metricsfilter;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the settings of one filter or servlet are set to, by web.xml or a builder. */
final class Values {

  private final Map<Setting<?>, Object> given;

  Values() {
    given = new HashMap<>();
  }

  /** A copy, which doesn't follow what is set later. */
  Values(Values other) {
    given = new HashMap<>(other.given);
  }

  /** Null, which only a builder can be given, is no value. */
  <T> void set(Setting<T> setting, T value) {
    given.put(setting, Objects.requireNonNull(value, Problems.camelCase(setting.name)));
  }

  /** Sets it to what web.xml says. */
  <T> void read(Setting<T> setting, String text, Problems problems) {
    try {
      set(setting, setting.reading.apply(text.trim()));
    } catch (Setting.WrongText e) {
      problems.addText(
          setting.name, "=\"" + text + "\" " + e.getMessage() + ": legal is " + setting.legal);
    } catch (IllegalArgumentException e) {
      problems.add(setting.name, text, setting.legal);
    }
  }

  /** What a setting is set to, or null. */
  @SuppressWarnings("unchecked") // set() puts a value of the setting's type
  <T> @Nullable T given(Setting<T> setting) {
    return (T) given.get(setting);
  }

  /** What a setting is set to, or else its default. */
  <T> T get(Setting<T> setting) {
    T value = given(setting);
    return value == null ? setting.byDefault.apply(this) : value;
  }

  /** Refuses a setting that is set where it means nothing, rather than ignoring it. */
  void only(boolean legal, String where, Setting<?> setting, Problems problems) {
    Object value = given(setting);
    if (!legal && value != null) {
      problems.addText(setting.name, "=\"" + value + "\": legal only " + where);
    }
  }

  /** Refuses a value, be it the default, that is not legal with those of other settings. */
  <T> void require(Setting<T> setting, Predicate<T> isLegal, String legal, Problems problems) {
    T value = get(setting);
    problems.require(isLegal.test(value), setting.name, value, legal);
  }
}
