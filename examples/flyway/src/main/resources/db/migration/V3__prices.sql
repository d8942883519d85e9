ALTER TABLE album ADD COLUMN price DECIMAL(10, 2) NOT NULL DEFAULT 9.99;

UPDATE album SET price = 12.99 WHERE artist_id = (SELECT id FROM artist WHERE name = 'AC/DC');
