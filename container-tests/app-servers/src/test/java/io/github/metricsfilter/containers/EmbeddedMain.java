package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * Runs Payara Micro or GlassFish by its public API, and deploys what it is told to on its standard
 * input. By reflection, since their jars hold all of Jakarta EE.
 */
public final class EmbeddedMain {

  /** Payara has no other way to name the address, nor to start no Hazelcast that listens at all. */
  private static final String[] PAYARA_BEFORE = {
    "configs.config.server-config.network-config.network-listeners.network-listener."
        + "http-listener.address=127.0.0.1",
    "configs.config.server-config.hazelcast-config-specific-configuration.enabled=false",
  };

  private static final String[] ACCESS_LOG = {
    "configs.config.server-config.http-service.access-logging-enabled=true",
    "configs.config.server-config.http-service.access-log.format="
        + "%http-method% %http-uri% %status%",
    "configs.config.server-config.http-service.access-log.write-interval-seconds=1",
  };

  private EmbeddedMain() {}

  /** What deploys, and undeploys by the application's name. */
  private interface Deployer {
    void deploy(File war, String name) throws Exception;

    void undeploy(String name) throws Exception;
  }

  /** Takes {@code payara} or {@code glassfish}, the port, and the folder of the access log. */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[1]);
    Path logs = Path.of(arguments[2]);
    Deployer deployer = arguments[0].equals("payara") ? payara(port, logs) : glassFish(port);
    System.out.println("READY");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      try {
        if (words[0].equals("deploy")) {
          deployer.deploy(new File(words[2]), words[1]);
        } else {
          deployer.undeploy(words[1]);
        }
        System.out.println("DONE " + line);
      } catch (Exception e) {
        System.out.println("FAILED " + line + ": " + e);
      }
    }
  }

  private static Deployer payara(int port, Path logs) throws Exception {
    Class<?> type = Class.forName("fish.payara.micro.PayaraMicro");
    Object server = type.getMethod("getInstance").invoke(null);
    call(server, "setHttpPort", port);
    call(server, "setNoCluster", true);
    call(server, "setHttpAutoBind", false);
    call(server, "setAccessLogDir", logs.toString());
    call(server, "setNoHazelcast", true);
    Consumer<Object> before = commands -> set(commands, PAYARA_BEFORE);
    Consumer<Object> after = commands -> set(commands, ACCESS_LOG);
    call(server, "setPreBootHandler", before);
    call(server, "setPostBootHandler", after);
    Object runtime = call(server, "bootStrap");
    return new Deployer() {
      @Override
      public void deploy(File war, String name) throws Exception {
        if (!Boolean.TRUE.equals(call(runtime, "deploy", name, name, war))) {
          throw new IllegalStateException("the log says why");
        }
      }

      @Override
      public void undeploy(String name) throws Exception {
        call(runtime, "undeploy", name);
      }
    };
  }

  private static Deployer glassFish(int port) throws Exception {
    Object runtime =
        Class.forName("org.glassfish.embeddable.GlassFishRuntime")
            .getMethod("bootstrap")
            .invoke(null);
    Properties properties = new Properties();
    Class<?> type = Class.forName("org.glassfish.embeddable.GlassFishProperties");
    Object glassFishProperties = type.getConstructor(Properties.class).newInstance(properties);
    String listener =
        "embedded-glassfish-config.server.network-config.network-listeners.network-listener."
            + "http-listener.";
    properties.setProperty(listener + "port", String.valueOf(port));
    properties.setProperty(listener + "enabled", "true");
    properties.setProperty(listener + "address", "127.0.0.1");
    Object server = call(runtime, "newGlassFish", glassFishProperties);
    call(server, "start");
    set(call(server, "getCommandRunner"), ACCESS_LOG);
    Object deployer = call(server, "getDeployer");
    return new Deployer() {
      @Override
      public void deploy(File war, String name) throws Exception {
        Object deployed =
            call(
                deployer,
                "deploy",
                war,
                new String[] {"--contextroot", name, "--name", name, "--force", "true"});
        if (deployed == null) {
          throw new IllegalStateException("the log says why");
        }
      }

      @Override
      public void undeploy(String name) throws Exception {
        call(deployer, "undeploy", name, new String[0]);
      }
    };
  }

  private static void set(Object commands, String... settings) {
    for (String setting : settings) {
      try {
        System.out.println(call(commands, "run", "set", new String[] {setting}));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Calls a public method of an interface or class that takes these. */
  private static Object call(Object target, String name, Object... arguments) throws Exception {
    for (Method method : target.getClass().getMethods()) {
      if (method.getName().equals(name) && takes(method, arguments)) {
        method.setAccessible(true);
        return method.invoke(target, arguments);
      }
    }
    throw new NoSuchMethodException(target.getClass() + "." + name);
  }

  private static boolean takes(Method method, Object[] arguments) {
    Class<?>[] types = method.getParameterTypes();
    if (types.length != arguments.length) {
      return false;
    }
    for (int i = 0; i < types.length; i++) {
      boolean primitive = types[i].isPrimitive() && !(arguments[i] instanceof String);
      if (!primitive && !types[i].isInstance(arguments[i])) {
        return false;
      }
    }
    return true;
  }
}
