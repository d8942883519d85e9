WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 5000)
INSERT INTO employee (department_id, reports_to) SELECT 1, 1 FROM number;
