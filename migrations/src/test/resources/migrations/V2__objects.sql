CREATE TABLE "odd ""name""" (note TEXT);
CREATE TRIGGER hired AFTER INSERT ON employee BEGIN
  INSERT INTO "odd ""name""" (note) VALUES (CASE WHEN new.reports_to IS NULL THEN 'head' ELSE 'staff' END);
END;
CREATE VIEW heads AS SELECT head_id FROM department;
CREATE VIRTUAL TABLE search USING fts5 (text);
INSERT INTO employee (department_id, reports_to) VALUES (1, 2);
