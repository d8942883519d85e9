-- Two tables that refer to each other: no order of dropping them is right without deferring.
CREATE TABLE department (
  id INTEGER PRIMARY KEY,
  head_id INTEGER REFERENCES employee (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE employee (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  department_id INTEGER NOT NULL REFERENCES department (id),
  reports_to INTEGER REFERENCES employee (id)
);
CREATE INDEX employee_department ON employee (department_id);
INSERT INTO department (id, head_id) VALUES (1, 1);
INSERT INTO employee (id, department_id, reports_to) VALUES (1, 1, NULL), (2, 1, 1);
