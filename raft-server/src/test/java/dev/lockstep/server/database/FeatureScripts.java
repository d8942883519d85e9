package dev.lockstep.server.database;

import java.util.List;
import java.util.stream.Stream;

/** Scripts that use what SQLite has; none depends on time or chance, so SQLite can be compared. */
final class FeatureScripts {
  /** Statements, each a command of its own. */
  record Script(String name, List<String> statements) {
    static Script of(String name, String... statements) {
      return new Script(name, List.of(statements));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) ";

  private FeatureScripts() {}

  static Stream<Script> all() {
    return Stream.of(
        Script.of(
            "autoincrement",
            "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v)",
            "INSERT INTO t(v) VALUES ('a'), ('b')",
            "DELETE FROM t",
            "INSERT INTO t(v) VALUES ('c')",
            "UPDATE sqlite_sequence SET seq = 100 WHERE name = 't'",
            "INSERT INTO t(v) VALUES ('d') RETURNING id",
            "CREATE TABLE u(id INTEGER PRIMARY KEY AUTOINCREMENT, v UNIQUE)",
            "INSERT INTO u(v) VALUES (1), (2), (1)",
            "INSERT OR IGNORE INTO u(v) VALUES (1), (2), (1)",
            "ALTER TABLE u RENAME TO w",
            "INSERT INTO w(v) VALUES (3)"),
        Script.of(
            "without rowid",
            "CREATE TABLE t(a TEXT, b INT, c BLOB, PRIMARY KEY (b DESC, a)) WITHOUT ROWID",
            "CREATE INDEX i ON t(c, a)",
            "INSERT INTO t VALUES ('x', 1, x'00ff'), ('y', 1, NULL), ('x', 2, 1.5)",
            "INSERT OR REPLACE INTO t VALUES ('x', 1, 'new')",
            "UPDATE t SET b = b + 10 WHERE a = 'x'",
            "DELETE FROM t WHERE c IS NULL"),
        Script.of(
            "generated columns",
            "CREATE TABLE t(a INT, b AS (a * 2), c TEXT AS (printf('%05d', a)) STORED, d AS (b ||"
                + " c))",
            "CREATE INDEX i ON t(b)",
            "INSERT INTO t(a) VALUES (1), (-7), (NULL), ('12x')",
            "UPDATE t SET a = b WHERE b > 0",
            "CREATE TABLE copy AS SELECT * FROM t",
            "ALTER TABLE t ADD COLUMN e AS (length(c))",
            "INSERT INTO copy SELECT a, b, c, e FROM t"),
        Script.of(
            "upsert and returning",
            "CREATE TABLE t(k TEXT PRIMARY KEY, n INT DEFAULT 1, UNIQUE (n))",
            "INSERT INTO t VALUES ('a', 1), ('b', 2)",
            "INSERT INTO t VALUES ('a', 9) ON CONFLICT (k) DO UPDATE SET n = n + excluded.n"
                + " RETURNING k, n, rowid",
            "INSERT INTO t VALUES ('c', 2) ON CONFLICT (k) DO NOTHING"
                + " ON CONFLICT (n) DO UPDATE SET k = 'was ' || k",
            "INSERT INTO t VALUES ('a', 5), ('d', 6) ON CONFLICT DO NOTHING",
            "UPDATE t SET n = n * 10 WHERE k <> 'a' RETURNING *",
            "DELETE FROM t WHERE n > 50 RETURNING k, n",
            "INSERT INTO t(k, n) VALUES ('a', 20) ON CONFLICT (k) DO UPDATE SET n = 20"),
        Script.of(
            "strict tables and types",
            "CREATE TABLE s(i INT, r REAL, t TEXT, b BLOB, a ANY) STRICT",
            "INSERT INTO s VALUES (1, 1, 1, x'01', '1'), ('2', '2.5', 2.5, NULL, 2.0)",
            "INSERT INTO s(i) VALUES ('x')",
            "CREATE TABLE l(i INT, r REAL, t TEXT, n NUMERIC, b BLOB)",
            "INSERT INTO l VALUES ('1', '1', 1, '1.0', '1'), ('a', 'a', 1e3, '9223372036854775808',"
                + " 1.0), (9007199254740993, 9007199254740993, 0.1, 1e400, -0.0)",
            "INSERT INTO l SELECT sum(r), total(r), group_concat(r), avg(r), max(t) FROM l"),
        Script.of(
            "json",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, j, b BLOB)",
            "INSERT INTO t(j, b) VALUES (json('{\"a\": [1, 2.50, null], \"b\": {\"c\": \"é\"}}'),"
                + " jsonb('[1, {\"x\": 1e3}, \"t\"]'))",
            "UPDATE t SET j = json_set(j, '$.a[#]', 9, '$.z', json_array(1, 'x')), b ="
                + " jsonb_insert(b, '$[#]', json('{\"n\":null}'))",
            "CREATE TABLE flat AS SELECT t.id, e.key, e.value, e.type, e.fullkey FROM t,"
                + " json_tree(t.j) AS e",
            "INSERT INTO flat SELECT t.id, key, value, type, fullkey FROM t, json_each(t.b)",
            "INSERT INTO t(j, b) SELECT json_group_array(value), jsonb_group_object(fullkey, type)"
                + " FROM flat",
            "UPDATE t SET j = j ->> '$.b.c' WHERE json_valid(j)",
            "INSERT INTO t(j) VALUES (json_patch('{\"a\":1}', '{\"a\":null,\"b\":[1]}'))"),
        Script.of(
            "window functions and recursive expressions",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, g, v REAL)",
            NUMBERS + "INSERT INTO t(g, v) SELECT i % 3, i * 0.1 FROM n",
            "CREATE TABLE w(id, r, d, s, l, f, n)",
            "INSERT INTO w SELECT id, row_number() OVER (PARTITION BY g ORDER BY v DESC),"
                + " dense_rank() OVER (ORDER BY g), sum(v) OVER (ORDER BY id ROWS 3 PRECEDING),"
                + " lag(v, 2, -1) OVER (ORDER BY id), first_value(v) OVER (PARTITION BY g ORDER BY"
                + " id), ntile(4) OVER (ORDER BY v) FROM t",
            "CREATE TABLE tree(id INTEGER PRIMARY KEY, up)",
            NUMBERS + "INSERT INTO tree SELECT i, i / 2 FROM n",
            "DELETE FROM tree WHERE id IN (WITH RECURSIVE below(id) AS (VALUES (5) UNION SELECT"
                + " tree.id FROM tree, below WHERE up = below.id) SELECT id FROM below)",
            "INSERT INTO w(id, f) SELECT percent_rank() OVER (ORDER BY v), group_concat(id, ':')"
                + " OVER (PARTITION BY g ORDER BY v) FROM t"),
        Script.of(
            "partial and expression indexes",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)",
            "CREATE UNIQUE INDEX u ON t(lower(a)) WHERE b > 0",
            "CREATE INDEX e ON t(a || '-' || b, abs(b) DESC)",
            "INSERT INTO t(a, b) VALUES ('X', 1), ('x', 0), ('x', -5)",
            "INSERT INTO t(a, b) VALUES ('x', 2)",
            "INSERT OR REPLACE INTO t(a, b) VALUES ('x', 3)",
            "UPDATE t SET b = abs(b) + 1 WHERE a || '-' || b = 'x-0'",
            "REINDEX",
            "DROP INDEX u",
            "INSERT INTO t(a, b) SELECT a, b FROM t WHERE abs(b) > 2"),
        Script.of(
            "views with instead-of triggers",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)",
            "CREATE TABLE log(what, old, new)",
            "CREATE VIEW v(id, ab) AS SELECT id, a || '/' || b FROM t",
            "CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO t(a, b) VALUES"
                + " (substr(new.ab, 1, 1), substr(new.ab, 3)); INSERT INTO log VALUES ('i', NULL,"
                + " last_insert_rowid()); END",
            "CREATE TRIGGER vu INSTEAD OF UPDATE OF ab ON v BEGIN UPDATE t SET b = new.ab WHERE id"
                + " = old.id; INSERT INTO log VALUES ('u', old.ab, new.ab); END",
            "CREATE TRIGGER vd INSTEAD OF DELETE ON v BEGIN DELETE FROM t WHERE id = old.id; INSERT"
                + " INTO log SELECT 'd', old.ab, count(*) FROM t; END",
            "INSERT INTO v(ab) VALUES ('a/b'), ('c/d'), ('e/f')",
            "UPDATE v SET ab = upper(ab) WHERE id > 1",
            "DELETE FROM v WHERE ab LIKE 'a%'",
            "INSERT INTO t(a) VALUES ('z') RETURNING id"),
        Script.of(
            "altered tables",
            "CREATE TABLE t(a, b DEFAULT 'x', c)",
            "INSERT INTO t(a, c) VALUES (1, 'one'), (2, 'two')",
            "CREATE INDEX i ON t(c)",
            "CREATE VIEW v AS SELECT a, c FROM t",
            "CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET b = new.c WHERE rowid ="
                + " new.rowid; END",
            "ALTER TABLE t ADD COLUMN d NOT NULL DEFAULT 7",
            "ALTER TABLE t RENAME COLUMN c TO name",
            "ALTER TABLE t RENAME TO renamed",
            "INSERT INTO renamed(a, name) VALUES (3, 'three')",
            "ALTER TABLE renamed DROP COLUMN d",
            "ALTER TABLE renamed ADD COLUMN e REFERENCES renamed(a)",
            "ALTER TABLE renamed DROP COLUMN name",
            "DROP VIEW v",
            "DROP INDEX i",
            "CREATE TABLE other AS SELECT rowid AS r, * FROM renamed",
            "DROP TABLE renamed"),
        Script.of(
            "foreign-key actions",
            "CREATE TABLE p(id INTEGER PRIMARY KEY, k UNIQUE)",
            "CREATE TABLE c1(p REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE, v)",
            "CREATE TABLE c2(k DEFAULT 'none' REFERENCES p(k) ON DELETE SET DEFAULT ON UPDATE SET"
                + " NULL)",
            "CREATE TABLE c3(p REFERENCES p ON DELETE RESTRICT)",
            "CREATE TABLE log(x)",
            "CREATE TRIGGER tr AFTER DELETE ON c1 BEGIN INSERT INTO log VALUES (old.v); END",
            "CREATE TRIGGER tr2 AFTER UPDATE ON c2 BEGIN INSERT INTO log VALUES (new.k); END",
            "INSERT INTO p VALUES (1, 'a'), (2, 'b'), (3, 'c'), (9, 'none')",
            "INSERT INTO c1 VALUES (1, 'x'), (1, 'y'), (2, 'z')",
            "INSERT INTO c2 VALUES ('a'), ('b'), ('c')",
            "INSERT INTO c3 VALUES (3)",
            "INSERT INTO c1 VALUES (77, 'nobody')",
            "DELETE FROM p WHERE id = 1",
            "DELETE FROM p WHERE id = 3",
            "UPDATE p SET id = 20, k = 'bb' WHERE id = 2",
            "DELETE FROM p WHERE id = 20"),
        Script.of(
            "full-text search",
            "CREATE VIRTUAL TABLE f USING fts5(title, body, prefix = '2 3', tokenize = 'porter')",
            "INSERT INTO f VALUES ('one', 'the quick brown foxes'), ('two', 'jumping dogs')",
            "INSERT INTO f(rowid, title, body) VALUES (50, 'three', 'quick quick slow')",
            "UPDATE f SET body = 'changed ' || body WHERE rowid = 2",
            "DELETE FROM f WHERE f MATCH 'fox'",
            NUMBERS + "INSERT INTO f SELECT 'n' || i, 'word' || (i % 7) || ' filler ' || i FROM n",
            "INSERT INTO f(f, rank) VALUES ('merge', 50)",
            "INSERT INTO f(f, rank) VALUES ('automerge', 2)",
            "INSERT INTO f VALUES ('a', 'b c d')",
            "INSERT INTO f VALUES ('e', 'f g h')",
            "INSERT INTO f VALUES ('i', 'j k l')",
            "INSERT INTO f(f, rank) VALUES ('rank', 'bm25(10.0, 5.0)')",
            "INSERT INTO f(f) VALUES ('integrity-check')",
            "CREATE TABLE found AS SELECT rowid, snippet(f, 1, '[', ']', '…', 3) AS s FROM f WHERE"
                + " f MATCH 'word3 OR quick'",
            "INSERT INTO f(f) VALUES ('rebuild')",
            "INSERT INTO f VALUES ('m', 'n o p')",
            "INSERT INTO f(f) VALUES ('optimize')",
            "INSERT INTO f(f) VALUES ('delete-all')",
            "CREATE VIRTUAL TABLE terms USING fts5vocab(f, instance)",
            "INSERT INTO f VALUES ('q', 'r s t')",
            "CREATE TABLE seen AS SELECT * FROM terms",
            "DROP TABLE f"),
        Script.of(
            "full-text search over another table and without content",
            "CREATE TABLE doc(id INTEGER PRIMARY KEY, text)",
            "CREATE VIRTUAL TABLE x USING fts5(text, content = 'doc', content_rowid = 'id')",
            "CREATE TRIGGER ai AFTER INSERT ON doc BEGIN INSERT INTO x(rowid, text) VALUES (new.id,"
                + " new.text); END",
            "CREATE TRIGGER ad AFTER DELETE ON doc BEGIN INSERT INTO x(x, rowid, text) VALUES"
                + " ('delete', old.id, old.text); END",
            "CREATE TRIGGER au AFTER UPDATE ON doc BEGIN INSERT INTO x(x, rowid, text) VALUES"
                + " ('delete', old.id, old.text); INSERT INTO x(rowid, text) VALUES (new.id,"
                + " new.text); END",
            "INSERT INTO doc(text) VALUES ('alpha beta'), ('beta gamma')",
            "INSERT INTO doc(text) VALUES ('gamma delta')",
            "UPDATE doc SET text = 'epsilon' WHERE id = 1",
            "DELETE FROM doc WHERE id IN (SELECT rowid FROM x WHERE x MATCH 'gamma') AND id > 2",
            "INSERT INTO x(x) VALUES ('rebuild')",
            "CREATE VIRTUAL TABLE less USING fts5(a, content = '', contentless_delete = 1)",
            "INSERT INTO less(rowid, a) VALUES (1, 'one two'), (2, 'two three')",
            "DELETE FROM less WHERE rowid = 1",
            "INSERT OR REPLACE INTO less(rowid, a) VALUES (2, 'four')",
            "CREATE VIRTUAL TABLE none USING fts5(a, content = '', detail = none)",
            "INSERT INTO none(rowid, a) VALUES (7, 'p q r')",
            "INSERT INTO none(none, rowid, a) VALUES ('delete', 7, 'p q r')",
            "CREATE VIRTUAL TABLE old USING fts4(a, b, order = desc)",
            "INSERT INTO old VALUES ('one two', 'three')",
            "INSERT INTO old(old) VALUES ('automerge=2')",
            "INSERT INTO old VALUES ('four', 'five six')",
            "INSERT INTO old VALUES ('seven', 'eight')",
            "UPDATE old SET a = 'nine' WHERE old MATCH 'four'",
            "INSERT INTO old(old) VALUES ('merge=20,2')",
            "INSERT INTO old(old) VALUES ('optimize')",
            "INSERT INTO old(old) VALUES ('rebuild')"),
        Script.of(
            "spatial index",
            "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, y0, y1, +name TEXT)",
            NUMBERS + "INSERT INTO r SELECT NULL, i * 0.3, i * 0.3 + 1, -i, i % 7, 'n' || i FROM n",
            NUMBERS
                + "INSERT INTO r SELECT i + 100, i % 5, i % 5 + i, i % 3, i % 3 + 2.7, i FROM n",
            "DELETE FROM r WHERE x0 > 3 AND y1 < 5",
            "UPDATE r SET x1 = x1 + 10, name = 'moved' WHERE id % 10 = 1",
            "INSERT INTO r VALUES (101, 5, 1, 0, 0, 'wrong order')",
            "CREATE TABLE inside AS SELECT id, x0, name FROM r WHERE x0 >= 1 AND x1 <= 9",
            "CREATE VIRTUAL TABLE ri USING rtree_i32(id, a, b)",
            "INSERT INTO ri VALUES (1, 2, 3), (2, -5, 8)",
            "DELETE FROM ri WHERE a < 0"),
        Script.of(
            "counts of the session in statements and triggers",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE log(id INTEGER PRIMARY KEY, what, c, t, l)",
            "INSERT INTO t(v) VALUES ('a'), ('b'), ('c')",
            "INSERT INTO log(what, c, t, l) SELECT 'top', changes(), total_changes(),"
                + " last_insert_rowid()",
            "UPDATE t SET v = v || changes() || total_changes() WHERE id > 1",
            "INSERT INTO log(what, c, t, l) VALUES ('one', changes(), total_changes(), -1), ('two',"
                + " changes(), total_changes(), last_insert_rowid())",
            "CREATE TRIGGER tr AFTER UPDATE ON t BEGIN INSERT INTO log(what, c, t, l) VALUES"
                + " ('before', changes(), total_changes(), last_insert_rowid()); UPDATE log SET"
                + " what = what || '!' WHERE id > 2; INSERT INTO log(what, c, t, l) VALUES"
                + " ('after', changes(), total_changes(), last_insert_rowid()); END",
            "CREATE TABLE d(id INTEGER PRIMARY KEY, c DEFAULT (changes()), l DEFAULT"
                + " (last_insert_rowid()))",
            "UPDATE t SET v = 'new'",
            "INSERT INTO d DEFAULT VALUES",
            "INSERT INTO d(id) VALUES (10), (20), (30)",
            "DELETE FROM t WHERE id > 100",
            "INSERT INTO d(id) VALUES (40)",
            "DELETE FROM d",
            "INSERT INTO d(id) VALUES (total_changes() * 1000)",
            "INSERT INTO log(what, c, t, l) SELECT 'end', changes(), total_changes(),"
                + " last_insert_rowid()"),
        Script.of(
            "unordered limits",
            "CREATE TABLE t(a, b, c)",
            NUMBERS + "INSERT INTO t SELECT i % 5, i % 3, i FROM n",
            "CREATE INDEX ia ON t(a)",
            "CREATE INDEX ib ON t(b, c)",
            "UPDATE t SET c = -c WHERE a = 2 LIMIT 3",
            "DELETE FROM t WHERE b = 1 LIMIT 4 OFFSET 1",
            "ANALYZE",
            "UPDATE t SET a = a + 1 WHERE b = 2 AND a = 1 LIMIT 2",
            "CREATE TABLE u AS SELECT * FROM t WHERE a > 1",
            "DELETE FROM t WHERE a = 3 OR b = 0 LIMIT 5",
            "INSERT INTO u SELECT DISTINCT a, b, count(*) FROM t GROUP BY b"));
  }
}
