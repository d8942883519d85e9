package dev.lockstep.jdbc;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLType;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Comparator;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * One way to set a parameter: a setter, a value, and what else the setter is given.
 *
 * @param name of the method, with the type or kind of argument after a slash
 * @param value what is set; a stream by the text or bytes that are in it
 * @param rest the arguments behind the value
 */
record SetterCall(String name, Method method, Object value, List<Object> rest) {
  /** The types that setters are given. */
  private static final List<JDBCType> TYPES = List.of(JDBCType.values());

  private static final Instant INSTANT = Instant.parse("2026-01-31T10:20:30.123456Z");

  /** Objects of every class that a parameter can be, and of one that it cannot. */
  static List<Object> objects() {
    List<Object> objects = new ArrayList<>();
    objects.addAll(List.of(true, false, (byte) -1, (short) 300, 5, Integer.MIN_VALUE));
    objects.addAll(List.of(Long.MAX_VALUE, 2.5f, 0.1f, 2.5, -0.0, 1e300, Double.NaN, 1.0));
    objects.addAll(List.of(Double.POSITIVE_INFINITY, new BigDecimal("10.50"), BigDecimal.TEN));
    objects.addAll(
        List.of(
            new BigDecimal("12345678901234567890.123"),
            new BigDecimal("1E+400"),
            BigInteger.TWO,
            BigInteger.TEN.pow(30)));
    objects.addAll(
        List.of("", "text", "12", " 12 ", "1.5", "true", "2026-01-31", "😀\u0000x", 'c'));
    objects.addAll(List.of(new byte[0], new byte[] {0, (byte) 0xFF}));
    objects.addAll(
        List.of(
            Date.valueOf("2026-01-31"),
            Time.valueOf("10:20:30"),
            Timestamp.from(INSTANT),
            java.util.Date.from(INSTANT),
            LocalDate.of(2026, 1, 31),
            LocalTime.of(10, 20, 30),
            LocalDateTime.of(2026, 1, 31, 10, 20, 30),
            OffsetDateTime.parse("2026-01-31T12:20:30+02:00"),
            ZonedDateTime.parse("2026-01-31T12:20:30+01:00[Europe/Berlin]"),
            OffsetTime.parse("12:20:30+02:00"),
            INSTANT));
    Calendar calendar = new GregorianCalendar(GetterCall.TOKYO);
    calendar.setTimeInMillis(INSTANT.toEpochMilli());
    objects.add(calendar);
    objects.add(UUID.fromString("12345678-1234-1234-1234-123456789abc"));
    objects.addAll(List.of(DayOfWeek.MONDAY, new StringBuilder("not a value")));
    objects.addAll(List.of(new MemoryBlob(new byte[] {1, 2}), new MemoryClob("clöb"), url()));
    return objects;
  }

  static URL url() {
    try {
      return new URL("http://example.org/");
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every setter of the interface, with every class of value and every type. */
  static List<SetterCall> all() {
    List<SetterCall> calls = new ArrayList<>();
    for (Method method : PreparedStatement.class.getMethods()) {
      Class<?>[] parameters = method.getParameterTypes();
      if (!method.getName().startsWith("set")
          || parameters.length < 2
          || parameters[0] != int.class) {
        continue;
      }
      if (method.getName().equals("setNull")) {
        for (JDBCType type : TYPES) {
          List<Object> rest = parameters.length == 2 ? List.of() : List.of(type.getName());
          calls.add(
              new SetterCall(
                  "setNull/" + type.getName(), method, type.getVendorTypeNumber(), rest));
        }
        continue;
      }
      List<Object> values = new ArrayList<>(values(parameters[1]));
      if (!parameters[1].isPrimitive()) {
        values.add(null);
      }
      for (Object value : values) {
        add(calls, method, value);
      }
    }
    calls.sort(Comparator.comparing(SetterCall::name));
    return calls;
  }

  private static void add(List<SetterCall> calls, Method method, Object value) {
    Class<?>[] parameters = method.getParameterTypes();
    String name = method.getName();
    if (parameters.length == 2) {
      calls.add(new SetterCall(name, method, value, List.of()));
    } else if (parameters[2] == Calendar.class) {
      calls.add(
          new SetterCall(
              name + "/Calendar", method, value, List.of(Calendar.getInstance(GetterCall.TOKYO))));
    } else if (name.equals("setObject")) {
      for (JDBCType type : TYPES) {
        List<Object> rest = new ArrayList<>();
        rest.add(parameters[2] == SQLType.class ? type : (Object) type.getVendorTypeNumber());
        String suffix = parameters[2] == SQLType.class ? "/SQLType" : "";
        if (parameters.length == 4) {
          rest.add(1);
          suffix += "/scale";
        }
        calls.add(new SetterCall(name + "/" + type.getName() + suffix, method, value, rest));
      }
    } else {
      boolean isLong = parameters[2] == long.class;
      for (int length : new int[] {0, 2, 3, 1000, -1}) {
        calls.add(
            new SetterCall(
                name + "/length " + length,
                method,
                value,
                List.of(isLong ? (Object) (long) length : (Object) length)));
      }
    }
  }

  private static List<Object> values(Class<?> type) {
    if (type == boolean.class) {
      return List.of(true, false);
    }
    if (type == byte.class) {
      return List.of(Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    if (type == short.class) {
      return List.of(Short.MIN_VALUE, Short.MAX_VALUE);
    }
    if (type == int.class) {
      return List.of(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (type == long.class) {
      return List.of(Long.MIN_VALUE, Long.MAX_VALUE, 0L);
    }
    if (type == float.class) {
      return List.of(0.1f, Float.NaN, Float.MAX_VALUE, Float.NEGATIVE_INFINITY);
    }
    if (type == double.class) {
      return List.of(0.1, -0.0, Double.NaN, Double.MAX_VALUE, Double.POSITIVE_INFINITY);
    }
    if (type == Object.class) {
      return objects();
    }
    if (type == InputStream.class) {
      return List.of("abc".getBytes(StandardCharsets.UTF_8));
    }
    if (type == Reader.class || type == NClob.class) {
      return type == Reader.class ? List.of("abc") : List.of(new MemoryClob("nclob"));
    }
    return objects().stream().filter(type::isInstance).toList();
  }

  Outcome on(PreparedStatement statement) {
    return Outcome.of(
        () -> {
          List<Object> all = new ArrayList<>(rest);
          all.add(0, argument());
          all.add(0, 1);
          try {
            return method.invoke(statement, all.toArray());
          } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
              throw cause;
            }
            throw new LinkageError("in " + name, e.getCause());
          }
        });
  }

  /** Fresh streams and large objects for each call. */
  private Object argument() throws Exception {
    Class<?> type = method.getParameterTypes()[1];
    if (type == InputStream.class && value != null) {
      return new ByteArrayInputStream((byte[]) value);
    }
    if (type == Reader.class && value != null) {
      return new StringReader((String) value);
    }
    if (value instanceof Blob blob) {
      return new MemoryBlob(blob.getBytes(1, (int) blob.length()));
    }
    if (value instanceof Clob clob) {
      return new MemoryClob(clob.getSubString(1, (int) clob.length()));
    }
    return value;
  }

  /** The type that the value is to be of, or an empty text. */
  String typeName() {
    String[] parts = name.split("/", -1);
    return name.startsWith("setObject/") ? parts[1].toUpperCase(Locale.ROOT) : "";
  }

  @Override
  public String toString() {
    String shown = value == null ? "null" : value.getClass().getSimpleName() + " " + value;
    return name + " of " + (value instanceof byte[] bytes ? bytes.length + " bytes" : shown);
  }
}
