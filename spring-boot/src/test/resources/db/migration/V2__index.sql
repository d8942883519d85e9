CREATE INDEX album_title ON album (title);
