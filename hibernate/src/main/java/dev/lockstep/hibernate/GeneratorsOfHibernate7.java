package dev.lockstep.hibernate;

import java.lang.reflect.Method;
import org.hibernate.HibernateException;
import org.hibernate.generator.Generator;
import org.hibernate.mapping.GeneratorCreator;
import org.hibernate.mapping.SimpleValue;

/**
 * In Hibernate 7 an id makes its generator. Called by reflection, since the methods of the same
 * names have other parameters in Hibernate 6, which this is compiled against.
 */
final class GeneratorsOfHibernate7 {
  private static final Method SET = method(SimpleValue.class, "setCustomIdGeneratorCreator");
  private static final Method GET = method(SimpleValue.class, "getCustomIdGeneratorCreator");
  private static final Method IS_ASSIGNED = method(GeneratorCreator.class, "isAssigned");

  /** Whether the Hibernate that runs is one. */
  static final boolean ARE_THERE = IS_ASSIGNED != null;

  private GeneratorsOfHibernate7() {}

  private static Method method(Class<?> owner, String name) {
    for (Method method : owner.getMethods()) {
      if (method.getName().equals(name)) {
        return method;
      }
    }
    return null;
  }

  static void replace(SimpleValue id) {
    GeneratorCreator hibernates = (GeneratorCreator) call(GET, id);
    if (hibernates != null && !(boolean) call(IS_ASSIGNED, hibernates)) {
      GeneratorCreator creator =
          context -> {
            Generator generator =
                SequenceTableGenerator.inPlaceOf(hibernates.createGenerator(context));
            if (generator instanceof SequenceTableGenerator ofTable) {
              ofTable.findColumn(context.getDatabase());
            }
            return generator;
          };
      call(SET, id, creator);
    }
  }

  private static Object call(Method method, Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (ReflectiveOperationException e) {
      throw new HibernateException("This version of Hibernate is not supported: " + method, e);
    }
  }
}
