package dev.lockstep.jdbc.metadata;

import dev.lockstep.protocol.Column;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** What the metadata needs of the connection that it describes. */
public interface MetaDataSource {
  /** The connection itself; the catalog is read by ordinary queries on it. */
  Connection connection();

  String url();

  /** Empty if the connection has no user. */
  String user();

  /**
   * What {@code getDatabaseProductName} answers: {@code SQLite}, unless a property overrides it.
   */
  String productName();

  /** Version of the nodes' SQLite, such as 3.54.1. */
  String sqliteVersion();

  /** Version of this driver, such as 0.1.0. */
  String driverVersion();

  /** A result of rows that are known already; its statement is not one of the application's. */
  ResultSet resultOf(List<Column> columns, List<Object[]> rows) throws SQLException;
}
