package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.ClusterClient;
import dev.lockstep.jdbc.client.Execution;
import dev.lockstep.jdbc.client.ReadTarget;
import dev.lockstep.jdbc.client.Request;
import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.jdbc.metadata.LockstepDatabaseMetaData;
import dev.lockstep.protocol.Expectation;
import dev.lockstep.protocol.GeneratedKeys;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;

/**
 * A connection to a database of the cluster, not to a node: it outlives the loss of a leader. Used
 * by one thread at a time, but {@link #close}, {@link #abort} and the getters by any.
 */
final class LockstepConnection extends UnsupportedConnection implements Self {
  /** The one schema of a database. */
  static final String SCHEMA = "main";

  private final ConnectionSettings settings;
  private final ClusterClient client;
  private final MomentFormat moments;
  private final boolean readsFollowers;
  private final TypedTransaction typed;
  private final Properties clientInfo = new Properties();
  private volatile boolean autoCommit = true;
  private volatile boolean readOnly;
  private volatile LockstepStatement active;
  private SQLWarning warnings;

  /** Number of the transaction, as far as savepoints are concerned. */
  private long transaction;

  private int lastSavepoint;

  private LockstepConnection(ConnectionSettings settings, ClusterClient client) {
    this.settings = settings;
    this.client = client;
    this.moments = settings.momentFormat();
    this.typed = new TypedTransaction(client);
    this.readOnly = settings.get(ConnectionProperty.READ_ONLY);
    this.readsFollowers = settings.get(ConnectionProperty.TARGET_SERVER_TYPE) != ReadTarget.PRIMARY;
    this.clientInfo.setProperty(
        ConnectionProperty.APPLICATION_NAME.name(),
        settings.get(ConnectionProperty.APPLICATION_NAME));
    for (String ignored : settings.warnings()) {
      warn(new SQLWarning(ignored, SqlState.WARNING_IGNORED.code()));
    }
  }

  /**
   * Connects.
   *
   * @param loginTimeoutMillis a limit from elsewhere for the time to connect, 0 for none
   */
  static LockstepConnection open(ConnectionSettings settings, int loginTimeoutMillis)
      throws SQLException {
    return new LockstepConnection(
        settings, ClusterClient.connect(settings.clientOptions(loginTimeoutMillis)));
  }

  ClusterClient client() {
    return client;
  }

  /** Makes it what it was when it was opened: for its next user, by whom it is lent. */
  void reset() throws SQLException {
    checkOpen();
    typed.forget();
    transaction++;
    client.rollback();
    autoCommit = true;
    readOnly = settings.get(ConnectionProperty.READ_ONLY);
    client.setSocketTimeoutMillis(settings.get(ConnectionProperty.SOCKET_TIMEOUT));
    clientInfo.clear();
    clientInfo.setProperty(
        ConnectionProperty.APPLICATION_NAME.name(),
        settings.get(ConnectionProperty.APPLICATION_NAME));
    warnings = null;
  }

  ConnectionSettings settings() {
    return settings;
  }

  Escapes.Context escapes() {
    return new Escapes.Context(moments, settings.database(), settings.get(ConnectionProperty.USER));
  }

  MomentFormat moments() {
    return moments;
  }

  int defaultFetchSize() {
    return settings.get(ConnectionProperty.DEFAULT_ROW_FETCH_SIZE);
  }

  boolean isReadOnlyMode() {
    return readOnly;
  }

  // ---- statements

  /** Runs a statement's request as a step of the transaction, or by itself. */
  Execution execute(LockstepStatement statement, Request request) throws SQLException {
    checkOpen();
    TransactionControl control =
        request.calls().size() == 1 ? TransactionControl.of(request.calls().get(0).sql()) : null;
    if (control != null) {
      return control(control, request);
    }
    typed.checkNotLost();
    active = statement;
    boolean follower = readOnly && readsFollowers;
    try {
      return autoCommit && !typed.isOpen()
          ? client.execute(request, follower)
          : client.executeStep(request, follower);
    } finally {
      active = null;
      typed.executed();
    }
  }

  private Execution control(TransactionControl control, Request request) throws SQLException {
    if (request.expectation() == Expectation.ROWS) {
      throw SqlState.WRONG_KIND_OF_RESULT.exception("No results were returned by the query.");
    }
    if (!autoCommit && control != TransactionControl.BEGIN) {
      transaction++;
    }
    typed.control(control, !autoCommit);
    return Execution.ofNothing(request);
  }

  /** Stops what the statement is doing, unless another statement is at work. */
  void cancel(LockstepStatement statement) throws SQLException {
    LockstepStatement working = active;
    if (working == null || working == statement) {
      client.cancel();
    }
  }

  @Override
  public Statement createStatement() throws SQLException {
    checkOpen();
    return new LockstepStatement(this);
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    return createStatement(type, concurrency, ResultSet.HOLD_CURSORS_OVER_COMMIT);
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    checkOpen();
    LockstepStatement statement = new LockstepStatement(this);
    checkKind(statement, type, concurrency, holdability);
    return statement;
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    return prepare(sql, GeneratedKeys.NONE);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
    return prepare(sql, KeyRequests.of(autoGeneratedKeys));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
    return prepare(sql, KeyRequests.of(this, sql, columnIndexes));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
    return prepare(sql, KeyRequests.of(columnNames));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency)
      throws SQLException {
    return prepareStatement(sql, type, concurrency, ResultSet.HOLD_CURSORS_OVER_COMMIT);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    LockstepPreparedStatement statement = prepare(sql, GeneratedKeys.NONE);
    checkKind(statement, type, concurrency, holdability);
    return statement;
  }

  private LockstepPreparedStatement prepare(String sql, GeneratedKeys keys) throws SQLException {
    checkOpen();
    return new LockstepPreparedStatement(this, sql, keys);
  }

  /** Another kind of result than the one there is is answered by a warning, as JDBC wants it. */
  private void checkKind(LockstepStatement statement, int type, int concurrency, int holdability)
      throws SQLException {
    checkConstant(type, ResultSet.TYPE_FORWARD_ONLY, ResultSet.TYPE_SCROLL_SENSITIVE);
    checkConstant(concurrency, ResultSet.CONCUR_READ_ONLY, ResultSet.CONCUR_UPDATABLE);
    checkConstant(
        holdability, ResultSet.HOLD_CURSORS_OVER_COMMIT, ResultSet.CLOSE_CURSORS_AT_COMMIT);
    if (type != ResultSet.TYPE_FORWARD_ONLY) {
      statement.scroll();
    }
    if (concurrency == ResultSet.CONCUR_UPDATABLE) {
      statement.makeUpdatable();
    }
    if (type == ResultSet.TYPE_SCROLL_SENSITIVE) {
      SQLWarning warning =
          new SQLWarning(
              "results do not show later changes of others: the kind asked for was replaced",
              SqlState.WARNING_DOWNGRADED.code());
      statement.warn(warning);
      warn(warning);
    }
  }

  private static void checkConstant(int value, int min, int max) throws SQLException {
    if (value < min || value > max) {
      throw SqlState.INVALID_ARGUMENT.exception("unknown constant " + value);
    }
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    checkOpen();
    return Escapes.replacedIn(sql, escapes());
  }

  // ---- transactions

  @Override
  public boolean getAutoCommit() throws SQLException {
    checkOpen();
    return autoCommit;
  }

  @Override
  public void setAutoCommit(boolean enable) throws SQLException {
    checkOpen();
    if (enable && !autoCommit) {
      commit();
    } else if (!enable && autoCommit && typed.isOpen()) {
      typed.control(TransactionControl.COMMIT, false);
    }
    autoCommit = enable;
  }

  @Override
  public void commit() throws SQLException {
    checkManual("commit");
    transaction++;
    client.commit();
  }

  @Override
  public void rollback() throws SQLException {
    checkManual("roll back");
    transaction++;
    client.rollback();
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return savepoint(null);
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    if (name == null) {
      throw SqlState.INVALID_SAVEPOINT.exception("the savepoint's name is null");
    }
    return savepoint(name);
  }

  private Savepoint savepoint(String name) throws SQLException {
    checkManual("set a savepoint");
    LockstepSavepoint savepoint = new LockstepSavepoint(++lastSavepoint, name, transaction);
    run("SAVEPOINT " + savepoint.quotedName());
    return savepoint;
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    checkManual("roll back to a savepoint");
    run("ROLLBACK TO " + usable(savepoint).quotedName());
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    checkManual("release a savepoint");
    LockstepSavepoint own = usable(savepoint);
    run("RELEASE " + own.quotedName());
    own.released();
  }

  private LockstepSavepoint usable(Savepoint savepoint) throws SQLException {
    if (!(savepoint instanceof LockstepSavepoint own)) {
      throw SqlState.INVALID_SAVEPOINT.exception("not a savepoint of this driver: " + savepoint);
    }
    own.checkUsableIn(transaction);
    return own;
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = createStatement()) {
      statement.execute(sql);
    }
  }

  private void checkManual(String what) throws SQLException {
    checkOpen();
    if (autoCommit) {
      throw SqlState.NO_TRANSACTION.exception("cannot " + what + " in autocommit mode");
    }
  }

  private void checkNoTransaction(String what) throws SQLException {
    checkOpen();
    if (client.isInTransaction()) {
      throw SqlState.WRONG_TRANSACTION_STATE.exception(
          what + " cannot be changed in a transaction");
    }
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    checkOpen();
    return readOnly;
  }

  @Override
  public void setReadOnly(boolean enable) throws SQLException {
    if (enable != readOnly) {
      checkNoTransaction("the read-only mode");
    }
    checkOpen();
    readOnly = enable;
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    checkOpen();
    return TRANSACTION_SERIALIZABLE;
  }

  /** All levels are served by the highest one, which there always is. */
  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    checkNoTransaction("the isolation level");
    switch (level) {
      case TRANSACTION_READ_UNCOMMITTED,
          TRANSACTION_READ_COMMITTED,
          TRANSACTION_REPEATABLE_READ,
          TRANSACTION_SERIALIZABLE -> {}
      default -> throw SqlState.INVALID_ARGUMENT.exception("unknown isolation level " + level);
    }
  }

  @Override
  public int getHoldability() throws SQLException {
    checkOpen();
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    checkOpen();
    if (holdability != ResultSet.HOLD_CURSORS_OVER_COMMIT) {
      throw SqlState.NOT_SUPPORTED.exception("results stay open over a commit");
    }
  }

  // ---- the connection itself

  @Override
  public void close() {
    client.close();
  }

  @Override
  public boolean isClosed() {
    return client.isClosed();
  }

  @Override
  public boolean isValid(int timeoutSeconds) throws SQLException {
    if (timeoutSeconds < 0) {
      throw SqlState.INVALID_ARGUMENT.exception("negative timeout " + timeoutSeconds);
    }
    return !isClosed() && client.ping((int) Math.min(timeoutSeconds * 1000L, Integer.MAX_VALUE));
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    if (executor == null) {
      throw SqlState.INVALID_ARGUMENT.exception("the executor is null");
    }
    // Does not block, so the executor is not needed.
    client.abort();
  }

  @Override
  public int getNetworkTimeout() throws SQLException {
    checkOpen();
    return client.socketTimeoutMillis();
  }

  @Override
  public void setNetworkTimeout(Executor executor, int millis) throws SQLException {
    checkOpen();
    if (millis < 0) {
      throw SqlState.INVALID_ARGUMENT.exception("negative timeout " + millis);
    }
    client.setSocketTimeoutMillis(millis);
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    checkOpen();
    return new LockstepDatabaseMetaData(new ConnectionFacts(this));
  }

  @Override
  public String getCatalog() throws SQLException {
    checkOpen();
    return null;
  }

  /** There are no catalogs; JDBC wants the call to be ignored then. */
  @Override
  public void setCatalog(String catalog) throws SQLException {
    checkOpen();
  }

  @Override
  public String getSchema() throws SQLException {
    checkOpen();
    return SCHEMA;
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    checkOpen();
    if (schema != null && !schema.isEmpty() && !schema.equalsIgnoreCase(SCHEMA)) {
      throw SqlState.INVALID_ARGUMENT.exception(
          "there is no schema '" + schema + "': the only one is " + SCHEMA);
    }
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    checkOpen();
    return Map.of();
  }

  @Override
  public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    checkOpen();
    if (map != null && !map.isEmpty()) {
      throw SqlState.NOT_SUPPORTED.exception("SQLite has no types of the user's");
    }
  }

  @Override
  public Blob createBlob() throws SQLException {
    checkOpen();
    return new MemoryBlob(new byte[0]);
  }

  @Override
  public Clob createClob() throws SQLException {
    return createNClob();
  }

  @Override
  public NClob createNClob() throws SQLException {
    checkOpen();
    return new MemoryClob("");
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    checkOpen();
    Properties copy = new Properties();
    copy.putAll(clientInfo);
    return copy;
  }

  @Override
  public String getClientInfo(String name) throws SQLException {
    checkOpen();
    return clientInfo.getProperty(name);
  }

  /** Only the application's name means anything; another property is kept, with a warning. */
  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    if (isClosed()) {
      throw new SQLClientInfoException(
          "the connection is closed", SqlState.CLOSED.code(), Map.of());
    }
    if (!ConnectionProperty.APPLICATION_NAME.name().equals(name)) {
      warn(
          new SQLWarning(
              "the client property '" + name + "' has no meaning here",
              SqlState.WARNING_IGNORED.code()));
      return;
    }
    clientInfo.setProperty(name, value == null ? "" : value);
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    for (String name : properties.stringPropertyNames()) {
      setClientInfo(name, properties.getProperty(name));
    }
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return warnings;
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    warnings = null;
  }

  private void warn(SQLWarning warning) {
    if (warnings == null) {
      warnings = warning;
    } else if (warnings != warning) {
      warnings.setNextWarning(warning);
    }
  }

  private void checkOpen() throws SQLException {
    if (isClosed()) {
      throw SqlState.CLOSED.exception("the connection is closed");
    }
  }

  @Override
  public String toString() {
    return "Lockstep connection to " + settings.url();
  }
}
