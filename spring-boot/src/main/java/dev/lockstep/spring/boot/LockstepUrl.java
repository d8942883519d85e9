package dev.lockstep.spring.boot;

import org.springframework.core.env.Environment;

/** The data source's URL, as the application's settings have it. */
final class LockstepUrl {
  private static final String PROPERTY = "spring.datasource.url";
  private static final String PREFIX = "jdbc:lockstep:";

  private LockstepUrl() {}

  /**
   * @return null if the application does not use Lockstep
   */
  static String of(Environment environment) {
    String url = environment.getProperty(PROPERTY);
    return url != null && url.startsWith(PREFIX) ? url : null;
  }
}
