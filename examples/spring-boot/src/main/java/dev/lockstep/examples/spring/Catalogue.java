package dev.lockstep.examples.spring;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What only reads is done by the followers, as fresh as this instance has written and seen it. */
@Service
@Transactional(readOnly = true)
class Catalogue {
  private final JdbcClient jdbc;

  Catalogue(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public List<Artist> artists() {
    return jdbc.sql("SELECT id, name FROM artist ORDER BY name").query(Artist.class).list();
  }

  public List<Album> albums(long artistId) {
    return jdbc.sql("SELECT id, title FROM album WHERE artist_id = ? ORDER BY title")
        .param(artistId)
        .query(Album.class)
        .list();
  }

  public List<Track> tracks(long albumId) {
    return jdbc.sql("SELECT id, name, price, stock FROM track WHERE album_id = ? ORDER BY id")
        .param(albumId)
        .query(Track.class)
        .list();
  }

  public Optional<Receipt> receipt(String reference) {
    return jdbc.sql("SELECT reference, total FROM purchase WHERE reference = ?")
        .param(reference)
        .query(Receipt.class)
        .optional();
  }
}
