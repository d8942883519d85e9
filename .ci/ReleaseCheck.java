import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Checks a Maven repository in which nothing but a release lies, before it is sent to Maven
 * Central: that everything is there that Central asks for, and nothing that isn't published.
 * Arguments: the repository and the root of the sources. Ends with code 1 if anything is missing.
 */
public final class ReleaseCheck {
  private static final String GROUP = "dev.lockstep";
  private static final String PARENT = "lockstep-parent";
  private static final String BOM = "lockstep-bom";
  private static final String DRIVER = "lockstep-jdbc";
  private static final List<List<String>> REQUIRED =
      List.of(
          List.of("name"),
          List.of("description"),
          List.of("url"),
          List.of("licenses", "license", "name"),
          List.of("licenses", "license", "url"),
          List.of("developers", "developer", "name"),
          List.of("scm", "connection"),
          List.of("scm", "developerConnection"),
          List.of("scm", "url"));

  /** What a module says of itself alone. */
  private static final Set<String> OWN = Set.of("name", "description");

  private final Path repository;
  private final Path root;
  private final List<String> faults = new ArrayList<>();
  private final Map<String, String> modules = new HashMap<>();
  private final Map<String, String> packages = new HashMap<>();
  private int jars;

  private ReleaseCheck(Path repository, Path root) {
    this.repository = repository;
    this.root = root;
  }

  public static void main(String[] arguments) throws Exception {
    ReleaseCheck check = new ReleaseCheck(Path.of(arguments[0]), Path.of(arguments[1]));
    check.run();
    check.faults.forEach(System.err::println);
    if (!check.faults.isEmpty()) {
      System.err.println(check.faults.size() + " faults in " + check.repository);
      System.exit(1);
    }
    System.out.println(
        "%d artifacts and %d jars are complete".formatted(check.artifacts().size(), check.jars));
  }

  private void run() throws Exception {
    Set<String> managed = new TreeSet<>();
    for (Element dependency :
        children(child(child(pom(BOM), "dependencyManagement"), "dependencies"), "dependency")) {
      require(text(dependency, "groupId").equals(GROUP), BOM, "manages a library of others");
      managed.add(text(dependency, "artifactId"));
    }
    Set<String> expected = new TreeSet<>(managed);
    expected.addAll(List.of(PARENT, BOM));
    require(
        artifacts().equals(expected), BOM, "manages " + managed + ", published: " + artifacts());
    for (String artifact : artifacts()) {
      checkPom(artifact);
      if (managed.contains(artifact)) {
        checkJars(artifact);
      }
    }
  }

  private Set<String> artifacts() throws IOException {
    try (Stream<Path> directories = Files.list(repository.resolve(GROUP.replace('.', '/')))) {
      return directories
          .map(directory -> directory.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private void checkPom(String artifact) throws Exception {
    Element pom = pom(artifact);
    for (List<String> path : REQUIRED) {
      String value = valueAt(pom, path);
      if (value.isEmpty() && !OWN.contains(path.get(0)) && child(pom, "parent") != null) {
        require(text(child(pom, "parent"), "artifactId").equals(PARENT), artifact, "other parent");
        value = valueAt(pom(PARENT), path);
      }
      require(!value.isEmpty(), artifact, "has no " + String.join("/", path));
      require(
          value.equals(valueAt(pom(PARENT), path)) || OWN.contains(path.get(0)),
          artifact,
          "differs from the parent in " + String.join("/", path));
    }
    require(!Files.readString(file(artifact, ".pom")).contains("SNAPSHOT"), artifact, "a snapshot");
    for (Element dependency : children(child(pom, "dependencies"), "dependency")) {
      if (text(dependency, "groupId").equals(GROUP) && !text(dependency, "scope").equals("test")) {
        require(
            artifacts().contains(text(dependency, "artifactId")),
            artifact,
            "needs what is not published: " + text(dependency, "artifactId"));
      }
    }
    if (artifact.equals(PARENT)) {
      for (String part : List.of("child.project.url.inherit.append.path")) {
        require(pom.getAttribute(part).equals("false"), artifact, "children's URLs would differ");
      }
    }
    if (artifact.equals(DRIVER) || artifact.equals(BOM)) {
      require(child(pom, "dependencies") == null, artifact, "has dependencies");
      require(child(pom, "parent") == null, artifact, "has a parent");
    }
  }

  private void checkJars(String artifact) throws Exception {
    Path jar = file(artifact, ".jar");
    Path sources = file(artifact, "-sources.jar");
    Path javadoc = file(artifact, "-javadoc.jar");
    for (Path file : List.of(jar, sources, javadoc)) {
      if (!Files.exists(file)) {
        require(false, artifact, "has no " + file.getFileName());
        return;
      }
      jars++;
      try (ZipFile zip = new ZipFile(file.toFile())) {
        for (String name : List.of("LICENSE", "NOTICE")) {
          ZipEntry entry = zip.getEntry("META-INF/" + name);
          require(
              entry != null
                  && Arrays.equals(
                      zip.getInputStream(entry).readAllBytes(),
                      Files.readAllBytes(root.resolve(name))),
              artifact,
              "has not this " + name + " in " + file.getFileName());
        }
      }
    }
    checkClasses(artifact, jar, sources);
    try (ZipFile zip = new ZipFile(javadoc.toFile())) {
      require(zip.getEntry("index.html") != null, artifact, "has no page in its Javadoc");
    }
  }

  /** Names and packages of modules are unique, and each class has its source. */
  private void checkClasses(String artifact, Path jar, Path sources) throws IOException {
    try (JarFile zip = new JarFile(jar.toFile());
        ZipFile source = new ZipFile(sources.toFile())) {
      String module = zip.getManifest().getMainAttributes().getValue("Automatic-Module-Name");
      require(
          module != null && module.matches("dev\\.lockstep(\\.[a-z]+)+"),
          artifact,
          "has no Automatic-Module-Name: " + module);
      if (module != null) {
        String other = modules.put(module, artifact);
        require(other == null, artifact, "is a module of the same name as " + other);
      }
      Set<String> names = zip.stream().map(ZipEntry::getName).collect(Collectors.toSet());
      for (String name : names) {
        if (!name.endsWith(".class") || name.equals("module-info.class")) {
          continue;
        }
        String other = packages.put(name.substring(0, name.lastIndexOf('/')), artifact);
        require(
            other == null || other.equals(artifact), artifact, "has a package of " + other);
        if (!name.contains("$")) {
          String text = name.replaceAll("class$", "java");
          require(source.getEntry(text) != null, artifact, "has no source of " + name);
        }
      }
      for (String name : source.stream().map(ZipEntry::getName).toList()) {
        require(!name.endsWith(".class"), artifact, "has a class among its sources: " + name);
        if (name.endsWith(".java")) {
          String type = name.replaceAll("java$", "class");
          boolean compiled = names.contains(type) || name.endsWith("package-info.java");
          require(compiled, artifact, "has a source without its class: " + name);
        }
      }
    }
  }

  private void require(boolean holds, String artifact, String fault) {
    if (!holds) {
      faults.add(artifact + ": " + fault);
    }
  }

  private Path file(String artifact, String suffix) throws IOException {
    Path directory = repository.resolve(GROUP.replace('.', '/')).resolve(artifact);
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> versions = entries.filter(Files::isDirectory).toList();
      if (versions.size() != 1) {
        throw new IOException("not one version in " + directory + ": " + versions);
      }
      return versions.get(0).resolve(artifact + "-" + versions.get(0).getFileName() + suffix);
    }
  }

  private Element pom(String artifact) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(file(artifact, ".pom").toFile())
        .getDocumentElement();
  }

  private static String valueAt(Element pom, List<String> path) {
    Element element = pom;
    for (String name : path) {
      element = child(element, name);
    }
    return element == null ? "" : element.getTextContent().strip();
  }

  private static String text(Element parent, String name) {
    return valueAt(parent, List.of(name));
  }

  /** Null, also of null, where there is none. */
  private static Element child(Element parent, String name) {
    List<Element> children = children(parent, name);
    return children.isEmpty() ? null : children.get(0);
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> children = new ArrayList<>();
    if (parent != null) {
      for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
        if (node instanceof Element element && element.getTagName().equals(name)) {
          children.add(element);
        }
      }
    }
    return children;
  }
}
