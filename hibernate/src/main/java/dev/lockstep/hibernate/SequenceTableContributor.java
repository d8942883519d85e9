package dev.lockstep.hibernate;

import org.hibernate.boot.ResourceStreamLocator;
import org.hibernate.boot.spi.AdditionalMappingContributions;
import org.hibernate.boot.spi.AdditionalMappingContributor;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.boot.spi.MetadataBuildingContext;
import org.hibernate.dialect.Dialect;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.IdentifierCollection;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.SimpleValue;
import org.hibernate.mapping.Value;

/**
 * Has {@link SequenceTableGenerator} give the ids that Hibernate takes from tables that stand for
 * sequences, if the dialect is Lockstep's. Hibernate finds it by itself.
 */
public final class SequenceTableContributor implements AdditionalMappingContributor {
  @Override
  public void contribute(
      AdditionalMappingContributions contributions,
      InFlightMetadataCollector mappings,
      ResourceStreamLocator resources,
      MetadataBuildingContext context) {
    Dialect dialect = mappings.getDatabase().getDialect();
    if (dialect instanceof LockstepDialect) {
      // When other contributors have added their entities, too.
      mappings.addSecondPass(
          entities -> {
            entities.values().forEach(entity -> serve(entity, dialect));
            mappings.getCollectionBindings().forEach(collection -> serve(collection, dialect));
          });
    }
  }

  private static void serve(PersistentClass entity, Dialect dialect) {
    if (entity instanceof RootClass) {
      serve(entity.getIdentifier(), dialect);
    }
  }

  private static void serve(Collection collection, Dialect dialect) {
    if (collection instanceof IdentifierCollection identified) {
      serve(identified.getIdentifier(), dialect);
    }
  }

  private static void serve(Value id, Dialect dialect) {
    if (id instanceof Component parts) {
      for (Property part : parts.getProperties()) {
        serve(part.getValue(), dialect);
      }
    } else if (id instanceof SimpleValue value) {
      if (GeneratorsOfHibernate7.ARE_THERE) {
        GeneratorsOfHibernate7.replace(value);
      } else {
        GeneratorsOfHibernate6.replace(value, dialect);
      }
    }
  }
}
