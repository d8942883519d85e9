package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.Function;

/**
 * {@code lockstep_error(message)}: fails with the message. For translations, where the standard
 * wants an error that SQLite has no words for.
 */
final class ErrorFunction extends Function {
  static final String NAME = "lockstep_error";

  static void register(Connection connection) throws SQLException {
    Function.create(connection, NAME, new ErrorFunction(), 1, 0);
  }

  @Override
  protected void xFunc() throws SQLException {
    error(value_text(0));
  }
}
