-- A small part of the Chinook sample database, whose licence is in chinook/NOTICE.txt.

INSERT INTO artist (id, name) VALUES
  (1, 'AC/DC'),
  (2, 'Accept');

INSERT INTO album (id, title, artist_id) VALUES
  (1, 'For Those About To Rock We Salute You', 1),
  (2, 'Balls to the Wall', 2),
  (3, 'Restless and Wild', 2),
  (4, 'Let There Be Rock', 1);

INSERT INTO track (id, name, album_id, price, stock) VALUES
  (1, 'For Those About To Rock (We Salute You)', 1, 0.99, 1000),
  (2, 'Balls to the Wall', 2, 0.99, 1000),
  (3, 'Fast As a Shark', 3, 0.99, 1000),
  (4, 'Restless and Wild', 3, 0.99, 1000),
  (5, 'Princess of the Dawn', 3, 0.99, 1000),
  (6, 'Put The Finger On You', 1, 0.99, 1000),
  (7, 'Let''s Get It Up', 1, 0.99, 1000),
  (8, 'Inject The Venom', 1, 0.99, 1000),
  (9, 'Snowballed', 1, 0.99, 1000),
  (10, 'Evil Walks', 1, 0.99, 1000),
  (11, 'C.O.D.', 1, 0.99, 1000),
  (12, 'Breaking The Rules', 1, 0.99, 1000),
  (13, 'Night Of The Long Knives', 1, 0.99, 1000),
  (14, 'Spellbound', 1, 0.99, 1000),
  (15, 'Go Down', 4, 0.99, 1000),
  (16, 'Dog Eat Dog', 4, 0.99, 1000),
  (17, 'Let There Be Rock', 4, 0.99, 1000),
  (18, 'Bad Boy Boogie', 4, 0.99, 1000),
  (19, 'Problem Child', 4, 0.99, 1000),
  (20, 'Overdose', 4, 0.99, 1000),
  (21, 'Hell Ain''t A Bad Place To Be', 4, 0.99, 1000),
  (22, 'Whole Lotta Rosie', 4, 0.99, 1000);
