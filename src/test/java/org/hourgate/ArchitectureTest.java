package org.hourgate;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.hourgate.management.ManagementConnection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which package may know which: the way of the data is one way. */
final class ArchitectureTest {

  private static final String OURS = "org.hourgate.";
  private static final Pattern NAME = Pattern.compile("\\{@code ([a-z.]+)}");

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.hourgate");
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.hourgate.(**)").should().beFreeOfCycles().check(classes);
  }

  @Test
  void eachPackageSaysWhatItDependsOn() throws IOException {
    SortedMap<String, SortedSet<String>> silent = new TreeMap<>();
    for (JavaClass one : classes) {
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        String from = one.getPackageName();
        String to = dependency.getTargetClass().getBaseComponentType().getPackageName();
        if (to.startsWith(OURS) && !to.equals(from) && !saysSo(from, to)) {
          silent.computeIfAbsent(from, _ -> new TreeSet<>()).add(to);
        }
      }
    }
    assertThat(silent).isEmpty();
  }

  private static boolean saysSo(String from, String to) throws IOException {
    String says =
        Files.readString(Path.of("src/main/java", from.replace('.', '/'), "package-info.java"))
            .replaceAll("\\s+\\*\\s+", " ")
            .replaceFirst("(?s).*May depend on:", "")
            .replace("the rest of {@code app}", "");
    String name = to.substring(OURS.length());
    boolean isApplication = name.equals("app") || name.startsWith("app.");
    return (says.contains("everything") && !(isApplication && says.contains("everything but")))
        || NAME.matcher(says)
            .results()
            .map(match -> match.group(1))
            .anyMatch(n -> name.equals(n) || (!isApplication && name.startsWith(n + ".")));
  }

  @Test
  void nothingImportsTheApplication() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.hourgate.app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.hourgate.app..")
        .check(classes);
  }

  @Test
  void infrastructureKnowsNoDomain() {
    noClasses()
        .that()
        .resideInAPackage("org.hourgate.infrastructure..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.hourgate.app..",
            "org.hourgate.chain..",
            "org.hourgate.credential..",
            "org.hourgate.entitlement..",
            "org.hourgate.gate..",
            "org.hourgate.management..",
            "org.hourgate.metrics..",
            "org.hourgate.operator..",
            "org.hourgate.session..",
            "org.hourgate.shop..")
        .check(classes);
  }

  @Test
  void dataFlowsOneWay() {
    noImports("org.hourgate.management", "session", "gate", "operator", "shop", "chain");
    noImports("org.hourgate.session", "gate", "operator", "shop", "chain", "entitlement");
    noImports("org.hourgate.credential", "session", "gate", "management", "chain");
    noImports("org.hourgate.entitlement", "session", "gate", "management", "chain");
    noImports("org.hourgate.gate", "operator", "shop", "chain", "metrics");
    noImports("org.hourgate.chain", "session", "gate", "management", "operator", "shop");
  }

  @Test
  void commandsKnowTheirSettingsButNotTheServer() {
    noImports("org.hourgate.app.cli", "app.seller", "app.operator", "app.check", "app.lab");
    noImports("org.hourgate.app.seller", "app.operator", "app.check", "app.lab");
    noImports("org.hourgate.app.operator", "app.seller", "app.check", "app.lab");
  }

  private static void noImports(String from, String... to) {
    for (String name : to) {
      noClasses()
          .that()
          .resideInAPackage(from + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.hourgate." + name + "..")
          .check(classes);
    }
  }

  /** The stand-in for OpenVPN is for tests and their programs: no customer meets it. */
  @Test
  void nothingThatServesKnowsTheFake() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.hourgate.management.fake..",
            "org.hourgate.conformance..",
            "org.hourgate.app.fake..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.hourgate.management.fake..", "org.hourgate.conformance..")
        .check(classes);
  }

  /** Any controller may be tried with it, so it knows nothing of ours. */
  @Test
  void theFakeKnowsTheProtocolOnly() {
    noClasses()
        .that()
        .resideInAnyPackage("org.hourgate.management.fake..", "org.hourgate.conformance..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.hourgate.app..",
            "org.hourgate.chain..",
            "org.hourgate.credential..",
            "org.hourgate.entitlement..",
            "org.hourgate.gate..",
            "org.hourgate.metrics..",
            "org.hourgate.operator..",
            "org.hourgate.session..",
            "org.hourgate.shop..")
        .check(classes);
  }

  @Test
  void nettyStaysWhereSocketsAre() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.hourgate.infrastructure..",
            "org.hourgate.management.client..",
            "org.hourgate.management.codec..",
            "org.hourgate.management.fake..",
            "org.hourgate.metrics..",
            "org.hourgate.operator..",
            "org.hourgate.shop..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(classes);
  }

  @Test
  void web3jStaysInChain() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.hourgate.chain..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.web3j..")
        .check(classes);
  }

  /** The gate and all around it tell listeners; only the chain makes meters of its own. */
  @Test
  void metersStayInMetricsAndChain() {
    noClasses()
        .that()
        .resideOutsideOfPackages("org.hourgate.chain..", "org.hourgate.metrics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "io.prometheus..")
        .check(classes);
  }

  @Test
  void onlyGateAndOperatorSendCommands() {
    noClasses()
        .that()
        .resideOutsideOfPackages("org.hourgate.gate..", "org.hourgate.operator..")
        .should()
        .callMethodWhere(
            target(owner(assignableTo(ManagementConnection.class))).and(target(name("send"))))
        .check(classes);
  }

  @Test
  void timeIsAConstructorArgument() {
    noClasses()
        .that()
        .resideOutsideOfPackages("org.hourgate.infrastructure..", "org.hourgate.app..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(classes);
  }
}
