package dev.lockstep.spring.boot;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/**
 * Gives defaults to an application whose data source is Lockstep: the driver's class, which Spring
 * Boot knows by itself of some databases only; Hibernate's dialect, if that is there; and, for
 * Hikari's pool, that read-only transactions read at followers what this process has written and
 * seen. Whatever the application sets, in its settings or in the URL, stands before them.
 */
public final class LockstepEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {
  static final String DEFAULTS = "lockstepDefaults";

  private static final String HIBERNATES_DIALECT = "org.hibernate.community.dialect.SQLiteDialect";
  private static final String DRIVER_CLASS = "spring.datasource.driver-class-name";
  private static final String OF_POOL = "spring.datasource.hikari.data-source-properties.";
  private static final Map<String, String> DRIVER_PROPERTIES =
      Map.of("targetServerType", "preferFollower", "readConsistency", "process");

  /** After the application's own settings were read. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    String url = LockstepUrl.of(environment);
    if (url == null) {
      return;
    }
    Map<String, Object> defaults = new LinkedHashMap<>();
    defaults.put(DRIVER_CLASS, "dev.lockstep.jdbc.Driver");
    if (ClassUtils.isPresent(HIBERNATES_DIALECT, application.getClassLoader())) {
      // Which of two dialects Hibernate takes by itself depends on the order of the class path.
      defaults.put("spring.jpa.database-platform", "dev.lockstep.hibernate.LockstepDialect");
    }
    DRIVER_PROPERTIES.forEach(
        (name, value) -> {
          if (!url.contains("?" + name + "=") && !url.contains("&" + name + "=")) {
            defaults.put(OF_POOL + name, value);
          }
        });
    // Spring Boot puts what SpringApplication.setDefaultProperties was given behind all others.
    defaults.keySet().removeIf(environment::containsProperty);
    environment.getPropertySources().addLast(new MapPropertySource(DEFAULTS, defaults));
  }
}
