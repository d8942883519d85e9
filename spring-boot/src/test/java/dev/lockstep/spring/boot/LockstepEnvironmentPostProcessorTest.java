package dev.lockstep.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class LockstepEnvironmentPostProcessorTest {
  private static final String DRIVER = "spring.datasource.driver-class-name";
  private static final String TARGET =
      "spring.datasource.hikari.data-source-properties.targetServerType";
  private static final String CONSISTENCY =
      "spring.datasource.hikari.data-source-properties.readConsistency";

  private static StandardEnvironment of(Map<String, Object> settings) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("application", settings));
    new LockstepEnvironmentPostProcessor()
        .postProcessEnvironment(environment, new SpringApplication());
    return environment;
  }

  @Test
  void urlBringsTheDriverAndReadsAtFollowers() {
    StandardEnvironment environment =
        of(Map.of("spring.datasource.url", "jdbc:lockstep://a,b,c/shop"));
    assertThat(environment.getProperty(DRIVER)).isEqualTo("dev.lockstep.jdbc.Driver");
    assertThat(environment.getProperty(TARGET)).isEqualTo("preferFollower");
    assertThat(environment.getProperty(CONSISTENCY)).isEqualTo("process");
  }

  @Test
  void urlStandsBeforeDefaults() {
    StandardEnvironment environment =
        of(
            Map.of(
                "spring.datasource.url",
                "jdbc:lockstep://a/shop?readConsistency=linearizable&targetServerType=primary"));
    assertThat(environment.containsProperty(TARGET)).isFalse();
    assertThat(environment.containsProperty(CONSISTENCY)).isFalse();
  }

  @Test
  void settingsStandBeforeDefaults() {
    StandardEnvironment environment =
        of(Map.of("spring.datasource.url", "jdbc:lockstep://a/shop", TARGET, "any"));
    assertThat(environment.getProperty(TARGET)).isEqualTo("any");
    assertThat(
            environment
                .getPropertySources()
                .get(LockstepEnvironmentPostProcessor.DEFAULTS)
                .containsProperty(TARGET))
        .isFalse();
  }

  @Test
  void otherDatabasesAreLeftAlone() {
    StandardEnvironment environment = of(Map.of("spring.datasource.url", "jdbc:h2:mem:shop"));
    assertThat(environment.containsProperty(DRIVER)).isFalse();
    assertThat(environment.containsProperty(TARGET)).isFalse();
  }
}
