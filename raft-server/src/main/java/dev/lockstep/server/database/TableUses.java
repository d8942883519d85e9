package dev.lockstep.server.database;

import dev.lockstep.sql.TableUse;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What statements read and write, by their texts, under the committed schema. A text is looked at
 * when it comes for the second time: to look costs more than to run a small statement. For the
 * thread that applies.
 */
final class TableUses {
  private static final int TEXTS_MAX = 1_024;

  private final StateConnection connection;

  /** Root pages of Lockstep's own tables; null if not known. */
  private Set<Integer> own;

  private final Map<String, Text> texts =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Text> eldest) {
          return size() > TEXTS_MAX;
        }
      };

  /** A text that has come at least once. */
  private static final class Text {
    private boolean lookedAt;
    private TableUse use;
  }

  TableUses(StateConnection connection) {
    this.connection = connection;
  }

  /** To be called after the commit of definitions. */
  void schemaChanged() {
    texts.clear();
    own = null;
  }

  /**
   * Not to be called while a definition is not committed.
   *
   * @return null if it is not known
   */
  TableUse of(String sql) throws SQLException {
    Text text = texts.get(sql);
    if (text == null) {
      texts.put(sql, new Text());
      return null;
    }
    if (!text.lookedAt) {
      if (own == null) {
        own = connection.writer().ownRoots();
      }
      text.use = connection.writer().tableUse(sql, own);
      text.lookedAt = true;
    }
    return text.use;
  }
}
