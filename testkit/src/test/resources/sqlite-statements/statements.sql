# create-table-stmt, column-def, type-name, column-constraint, table-constraint, table-options, foreign-key-clause
CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT, n INT, r REAL, b BLOB)
CREATE TABLE IF NOT EXISTS a (id INTEGER)
CREATE TABLE a (id INTEGER)
CREATE TABLE main.b (id INTEGER PRIMARY KEY AUTOINCREMENT, a_id INTEGER REFERENCES a (id) ON DELETE CASCADE ON UPDATE SET NULL, note VARCHAR(20) NOT NULL DEFAULT 'none')
CREATE TABLE c (x INT, y INT, PRIMARY KEY (x, y)) WITHOUT ROWID
CREATE TABLE d (x INTEGER NOT NULL, y TEXT, z ANY) STRICT
CREATE TABLE e (x INT CHECK (x > 0), y INT UNIQUE ON CONFLICT IGNORE, z TEXT COLLATE NOCASE, CONSTRAINT pair UNIQUE (x, z), CHECK (y IS NULL OR y < 100))
CREATE TABLE f (x INT, y INT GENERATED ALWAYS AS (x * 2) STORED, z INT AS (x + 1))
CREATE TABLE g (x DECIMAL(10, 2) DEFAULT (1 + 1), y NUMERIC DEFAULT -5, z TEXT DEFAULT CURRENT_DATE, w DOUBLE PRECISION DEFAULT 1.5e3)
CREATE TABLE h AS SELECT 1 AS one, 'two' AS two, 3.0
CREATE TABLE i (id INTEGER PRIMARY KEY DESC, x INT, FOREIGN KEY (x) REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)
CREATE TABLE "quoted name" ("a ""b""" INT, [c d] INT, `e f` INT)
CREATE TABLE j (x)
CREATE TABLE k (x INT PRIMARY KEY ON CONFLICT REPLACE, y INT)
CREATE TABLE bad (x INT, x TEXT)
CREATE TABLE bad (x FOREIGN)
CREATE TABLE bad (x REFERENCES)
CREATE TABLE bad (y INT) WITHOUT ROWID
CREATE TABLE bad (y INT PRIMARY KEY) STRICT, WITHOUT ROWID
CREATE TABLE bad (y NOTYPE) STRICT
CREATE TABLE sqlite_bad (x)
CREATE TABLE l (x INTEGER PRIMARY KEY, y TEXT UNIQUE) STRICT, WITHOUT ROWID
refused 0AL01 CREATE TEMP TABLE t (x)
refused 0AL01 CREATE TEMPORARY VIEW v AS SELECT 1
refused 0AL01 CREATE TEMP TABLE t AS SELECT 1
# insert-stmt, conflict-clause, upsert-clause, returning-clause
INSERT INTO a VALUES (1, 'one', 10, 1.5, x'01'), (2, 'two', 20, 2.5, x'02'), (3, NULL, NULL, NULL, NULL)
INSERT INTO a (name, n) VALUES ('four', 40)
INSERT INTO a (name) SELECT 'five'
INSERT INTO a (id, name) VALUES (1, 'again')
INSERT OR IGNORE INTO a (id, name) VALUES (1, 'again')
INSERT OR REPLACE INTO a (id, name) VALUES (5, 'replaced')
INSERT OR FAIL INTO a (id) VALUES (1)
INSERT OR ABORT INTO a (id) VALUES (1)
refused 0AL01 INSERT OR ROLLBACK INTO a (id) VALUES (1)
REPLACE INTO a (id, name, n) VALUES (6, 'six', 60)
INSERT INTO a DEFAULT VALUES
INSERT INTO b DEFAULT VALUES
INSERT INTO b (a_id) VALUES (1), (2), (NULL)
INSERT INTO b (a_id) VALUES (99)
INSERT INTO b (a_id, note) VALUES (1, NULL)
INSERT INTO c VALUES (1, 1), (1, 2), (2, 1)
INSERT INTO c VALUES (1, 1)
INSERT INTO c VALUES (1, 1) ON CONFLICT DO NOTHING
INSERT INTO c VALUES (1, 1) ON CONFLICT (x, y) DO UPDATE SET y = excluded.y + 10 WHERE x = 1 RETURNING *
INSERT INTO c VALUES (1, 2) ON CONFLICT (x, y) DO NOTHING ON CONFLICT DO UPDATE SET y = 5
INSERT INTO d VALUES (1, 'x', 1.5), ('2', 3, x'00')
INSERT INTO d VALUES ('x', 'y', 'z')
INSERT INTO d VALUES (NULL, 'y', 'z')
INSERT INTO e VALUES (1, 1, 'A'), (2, 1, 'B'), (3, NULL, 'C')
INSERT INTO e VALUES (0, 2, 'A')
INSERT INTO e VALUES (1, 50, 'a')
INSERT INTO e VALUES (9, 100, 'a')
INSERT INTO f (x) VALUES (1), (2)
INSERT INTO f (x, y) VALUES (1, 2)
INSERT INTO g (x) VALUES (12.50)
INSERT INTO a (id, name) VALUES (7, 'seven') RETURNING id, name AS label, n, length(name)
INSERT INTO a (name) VALUES ('x'), ('y') RETURNING *
INSERT INTO a AS alias (id, n) VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET n = alias.n + excluded.n RETURNING n
INSERT INTO k VALUES (1, 1), (1, 2)
INSERT INTO l VALUES (1, 'a'), (2, 'b')
INSERT INTO l VALUES (3, 'a') ON CONFLICT (y) DO UPDATE SET x = x + 10
INSERT INTO j VALUES (1), ('1'), (1.0), (x'31'), (NULL), ('a'), ('A'), ('b')
INSERT INTO "quoted name" VALUES (1, 2, 3)
INSERT INTO a (nope) VALUES (1)
INSERT INTO nope VALUES (1)
INSERT INTO a VALUES (1)
INSERT INTO a (id, name) VALUES (1)
WITH w (v) AS (VALUES (70), (71)) INSERT INTO a (n) SELECT v FROM w
INSERT INTO a (id, name) WITH w AS (SELECT 80 AS v) SELECT v, 'eighty' FROM w
# select-stmt, select-core, result-column, table-or-subquery, simple-select-stmt, factored-select-stmt
SELECT * FROM a ORDER BY id
SELECT a.* FROM a ORDER BY 1 DESC LIMIT 2
SELECT ALL name FROM a ORDER BY id
SELECT DISTINCT n FROM a ORDER BY n
SELECT id AS "the id", name label, n + 1, -n FROM main.a AS x WHERE x.id < 3
SELECT rowid, _rowid_, oid FROM a WHERE id = 1
SELECT 1
SELECT 1 AS a, 2 AS a
SELECT 1 WHERE 0
SELECT 'it''s', "name" FROM a WHERE id = 1
SELECT "no such column"
SELECT 'no such column' AS [b c]
SELECT nope FROM a
SELECT a.nope FROM a
SELECT * FROM nope
SELECT * FROM a, nope
SELECT id FROM a, b
SELECT FROM a
SELECT * FROM (SELECT id, n FROM a WHERE n > 10) AS s WHERE s.id > 1 ORDER BY 1
SELECT * FROM (a JOIN b ON a.id = b.a_id) ORDER BY 1, 6
SELECT (SELECT max(n) FROM a), (SELECT id FROM a WHERE 0), (SELECT id, n FROM a)
SELECT n, count(*) FROM a GROUP BY n HAVING count(*) > 1 ORDER BY n
SELECT n % 20 AS m, sum(n), min(name) FROM a GROUP BY m ORDER BY m
SELECT count(*), count(n), sum(n), avg(n), total(n), min(n), max(n) FROM a
SELECT max(n), name FROM a
SELECT name FROM a GROUP BY name ORDER BY count(*) DESC, name LIMIT 3 OFFSET 1
SELECT id FROM a ORDER BY id LIMIT 2, 3
SELECT id FROM a ORDER BY id LIMIT -1 OFFSET 5
SELECT id FROM a LIMIT 'x'
SELECT id FROM a ORDER BY n DESC NULLS LAST, id
SELECT id FROM a ORDER BY n ASC NULLS FIRST, id
SELECT name FROM a ORDER BY name COLLATE NOCASE, id
SELECT name FROM a ORDER BY 5
SELECT id FROM a WHERE n HAVING 1
SELECT sum(count(*)) FROM a
SELECT id FROM a WHERE count(*) > 1
SELECT * FROM a INDEXED BY nope
SELECT * FROM a NOT INDEXED WHERE id = 1
VALUES (1, 'x'), (2, 'y')
VALUES (1), (2, 3)
SELECT * FROM (VALUES (1, 2), (3, 4))
SELECT column1 FROM (VALUES (7))
# compound-select-stmt, compound-operator
SELECT id FROM a WHERE id < 3 UNION SELECT id FROM b ORDER BY 1
SELECT n FROM a UNION ALL SELECT n FROM a ORDER BY n LIMIT 5
SELECT id FROM a INTERSECT SELECT id FROM b ORDER BY id
SELECT id FROM a EXCEPT SELECT id FROM b ORDER BY id
SELECT 1 UNION SELECT 2, 3
SELECT 1 UNION VALUES (2) EXCEPT SELECT 1
SELECT id FROM a ORDER BY id UNION SELECT 1
SELECT 1 AS x UNION SELECT 2 ORDER BY nope
# join-clause, join-operator, join-constraint
SELECT a.id, b.id FROM a JOIN b ON a.id = b.a_id ORDER BY 1, 2
SELECT a.id, b.id FROM a INNER JOIN b ON b.a_id = a.id WHERE a.n > 10 ORDER BY 1, 2
SELECT a.id, b.id FROM a LEFT JOIN b ON a.id = b.a_id ORDER BY 1, 2
SELECT a.id, b.id FROM a LEFT OUTER JOIN b ON a.id = b.a_id WHERE b.id IS NULL ORDER BY 1
SELECT a.id, b.id FROM b RIGHT JOIN a ON a.id = b.a_id ORDER BY 1, 2
SELECT a.id, b.id FROM a FULL OUTER JOIN b ON a.id = b.a_id ORDER BY 1, 2
SELECT count(*) FROM a CROSS JOIN b
SELECT count(*) FROM a, b
SELECT id FROM a NATURAL JOIN b ORDER BY id
SELECT id, a.name, b.note FROM a JOIN b USING (id) ORDER BY id
SELECT count(*) FROM a AS x JOIN a AS y ON x.n = y.n JOIN b AS z ON z.a_id = x.id
SELECT * FROM a JOIN b USING (nope)
SELECT a.id FROM a JOIN a ON 1
# with-clause, common-table-expression, recursive-cte, cte-table-name
WITH x AS (SELECT 1 AS v) SELECT * FROM x
WITH x (p, q) AS (SELECT 1, 2), y AS (SELECT p + q AS s FROM x) SELECT * FROM y
WITH x AS MATERIALIZED (SELECT id FROM a) SELECT count(*) FROM x
WITH x AS NOT MATERIALIZED (SELECT id FROM a) SELECT count(*) FROM x
WITH RECURSIVE r (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM r WHERE i < 5) SELECT i FROM r
WITH RECURSIVE r (i) AS (SELECT 1 UNION SELECT i % 3 + 1 FROM r) SELECT i FROM r ORDER BY i
WITH RECURSIVE r (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r LIMIT 4) SELECT sum(i) FROM r
WITH x (p) AS (SELECT 1, 2) SELECT * FROM x
WITH x AS (SELECT * FROM y), y AS (SELECT * FROM x) SELECT * FROM x
# expr, literal-value, numeric-literal, signed-number, blob-literal, row-value, scalar-subquery
SELECT 1, -2, +3, 1.5, .5, 1., 1e3, 1E-2, 0x1F, 1_000, 9223372036854775807, 9223372036854775808, -9223372036854775808
SELECT 'text', x'00FF', X'', NULL, TRUE, FALSE, typeof(TRUE), typeof(CURRENT_TIMESTAMP), typeof(CURRENT_DATE), typeof(CURRENT_TIME)
SELECT x'0', 1
SELECT 0x10000000000000000
SELECT 12abc
SELECT 1 + 2 * 3 - 4 / 3 % 2, 7 / 2, 7 / 2.0, 7 % -3, 1 / 0, 5 % 0
SELECT 1 || 2 || NULL, 'a' || 'b', 3 & 5, 3 | 5, ~1, 1 << 4, -1 >> 1
SELECT 1 < 2, 1 <= 1, 2 > 1, 2 >= 3, 1 = 1, 1 == 2, 1 <> 2, 1 != 1, NULL = NULL
SELECT 1 AND 0, 1 OR NULL, NOT 0, NOT NULL, 0 AND NULL
SELECT 1 IS 1, 1 IS NOT 2, NULL IS NULL, NULL IS NOT NULL, 1 ISNULL, 1 NOTNULL, NULL NOT NULL
SELECT 1 IS DISTINCT FROM 2, NULL IS NOT DISTINCT FROM NULL, 1 IS TRUE, 0 IS FALSE, NULL IS NOT TRUE
SELECT 2 BETWEEN 1 AND 3, 2 NOT BETWEEN 1 AND 3, 'b' BETWEEN 'a' AND 'c'
SELECT 1 IN (1, 2), 3 NOT IN (1, 2), NULL IN (1), 1 IN (), 1 IN (SELECT id FROM a), 1 IN a
SELECT id FROM c JOIN a ON 1 WHERE (x, y) IN (SELECT x, y FROM c) AND id = 1
SELECT (1, 2) = (1, 2), (1, 2) < (1, 3), (1, NULL) IS (1, NULL)
SELECT (1, 2)
SELECT (1, 2) = (1, 2, 3)
SELECT 'abc' LIKE 'A%', 'abc' NOT LIKE 'b%', 'a%c' LIKE 'a!%c' ESCAPE '!', 'abc' GLOB 'a*', 'abc' NOT GLOB 'A*'
SELECT 'a' REGEXP 'b'
SELECT 'a' MATCH 'b'
SELECT CASE WHEN 1 THEN 'x' END, CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END, CASE NULL WHEN NULL THEN 1 ELSE 0 END
SELECT CAST('12abc' AS INTEGER), CAST(1.9 AS INTEGER), CAST('1e3' AS REAL), CAST(1 AS TEXT), CAST('x' AS BLOB), CAST('2024-01-31' AS DATE), CAST(NULL AS INT)
SELECT 'a' = 'A' COLLATE NOCASE, 'a ' = 'a' COLLATE RTRIM, 'a' COLLATE nope
SELECT EXISTS (SELECT 1 FROM a), NOT EXISTS (SELECT 1 FROM a WHERE 0)
SELECT '{"a": [1, 2]}' -> 'a', '{"a": [1, 2]}' ->> '$.a[1]', json_extract('{"a": 1}', '$.a'), json('x')
SELECT typeof(1), typeof(1.0), typeof('1'), typeof(x'01'), typeof(NULL), typeof(x) FROM j
SELECT x = 1, x = '1', x < 2, x > 'a' FROM j
refused 07001 SELECT ?1, :name, @v, $x
SELECT likely(1), unlikely(0), likelihood(1, 0.5), iif(1, 'a', 'b'), ifnull(NULL, 1), nullif(1, 1), coalesce(NULL, NULL, 3)
SELECT raise(ABORT, 'x')
SELECT nope(1)
SELECT abs()
SELECT abs(-9223372036854775807 - 1)
SELECT abs(-3), round(2.5), round(2.567, 2), sign(-2), mod(7, 3), pow(2, 10), sqrt(16), ceil(1.2), floor(-1.2), trunc(1.9), pi() > 3
SELECT upper('äb'), lower('ÄB'), length('äöü'), length(x'0102'), substr('hello', 2, 3), substr('hello', -3), instr('hello', 'l'), replace('aXa', 'X', '-'), trim('  x '), ltrim('xxa', 'x'), rtrim('axx', 'x')
SELECT char(65, 8364), unicode('€'), hex('abc'), unhex('6162'), quote('it''s'), quote(x'01'), quote(NULL), zeroblob(2), printf('%05d|%.2f|%s|%q', 42, 3.14159, 'x', 'it''s'), format('%,d', 1234567)
SELECT concat('a', NULL, 1), concat_ws('-', 'a', NULL, 'b'), octet_length('ä'), soundex('Robert'), group_concat(x) FROM (SELECT 'a' AS x UNION ALL SELECT 'b')
SELECT date('2024-01-31', '+1 month'), time('12:34', '+90 minutes'), datetime('2024-02-29 10:00', '-1 year'), julianday('2024-01-01'), unixepoch('2024-01-01'), strftime('%Y/%j %H', '2024-07-14 15:00'), timediff('2024-03-01', '2024-01-31')
SELECT date('nope'), date('2024-13-01'), strftime('%Q', '2024-01-01')
SELECT json_array(1, 'a', NULL), json_object('k', 1), json_type('[1]'), json_valid('{'), json_group_array(id) FROM c JOIN a ON a.id = c.x
SELECT key, value, type FROM json_each('{"a": 1, "b": [2]}')
SELECT fullkey, atom FROM json_tree('[1, [2]]')
SELECT name FROM pragma_table_info('a')
SELECT max(1, 2, 3), min('a', 1), max(NULL, 1)
SELECT typeof(random()), length(randomblob(4)), typeof(last_insert_rowid()), typeof(changes())
# aggregate-function-invocation, function-arguments, filter-clause, window-function-invocation, over-clause, window-defn, frame-spec
SELECT count(DISTINCT n), sum(DISTINCT n), group_concat(DISTINCT n) FROM a WHERE n IN (10, 20)
SELECT group_concat(name, '-' ORDER BY id DESC), string_agg(name, '+') FROM (SELECT * FROM a WHERE id < 3 ORDER BY id)
SELECT count(*) FILTER (WHERE n > 10), sum(n) FILTER (WHERE name IS NULL) FROM a
SELECT id, row_number() OVER (ORDER BY id), rank() OVER (ORDER BY n), dense_rank() OVER (ORDER BY n), ntile(2) OVER (ORDER BY id) FROM a ORDER BY id
SELECT id, lag(n) OVER w, lead(n, 1, -1) OVER w, first_value(n) OVER w, last_value(n) OVER w, nth_value(n, 2) OVER w FROM a WINDOW w AS (ORDER BY id) ORDER BY id
SELECT id, sum(n) OVER (PARTITION BY n % 20 ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM a ORDER BY id
SELECT id, count(*) OVER (ORDER BY n RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING), count(*) OVER (ORDER BY n GROUPS UNBOUNDED PRECEDING) FROM a WHERE n IS NOT NULL ORDER BY id
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM a ORDER BY id LIMIT 3
SELECT id, avg(n) FILTER (WHERE n > 10) OVER (ORDER BY id) FROM a ORDER BY id LIMIT 3
SELECT id, sum(n) OVER (w2 ROWS 1 PRECEDING) FROM a WINDOW w1 AS (PARTITION BY name), w2 AS (w1 ORDER BY id) ORDER BY id
SELECT percent_rank() OVER (ORDER BY id), cume_dist() OVER (ORDER BY id) FROM c JOIN a ON a.id = c.x
SELECT row_number() FROM a
SELECT id FROM a WHERE row_number() OVER () = 1
SELECT sum(n) OVER nope FROM a
SELECT lag(n) OVER (ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM a
SELECT median(n), percentile(n, 50), percentile_cont(n, 0.5) FROM a
# update-stmt, qualified-table-name
UPDATE a SET n = n + 1 WHERE id = 1
UPDATE a SET n = NULL, name = 'renamed' WHERE id = 2 RETURNING id, name, n
UPDATE a AS x SET n = (SELECT count(*) FROM b WHERE b.a_id = x.id) WHERE id < 4
UPDATE a SET (name, n) = ('pair', 5) WHERE id = 3
UPDATE a SET (name, n) = (SELECT 'sub', 6) WHERE id = 3
UPDATE a SET n = b.id FROM b WHERE b.a_id = a.id
UPDATE OR IGNORE a SET id = 1 WHERE id = 2
UPDATE OR REPLACE c SET y = 1 WHERE x = 1 AND y = 2
UPDATE a SET id = 1 WHERE id = 2
UPDATE a SET nope = 1
UPDATE nope SET x = 1
UPDATE f SET y = 1
UPDATE e SET x = -1
UPDATE b SET a_id = 99
UPDATE a INDEXED BY nope SET n = 1
UPDATE a NOT INDEXED SET n = 2 WHERE id = 1
WITH w AS (SELECT 3 AS v) UPDATE a SET n = (SELECT v FROM w) WHERE id = 4
UPDATE a SET n = 1 WHERE 0
UPDATE a SET n = 9 ORDER BY id LIMIT 1
UPDATE d SET x = 'text'
# create-index-stmt, indexed-column, reindex-stmt, analyze-stmt
CREATE INDEX a_n ON a (n)
CREATE UNIQUE INDEX IF NOT EXISTS a_name ON a (name COLLATE NOCASE DESC, n ASC) WHERE name IS NOT NULL
CREATE INDEX main.a_expression ON a (abs(n), length(name))
CREATE INDEX a_n ON a (n)
CREATE INDEX bad ON a (nope)
CREATE INDEX bad ON nope (x)
CREATE INDEX bad ON a (random())
CREATE UNIQUE INDEX bad ON j (typeof(x))
SELECT id FROM a INDEXED BY a_n WHERE n = 2 ORDER BY id
REINDEX
REINDEX a
REINDEX main.a_n
REINDEX NOCASE
REINDEX nope
ANALYZE
ANALYZE a
ANALYZE main.a_n
ANALYZE nope
DROP INDEX a_expression
DROP INDEX IF EXISTS a_expression
DROP INDEX a_expression
# create-view-stmt
CREATE VIEW v AS SELECT id, n FROM a WHERE n > 1
CREATE VIEW IF NOT EXISTS v AS SELECT 1
CREATE VIEW v AS SELECT 1
CREATE VIEW v2 (p, q) AS SELECT id, name FROM a
CREATE VIEW v3 AS SELECT ?
CREATE VIEW v4 AS SELECT nope FROM a
SELECT * FROM v4
SELECT * FROM v ORDER BY id
SELECT p, q FROM v2 ORDER BY p LIMIT 2
INSERT INTO v VALUES (1, 2)
DELETE FROM v
DROP VIEW v4
DROP VIEW IF EXISTS v4
DROP VIEW v4
DROP VIEW a
DROP TABLE v
# create-trigger-stmt, raise-function
CREATE TABLE log (what TEXT, id INT)
CREATE TRIGGER a_insert AFTER INSERT ON a BEGIN INSERT INTO log VALUES ('insert', new.id); END
CREATE TRIGGER a_update BEFORE UPDATE OF n ON a FOR EACH ROW WHEN new.n > 1000 BEGIN SELECT raise(ABORT, 'too much'); END
CREATE TRIGGER a_delete AFTER DELETE ON a BEGIN INSERT INTO log VALUES ('delete', old.id); UPDATE log SET what = upper(what) WHERE id = old.id; END
CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN INSERT INTO a (id, n) VALUES (new.id, new.n); END
CREATE TRIGGER ignoring BEFORE INSERT ON c WHEN new.x = 1000 BEGIN SELECT raise(IGNORE); END
CREATE TRIGGER IF NOT EXISTS a_insert AFTER INSERT ON a BEGIN SELECT 1; END
CREATE TRIGGER a_insert AFTER INSERT ON a BEGIN SELECT 1; END
CREATE TRIGGER bad AFTER INSERT ON nope BEGIN SELECT 1; END
CREATE TRIGGER bad INSTEAD OF INSERT ON a BEGIN SELECT 1; END
CREATE TRIGGER bad AFTER INSERT ON a BEGIN END
CREATE TRIGGER bad AFTER INSERT ON a BEGIN INSERT INTO log DEFAULT VALUES; END
refused 0AL01 CREATE TRIGGER bad AFTER INSERT ON a BEGIN SELECT raise(ROLLBACK, 'x'); END
INSERT INTO v VALUES (200, 200) RETURNING id
UPDATE a SET n = 2000 WHERE id = 200
INSERT INTO c VALUES (1000, 1)
SELECT count(*) FROM c WHERE x = 1000
# delete-stmt
DELETE FROM a WHERE id = 200
DELETE FROM a WHERE id = 80 RETURNING id, name
DELETE FROM a AS x WHERE x.id = 71
DELETE FROM a ORDER BY id LIMIT 1
DELETE FROM a INDEXED BY a_n WHERE n = -1
WITH w AS (SELECT 70 AS v) DELETE FROM a WHERE n IN w
DELETE FROM nope
DELETE FROM a WHERE nope
DELETE FROM j
SELECT * FROM log ORDER BY id, what
SELECT count(*) FROM b
DROP TRIGGER a_update
DROP TRIGGER IF EXISTS a_update
DROP TRIGGER a_update
# alter-table-stmt
ALTER TABLE j RENAME TO jj
ALTER TABLE jj RENAME COLUMN x TO xx
ALTER TABLE jj ADD COLUMN y INT DEFAULT 7
ALTER TABLE jj ADD z TEXT NOT NULL
ALTER TABLE jj DROP COLUMN y
ALTER TABLE jj DROP COLUMN xx
ALTER TABLE a DROP COLUMN id
ALTER TABLE nope RENAME TO x
ALTER TABLE a RENAME TO b
ALTER TABLE jj RENAME COLUMN nope TO x
ALTER TABLE jj ALTER COLUMN xx TYPE INT
# create-virtual-table-stmt
CREATE VIRTUAL TABLE docs USING fts5 (title, body, tokenize = 'porter')
INSERT INTO docs VALUES ('one', 'quick brown foxes'), ('two', 'lazy dogs')
SELECT title, highlight(docs, 1, '[', ']') FROM docs WHERE docs MATCH 'fox'
SELECT rowid FROM docs WHERE body MATCH 'dog OR fox' ORDER BY rowid
SELECT title FROM docs WHERE docs MATCH '"'
CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1, y0, y1)
INSERT INTO boxes VALUES (1, 0, 10, 0, 10), (2, 5, 15, 5, 15)
SELECT id FROM boxes WHERE x0 <= 4 AND x1 >= 4
INSERT INTO boxes VALUES (3, 10, 0, 0, 0)
CREATE VIRTUAL TABLE bad USING nope (x)
DROP TABLE docs
DROP TABLE boxes
# begin-stmt, commit-stmt, rollback-stmt, savepoint-stmt, release-stmt
BEGIN
INSERT INTO a (id, name) VALUES (300, 'in a transaction')
ROLLBACK
SELECT count(*) FROM a WHERE id = 300
BEGIN IMMEDIATE TRANSACTION
INSERT INTO a (id, name) VALUES (301, 'in a transaction')
SAVEPOINT s
INSERT INTO a (id, name) VALUES (302, 'in a savepoint')
ROLLBACK TO SAVEPOINT s
RELEASE SAVEPOINT s
RELEASE nope
END TRANSACTION
SELECT id FROM a WHERE id > 300 AND id < 310
COMMIT
ROLLBACK
BEGIN DEFERRED
BEGIN
INSERT INTO i VALUES (1, 99)
ROLLBACK
BEGIN EXCLUSIVE
COMMIT TRANSACTION
refused 25P01 SAVEPOINT outside
# pragma-stmt, pragma-value
PRAGMA user_version = 7
PRAGMA user_version
PRAGMA main.application_id = 42
PRAGMA application_id
PRAGMA table_info(a)
PRAGMA table_xinfo('f')
PRAGMA index_list(e)
PRAGMA index_info(a_n)
PRAGMA foreign_key_list(b)
PRAGMA foreign_keys
PRAGMA encoding
PRAGMA foreign_key_check
PRAGMA integrity_check
PRAGMA quick_check(1)
PRAGMA recursive_triggers
refused 0AL01 PRAGMA no_such_pragma
PRAGMA collation_list
refused 0AL01 PRAGMA journal_mode = DELETE
refused 0AL01 PRAGMA foreign_keys = OFF
refused 0AL01 PRAGMA writable_schema = ON
refused 0AL01 PRAGMA synchronous = OFF
# attach-stmt, detach-stmt, vacuum-stmt
refused 0AL01 ATTACH DATABASE 'other.db' AS other
refused 0AL01 DETACH DATABASE other
refused 0AL01 VACUUM INTO 'copy.db'
refused 42501 SELECT load_extension('x')
VACUUM
# explain, comments, sql-stmt-list
EXPLAIN QUERY PLAN SELECT * FROM a WHERE id = 1
EXPLAIN QUERY PLAN SELECT nope
/* another */ SELECT /* inside */ 1 AS one -- behind
SELECT 1 AS one /* without an end
EXPLAIN SELECT
nonsense
SELECT 1 +
SELECT ) FROM a
'text'
# drop-table-stmt
DROP TABLE log
DROP TABLE IF EXISTS log
DROP TABLE log
DROP TABLE main.h
DROP TABLE a
DROP TABLE sqlite_sequence
SELECT count(*) FROM b
