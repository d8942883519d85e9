CREATE TABLE artist (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL
);

CREATE TABLE album (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  artist_id INTEGER NOT NULL REFERENCES artist (id)
);

CREATE TABLE track (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  album_id INTEGER NOT NULL REFERENCES album (id),
  price DECIMAL(10, 2) NOT NULL CHECK (price >= 0),
  stock INTEGER NOT NULL CHECK (stock >= 0)
);

CREATE TABLE purchase (
  reference TEXT NOT NULL PRIMARY KEY CHECK (reference <> ''),
  placed_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  total DECIMAL(10, 2) NOT NULL
);

CREATE TABLE purchase_line (
  id INTEGER PRIMARY KEY,
  reference TEXT NOT NULL REFERENCES purchase (reference),
  track_id INTEGER NOT NULL REFERENCES track (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0)
);

-- SQLite makes no index for a foreign key by itself.
CREATE INDEX album_artist ON album (artist_id);
CREATE INDEX track_album ON track (album_id);
CREATE INDEX purchase_line_purchase ON purchase_line (reference);
CREATE INDEX purchase_line_track ON purchase_line (track_id);
