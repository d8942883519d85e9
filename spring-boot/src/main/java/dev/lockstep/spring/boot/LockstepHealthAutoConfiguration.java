package dev.lockstep.spring.boot;

import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** The health of the cluster, as {@code lockstep} beside that of the data source. */
@AutoConfiguration(after = DataSourceAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@Conditional(LockstepHealthAutoConfiguration.OnLockstep.class)
public final class LockstepHealthAutoConfiguration {
  @Bean
  @ConditionalOnSingleCandidate(DataSource.class)
  @ConditionalOnEnabledHealthIndicator("lockstep")
  HealthIndicator lockstepHealthIndicator(DataSource dataSource) {
    return new LockstepHealthIndicator(dataSource);
  }

  static final class OnLockstep extends SpringBootCondition {
    @Override
    public ConditionOutcome getMatchOutcome(
        ConditionContext context, AnnotatedTypeMetadata metadata) {
      return new ConditionOutcome(
          LockstepUrl.of(context.getEnvironment()) != null,
          ConditionMessage.of("spring.datasource.url is looked at for jdbc:lockstep:"));
    }
  }
}
