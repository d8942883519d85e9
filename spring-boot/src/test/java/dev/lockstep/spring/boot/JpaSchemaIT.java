package dev.lockstep.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.junit.LockstepExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tables that Hibernate 7 makes of entities. */
class JpaSchemaIT {
  @RegisterExtension static final LockstepExtension LOCKSTEP = LockstepExtension.oneNode();

  private static final String TYPE_OF_ID =
      "SELECT type FROM pragma_table_info('artist') WHERE name = 'id'";

  private static ConfigurableApplicationContext application(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.addAll(
        List.of(
            "spring.datasource.url=" + LOCKSTEP.jdbcUrl(),
            "spring.flyway.enabled=false",
            "spring.main.banner-mode=off",
            "spring.main.register-shutdown-hook=false"));
    return new SpringApplicationBuilder(Shop.class)
        .web(WebApplicationType.NONE)
        .properties(all.toArray(String[]::new))
        .run();
  }

  @Test
  void idsAreGivenByTheDatabaseWhateverColumnsComeFirst() {
    try (ConfigurableApplicationContext made =
        application("spring.jpa.hibernate.ddl-auto=create")) {
      assertThat(typeOfId(made)).isEqualTo("INTEGER");
      Artists artists = made.getBean(Artists.class);
      assertThat(artists.save(new Artist("Queen", 1)).id).isEqualTo(1);
      assertThat(artists.findAll()).extracting(artist -> artist.id).containsExactly(1);
    }
    for (String action : new String[] {"validate", "update"}) {
      try (ConfigurableApplicationContext again =
          application("spring.jpa.hibernate.ddl-auto=" + action)) {
        assertThat(again.getBean(Artists.class).count()).isEqualTo(1);
      }
    }
  }

  /** What the dialect is there for; when this fails Hibernate's own may do. */
  @Test
  void hibernatesOwnDialectLeavesTheTypeOut() {
    try (ConfigurableApplicationContext made =
        application(
            "spring.jpa.hibernate.ddl-auto=create",
            "spring.jpa.database-platform=org.hibernate.community.dialect.SQLiteDialect")) {
      assertThat(typeOfId(made)).isEmpty();
    }
  }

  private static String typeOfId(ConfigurableApplicationContext application) {
    return application.getBean(JdbcClient.class).sql(TYPE_OF_ID).query(String.class).single();
  }
}
