package dev.lockstep.hibernate;

import static org.hibernate.id.factory.internal.IdentifierGeneratorUtil.createLegacyIdentifierGenerator;

import java.util.Set;
import org.hibernate.dialect.Dialect;
import org.hibernate.id.enhanced.SequenceStyleGenerator;
import org.hibernate.mapping.SimpleValue;

/** In Hibernate 6 an id names its generator, unless an annotation makes one. */
final class GeneratorsOfHibernate6 {
  private static final Set<String> SEQUENCES =
      Set.of(SequenceStyleGenerator.class.getName(), "sequence", "enhanced-sequence");

  private GeneratorsOfHibernate6() {}

  static void replace(SimpleValue id, Dialect dialect) {
    if (id.getCustomIdGeneratorCreator() == null
        && SEQUENCES.contains(id.getIdentifierGeneratorStrategy())) {
      id.setCustomIdGeneratorCreator(
          context ->
              SequenceTableGenerator.inPlaceOf(
                  createLegacyIdentifierGenerator(
                      id,
                      context.getIdentifierGeneratorFactory(),
                      dialect,
                      null,
                      null,
                      context.getRootClass())));
    }
  }
}
