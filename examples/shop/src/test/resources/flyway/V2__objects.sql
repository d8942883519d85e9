CREATE TABLE note (text TEXT NOT NULL, written TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, chance INTEGER DEFAULT (random()));
CREATE TRIGGER hired AFTER INSERT ON employee BEGIN
  INSERT INTO note (text) VALUES (CASE WHEN new.reports_to IS NULL THEN 'head' ELSE 'staff' END);
END;
CREATE VIEW heads AS SELECT head_id FROM department;
INSERT INTO employee (department_id, reports_to) VALUES (1, 2);
