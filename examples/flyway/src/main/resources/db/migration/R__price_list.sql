-- Repeatable: run again, after all versions, whenever this file has changed.
DROP VIEW IF EXISTS price_list;

CREATE VIEW price_list AS
SELECT name AS artist, count(*) AS albums, min(price) AS from_price
FROM artist JOIN album ON album.artist_id = artist.id
GROUP BY artist.id;
