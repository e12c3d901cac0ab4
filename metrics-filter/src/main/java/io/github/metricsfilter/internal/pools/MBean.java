package io.github.metricsfilter.internal.pools;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/** What one MBean told, all at once. */
final class MBean {

  final ObjectName name;
  private final MBeanServer server;
  private final Map<String, Object> values = new HashMap<>();

  /**
   * Asks for these attributes; some versions of a container lack some.
   *
   * @throws JMException if it is gone, or fails
   * @throws RuntimeException if it fails
   */
  MBean(MBeanServer server, ObjectName name, List<String> attributes) throws JMException {
    this.server = server;
    this.name = name;
    for (String attribute : attributes) { // one by one, since together those that fail are missing
      try {
        Object value = server.getAttribute(name, attribute);
        if (value != null) {
          values.put(attribute, value);
        }
      } catch (AttributeNotFoundException e) {
        // then it is NaN
      }
    }
  }

  /** An attribute that is a number, or a statistic that counts; NaN if it is neither. */
  double number(String attribute) {
    Object value = values.get(attribute);
    if (value instanceof CompositeData && ((CompositeData) value).containsKey("count")) {
      value = ((CompositeData) value).get("count");
    }
    return value instanceof Number ? ((Number) value).doubleValue() : Double.NaN;
  }

  /** An attribute as text; empty if there is none. */
  String text(String attribute) {
    Object value = values.get(attribute);
    return value == null ? "" : value.toString();
  }

  /** A part of its name, without quotation marks; empty if there is none. */
  String property(String key) {
    String value = name.getKeyProperty(key);
    if (value == null) {
      return "";
    }
    return value.startsWith("\"") ? ObjectName.unquote(value) : value;
  }

  /** The number by which Jetty tells its MBeans apart, from 0 on. */
  long id() {
    String id = property("id");
    return id.matches("\\d{1,18}") ? Long.parseLong(id) : Pools.NONE;
  }

  /** Whether there are others in its domain that have these properties. */
  boolean hasNeighbours(String properties) throws JMException {
    return !server.queryNames(new ObjectName(name.getDomain() + ":" + properties), null).isEmpty();
  }
}
