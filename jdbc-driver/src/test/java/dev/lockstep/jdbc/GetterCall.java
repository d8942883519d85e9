package dev.lockstep.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URL;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ResultSet;
import java.sql.RowId;
import java.sql.SQLXML;
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
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One way to ask a result for a column: a getter and what it is given besides the column.
 *
 * @param name of the method, and after a slash the class or the kind of argument
 */
record GetterCall(String name, Method byNumber, List<Object> arguments) {
  /** In another zone than the JVM's in the comparisons. */
  static final TimeZone TOKYO = TimeZone.getTimeZone("Asia/Tokyo");

  private static final List<Class<?>> CLASSES =
      List.of(
          Object.class,
          String.class,
          Boolean.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          BigDecimal.class,
          BigInteger.class,
          byte[].class,
          Blob.class,
          Clob.class,
          NClob.class,
          URL.class,
          Date.class,
          Time.class,
          Timestamp.class,
          java.util.Date.class,
          Calendar.class,
          LocalDate.class,
          LocalTime.class,
          LocalDateTime.class,
          OffsetDateTime.class,
          OffsetTime.class,
          ZonedDateTime.class,
          Instant.class,
          UUID.class,
          DayOfWeek.class,
          // These are for setters only, or not supported.
          Character.class,
          InputStream.class,
          Reader.class,
          int.class,
          RowId.class,
          SQLXML.class,
          java.sql.Array.class,
          Thread.class);

  static final Map<String, GetterCall> BY_NAME =
      all().stream().collect(Collectors.toMap(GetterCall::name, Function.identity()));

  /** Every getter of the interface that takes a column. */
  static List<GetterCall> all() {
    List<GetterCall> calls = new ArrayList<>();
    for (Method method : ResultSet.class.getMethods()) {
      Class<?>[] parameters = method.getParameterTypes();
      if (!method.getName().startsWith("get")
          || parameters.length == 0
          || parameters[0] != int.class) {
        continue;
      }
      String name = method.getName();
      if (parameters.length == 1) {
        calls.add(new GetterCall(name, method, List.of()));
      } else if (parameters[1] == Calendar.class) {
        calls.add(new GetterCall(name + "/Calendar", method, List.of(Calendar.getInstance(TOKYO))));
      } else if (parameters[1] == int.class) {
        calls.add(new GetterCall(name + "/scale", method, List.of(1)));
      } else if (parameters[1] == Map.class) {
        calls.add(new GetterCall(name + "/Map", method, List.of(Map.of())));
      } else {
        for (Class<?> type : CLASSES) {
          calls.add(new GetterCall(name + "/" + type.getName(), method, List.of(type)));
        }
      }
    }
    calls.sort(Comparator.comparing(GetterCall::name));
    return calls;
  }

  Outcome byNumber(ResultSet row, int column) {
    return Outcome.of(() -> call(row, byNumber, column));
  }

  Outcome byLabel(ResultSet row, String label) {
    return Outcome.of(
        () -> {
          Class<?>[] parameters = byNumber.getParameterTypes();
          parameters[0] = String.class;
          return call(row, ResultSet.class.getMethod(byNumber.getName(), parameters), label);
        });
  }

  private Object call(ResultSet row, Method method, Object column) throws Exception {
    List<Object> all = new ArrayList<>(arguments);
    all.add(0, column);
    try {
      return method.invoke(row, all.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw new LinkageError("in " + name, e.getCause());
    }
  }
}
