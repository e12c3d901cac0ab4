package io.github.metricsfilter.internal.pools;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.ObjectName;

/** An MBean of the platform that has these attributes, until it is closed. */
public final class FakeMBean implements DynamicMBean, AutoCloseable {

  private final ObjectName name;
  private final Map<String, ?> attributes;

  /**
   * Registers it.
   *
   * @param attributes their values, or Callables that are asked for them each time
   */
  public FakeMBean(String name, Map<String, ?> attributes) throws JMException {
    this.name = new ObjectName(name);
    this.attributes = attributes;
    ManagementFactory.getPlatformMBeanServer().registerMBean(this, this.name);
  }

  @Override
  public Object getAttribute(String attribute) throws AttributeNotFoundException, MBeanException {
    Object value = attributes.get(attribute);
    if (value == null) {
      throw new AttributeNotFoundException(attribute);
    }
    try {
      return value instanceof Callable<?> asked ? asked.call() : value;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new MBeanException(e);
    }
  }

  @Override
  public void setAttribute(Attribute attribute) {
    throw new UnsupportedOperationException();
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    throw new UnsupportedOperationException();
  }

  @Override
  public AttributeList setAttributes(AttributeList list) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Object invoke(String action, Object[] parameters, String[] signature) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    return new MBeanInfo(
        FakeMBean.class.getName(), "", new MBeanAttributeInfo[0], null, null, null);
  }

  @Override
  public void close() throws JMException {
    if (ManagementFactory.getPlatformMBeanServer().isRegistered(name)) {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
    }
  }
}
