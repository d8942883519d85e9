package dev.lockstep.testkit.jdbc;

import java.nio.file.Path;
import java.sql.Driver;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The definition of the driver that DBeaver imports.
 *
 * @param urlTemplate with {@code {host}}, {@code {port}} and {@code {database}}
 * @param library path of the jar
 * @param parameters what DBeaver is to do with it
 */
record DBeaverDriver(
    String provider,
    String driverClass,
    String urlTemplate,
    int port,
    String library,
    Map<String, String> parameters) {
  private static final Path FILE = Path.of("../docs/tools/dbeaver/drivers.xml");

  static DBeaverDriver read() throws Exception {
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(FILE.toFile())
            .getDocumentElement();
    Element driver = only(root, "driver");
    Map<String, String> parameters = new TreeMap<>();
    NodeList all = driver.getElementsByTagName("parameter");
    for (int i = 0; i < all.getLength(); i++) {
      Element parameter = (Element) all.item(i);
      parameters.put(parameter.getAttribute("name"), parameter.getAttribute("value"));
    }
    return new DBeaverDriver(
        only(root, "provider").getAttribute("id"),
        driver.getAttribute("class"),
        driver.getAttribute("url"),
        Integer.parseInt(driver.getAttribute("port")),
        only(driver, "library").getAttribute("path"),
        parameters);
  }

  private static Element only(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    if (found.getLength() != 1) {
      throw new IllegalStateException(found.getLength() + " elements " + name);
    }
    return (Element) found.item(0);
  }

  /** As DBeaver creates it: by name, without the driver manager. */
  Driver load() throws ReflectiveOperationException {
    return (Driver) Class.forName(driverClass).getDeclaredConstructor().newInstance();
  }

  /** The template filled in; parts in brackets are left out if they have no value. */
  String url(String host, String databaseName) {
    return urlTemplate
        .replace("{host}", host)
        .replace("[:{port}]", "")
        .replace("{database}", databaseName);
  }
}
