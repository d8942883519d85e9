package dev.lockstep.examples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/**
 * The directions in which packages may depend on each other. It lives here because this module has
 * all others but the benchmarks on its test class path.
 */
final class ArchitectureTest {

  private static final JavaClasses CLASSES = new ClassFileImporter().importPackages("dev.lockstep");

  @Test
  void wireProtocolDependsOnTheJdkOnly() {
    onlyTheJdkAnd("dev.lockstep.protocol..").check(CLASSES);
  }

  @Test
  void driverDependsOnTheJdkAndTheWireProtocolOnly() {
    onlyTheJdkAnd("dev.lockstep.jdbc..", "dev.lockstep.protocol..").check(CLASSES);
  }

  @Test
  void sqlLayerKnowsNoOtherModule() {
    noOtherModuleFrom("dev.lockstep.sql..").check(CLASSES);
  }

  @Test
  void migrationsTalkToTheStoreThroughJavaSqlOnly() {
    noOtherModuleFrom("dev.lockstep.flyway..").check(CLASSES);
    noOtherModuleFrom("dev.lockstep.liquibase..").check(CLASSES);
  }

  @Test
  void serverKnowsTheProtocolAndTheSqlLayerOnly() {
    noOtherModuleFrom("dev.lockstep.server..", "dev.lockstep.protocol..", "dev.lockstep.sql..")
        .check(CLASSES);
  }

  @Test
  void nothingPointsAtExamplesTestkitOrBenchmarks() {
    for (String leaf : new String[] {"examples", "testkit", "benchmarks"}) {
      String name = "dev.lockstep." + leaf + "..";
      noClasses()
          .that(resideInAPackage("dev.lockstep..").and(not(name)))
          .and(not("dev.lockstep.examples.."))
          .should()
          .dependOnClassesThat(resideInAPackage(name))
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void onlyOnePackageKnowsSofaJRaft() {
    noClasses()
        .that(not("dev.lockstep.server.log.jraft"))
        .should()
        .dependOnClassesThat(resideInAPackage("com.alipay.."))
        .because("the rest of the system sees the ReplicatedLog port")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void packagesOfTheServerFormNoCycle() {
    slices()
        .matching("dev.lockstep.server.(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  private static ArchRule onlyTheJdkAnd(String... packages) {
    return noClasses()
        .that(resideInAPackage(packages[0]))
        .should()
        .dependOnClassesThat(
            DescribedPredicate.not(resideInAnyPackage(packages))
                .and(DescribedPredicate.not(resideInAnyPackage("java..", "javax.."))))
        .allowEmptyShould(true);
  }

  private static ArchRule noOtherModuleFrom(String... packages) {
    return noClasses()
        .that(resideInAPackage(packages[0]))
        .should()
        .dependOnClassesThat(resideInAPackage("dev.lockstep..").and(not(packages)))
        .allowEmptyShould(true);
  }

  private static DescribedPredicate<JavaClass> not(String... packages) {
    return DescribedPredicate.not(resideInAnyPackage(packages));
  }
}
