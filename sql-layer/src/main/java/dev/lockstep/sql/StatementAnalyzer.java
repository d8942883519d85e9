package dev.lockstep.sql;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Says what statements do, and refuses those that cannot be replicated. SQLite itself decides: the
 * statement is compiled with EXPLAIN on a read-only connection to the database file, and the
 * program is read. Answers are cached by schema version and text.
 *
 * <p>Safe for use by any number of threads.
 */
public final class StatementAnalyzer implements AutoCloseable {
  /** As many texts are analysed at the same time. */
  private static final int CONNECTIONS = 2;

  /** Guards the fields below; never held while analysing. */
  private final Object lock = new Object();

  private final Deque<AnalysisConnection> idle = new ArrayDeque<>(CONNECTIONS);
  private boolean changing;
  private boolean closed;

  private volatile AnalysisCache cache;

  private StatementAnalyzer() {}

  /** Opens read-only connections to the file, which must exist and be in WAL mode. */
  public static StatementAnalyzer open(Path file) throws SQLException {
    StatementAnalyzer analyzer = new StatementAnalyzer();
    analyzer.connect(file);
    return analyzer;
  }

  private void connect(Path file) throws SQLException {
    List<AnalysisConnection> opened = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        opened.add(AnalysisConnection.open(file));
      }
      cache = new AnalysisCache(opened.get(0).schemaVersion());
    } catch (SQLException | RuntimeException failure) {
      closeAll(opened);
      throw failure;
    }
    synchronized (lock) {
      idle.addAll(opened);
      changing = false;
      lock.notifyAll();
    }
  }

  /** The known answer for the present schema, or null. Takes no lock: for event loops. */
  public Analysis cached(String sql) {
    return cache.get(sql);
  }

  /**
   * The answer, computed and remembered if it was not known. May block on the disk.
   *
   * @throws StatementException if a statement is wrong or refused; nothing of the text may run
   * @throws SQLException a fault of this node (see {@link SqlErrors#classify}), not of the text
   */
  public Analysis analyze(String sql) throws StatementException, SQLException {
    Analysis known = cached(sql);
    if (known != null) {
      return known;
    }
    AnalysisConnection connection = take();
    try {
      AnalysisConnection.Result result = connection.analyze(sql);
      AnalysisCache present = cache;
      if (present.schemaVersion() == result.schemaVersion()) {
        present.put(sql, result.analysis());
      }
      return result.analysis();
    } finally {
      giveBack(connection);
    }
  }

  /**
   * As {@link #analyze}, but with the schema that the writer sees inside its open transaction: for
   * statements after DDL that is not committed. Not remembered. The caller owns the writer while
   * this runs; nothing is executed on it.
   */
  public Analysis analyzeWith(SqliteWriter writer, String sql)
      throws StatementException, SQLException {
    return TextAnalysis.of(sql, writer.connection(), new StatementCompiler(writer.connection()));
  }

  /**
   * The types of one statement of a text, remembered as answers are. May block on the disk, and
   * compute for some time: not for event loops.
   *
   * @param number which statement, from 0
   * @return null if the text has fewer
   * @throws StatementException if a statement of the text is wrong or refused
   * @throws SQLException a fault of this node
   */
  public DescribedStatement describe(String sql, int number)
      throws StatementException, SQLException {
    DescribedStatement known = cache.descriptions().get(sql, number);
    if (known != null) {
      return known;
    }
    AnalysisConnection connection = take();
    try {
      AnalysisConnection.Description result = connection.describe(sql, number);
      AnalysisCache present = cache;
      if (present.schemaVersion() == result.schemaVersion()) {
        present.descriptions().put(sql, number, result.statement());
      }
      return result.statement();
    } finally {
      giveBack(connection);
    }
  }

  /**
   * What {@link #describe} needs, with the schema that {@link #analyzeWith} sees. The caller owns
   * the writer while this runs, and closes what it is given.
   */
  public SchemaDescriber describerWith(SqliteWriter writer, String sql)
      throws StatementException, SQLException {
    Analysis analysis = analyzeWith(writer, sql);
    return new SchemaDescriber(analysis, SchemaCopy.of(writer.connection()));
  }

  /**
   * Makes answers for other schema versions stale. To be called after DDL was committed, with
   * {@link SqliteWriter#schemaVersion()}.
   */
  public void schemaChanged(int schemaVersion) {
    synchronized (lock) {
      if (cache.schemaVersion() != schemaVersion) {
        cache = new AnalysisCache(schemaVersion);
      }
    }
  }

  /**
   * Goes on with another file: after a snapshot was installed. Forgets all answers; waits until
   * analyses in progress have ended, and new ones wait. If the file cannot be opened, the analyzer
   * is closed.
   */
  public void reopen(Path file) throws SQLException {
    closeAll(takeAll());
    try {
      connect(file);
    } catch (SQLException | RuntimeException failure) {
      synchronized (lock) {
        closed = true;
        changing = false;
        lock.notifyAll();
      }
      throw failure;
    }
  }

  /** Gives back the connections when analyses in progress have ended; idempotent. */
  @Override
  public void close() throws SQLException {
    synchronized (lock) {
      if (closed) {
        return;
      }
    }
    List<AnalysisConnection> all = takeAll();
    synchronized (lock) {
      closed = true;
      changing = false;
      lock.notifyAll();
    }
    closeAll(all);
  }

  private AnalysisConnection take() throws SQLException {
    synchronized (lock) {
      awaitUntil(() -> !changing && !idle.isEmpty());
      return idle.pop();
    }
  }

  private void giveBack(AnalysisConnection connection) {
    synchronized (lock) {
      idle.push(connection);
      lock.notifyAll();
    }
  }

  /** Takes all connections, and keeps others from taking one until they are opened anew. */
  private List<AnalysisConnection> takeAll() throws SQLException {
    synchronized (lock) {
      awaitUntil(() -> !changing);
      changing = true;
      try {
        awaitUntil(() -> idle.size() == CONNECTIONS);
      } catch (SQLException interrupted) {
        changing = false;
        lock.notifyAll();
        throw interrupted;
      }
      List<AnalysisConnection> all = new ArrayList<>(idle);
      idle.clear();
      return all;
    }
  }

  /** To be called with the lock held. */
  private void awaitUntil(BooleanSupplier condition) throws SQLException {
    while (!closed && !condition.getAsBoolean()) {
      try {
        lock.wait();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new SQLException("interrupted while waiting for the analyzer", interrupted);
      }
    }
    if (closed) {
      throw new SQLException("the analyzer is closed");
    }
  }

  private static void closeAll(List<AnalysisConnection> connections) throws SQLException {
    SQLException failure = null;
    for (AnalysisConnection connection : connections) {
      try {
        connection.close();
      } catch (SQLException next) {
        if (failure != null) {
          next.addSuppressed(failure);
        }
        failure = next;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
