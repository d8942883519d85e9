package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.LockstepDataSource;
import dev.lockstep.testkit.LocalCluster;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.JDBCType;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLType;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every method of JDBC's interfaces, called on a real node. */
final class JdbcSurfaceIT {
  /** Values for parameters, by class; null where none is here. */
  private static final Map<Class<?>, Object> ARGUMENTS =
      Map.ofEntries(
          Map.entry(int.class, 1),
          Map.entry(long.class, 1L),
          Map.entry(short.class, (short) 1),
          Map.entry(byte.class, (byte) 1),
          Map.entry(float.class, 1f),
          Map.entry(double.class, 1d),
          Map.entry(boolean.class, true),
          Map.entry(String.class, "a"),
          Map.entry(Object.class, "a"),
          Map.entry(byte[].class, new byte[] {1}),
          Map.entry(int[].class, new int[] {1}),
          Map.entry(String[].class, new String[] {"a"}),
          Map.entry(BigDecimal.class, BigDecimal.ONE),
          Map.entry(Date.class, new Date(0)),
          Map.entry(Time.class, new Time(0)),
          Map.entry(Timestamp.class, new Timestamp(0)),
          Map.entry(Calendar.class, Calendar.getInstance()),
          Map.entry(Class.class, String.class),
          Map.entry(Map.class, Map.of()),
          Map.entry(Properties.class, new Properties()),
          Map.entry(Executor.class, (Executor) Runnable::run),
          Map.entry(SQLType.class, JDBCType.VARCHAR));

  @TempDir static Path directory;

  private static LocalCluster node;

  private final List<String> wrong = new ArrayList<>();
  private final TreeSet<String> refused = new TreeSet<>();

  /** Makes an object to call a method of, and closes what it came from. */
  private interface Subject<T> {
    T of(Connection connection) throws Exception;
  }

  @BeforeAll
  static void startNode() throws Exception {
    node = LocalCluster.start(directory, 1);
    try (Connection connection = DriverManager.getConnection(node.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(a TEXT PRIMARY KEY, b)");
      statement.execute("INSERT INTO t VALUES ('1', 2)");
    }
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @Test
  void whatIsRefusedIsDocumentedAndNothingFailsInAnotherWay() throws Exception {
    callAll(Connection.class, connection -> connection);
    callAll(
        Statement.class,
        connection -> {
          Statement statement = connection.createStatement();
          statement.executeQuery("SELECT * FROM t");
          return statement;
        });
    callAll(
        PreparedStatement.class, connection -> connection.prepareStatement("SELECT ? AS a FROM t"));
    callAll(ResultSet.class, JdbcSurfaceIT::resultSet);
    callAll(ResultSetMetaData.class, connection -> resultSet(connection).getMetaData());
    callAll(
        ParameterMetaData.class,
        connection -> connection.prepareStatement("SELECT ?").getParameterMetaData());
    callAll(DatabaseMetaData.class, Connection::getMetaData);
    callAll(
        Savepoint.class,
        connection -> {
          connection.setAutoCommit(false);
          return connection.setSavepoint();
        });
    callAll(
        Blob.class,
        connection -> {
          Blob blob = connection.createBlob();
          blob.setBytes(1, new byte[] {1, 2, 3});
          return blob;
        });
    callAll(
        NClob.class,
        connection -> {
          NClob clob = connection.createNClob();
          clob.setString(1, "abc");
          return clob;
        });
    callAll(Driver.class, connection -> DriverManager.getDriver(node.jdbcUrl()));
    callAll(
        DataSource.class,
        connection -> {
          LockstepDataSource source = new LockstepDataSource();
          source.setUrl(node.jdbcUrl());
          return source;
        });

    assertThat(wrong).isEmpty();
    assertThat(refused).containsExactlyElementsOf(documented());
  }

  private static ResultSet resultSet(Connection connection) throws SQLException {
    ResultSet result =
        connection
            .createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)
            .executeQuery("SELECT a, b FROM t");
    result.next();
    return result;
  }

  private static TreeSet<String> documented() throws Exception {
    TreeSet<String> methods = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("../docs/JDBC.md"))) {
      if (line.startsWith("| `") && line.contains(".")) {
        String[] cells = line.split("\\|", -1);
        if (cells.length == 4) {
          for (String method : cells[1].replace("`", "").split(",", -1)) {
            methods.add(method.strip());
          }
        }
      }
    }
    methods.removeIf(method -> !method.matches("[A-Z]\\w+\\.\\w+"));
    return methods;
  }

  private <T> void callAll(Class<T> type, Subject<T> subject) throws Exception {
    for (Method method : type.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        try (Connection connection = DriverManager.getConnection(node.jdbcUrl())) {
          call(type, subject.of(connection), method, connection);
        }
      }
    }
  }

  private void call(Class<?> type, Object subject, Method method, Connection connection)
      throws Exception {
    String name = type.getSimpleName() + "." + method.getName();
    try {
      method.invoke(subject, arguments(method, connection));
    } catch (InvocationTargetException e) {
      Throwable failure = e.getCause();
      if (failure instanceof SQLFeatureNotSupportedException refusal) {
        refused.add(name);
        if (!"0AL01".equals(refusal.getSQLState())) {
          wrong.add(method + ": " + refusal + " " + refusal.getSQLState());
        }
      } else if (!(failure instanceof SQLException expected)
          || expected.getSQLState() == null
          || expected.getSQLState().startsWith("XX")
          || expected.getSQLState().startsWith("08")) {
        boolean aboutLogging = method.getName().equals("getParentLogger");
        if (!aboutLogging) {
          wrong.add(method + ": " + failure);
        }
      }
    }
  }

  private static Object[] arguments(Method method, Connection connection) throws Exception {
    Class<?>[] types = method.getParameterTypes();
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      values[i] = argument(types[i], connection);
      if (method.getName().startsWith("setObject") && types[i] == int.class && i > 0) {
        values[i] = java.sql.Types.VARCHAR;
      }
    }
    return values;
  }

  private static Object argument(Class<?> type, Connection connection) throws Exception {
    if (type == InputStream.class) {
      return new ByteArrayInputStream(new byte[] {'1'});
    }
    if (type == Reader.class) {
      return new StringReader("1");
    }
    if (type == URL.class) {
      return new URL("http://localhost/");
    }
    if (type == Blob.class) {
      return connection.createBlob();
    }
    if (type == Clob.class || type == NClob.class) {
      return connection.createNClob();
    }
    return ARGUMENTS.get(type);
  }
}
