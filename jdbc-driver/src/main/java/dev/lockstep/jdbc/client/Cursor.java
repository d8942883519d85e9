package dev.lockstep.jdbc.client;

/** The rest of a result at the node that holds it. */
public final class Cursor {
  private final Link link;
  private final long id;

  Cursor(Link link, long id) {
    this.link = link;
    this.id = id;
  }

  Link link() {
    return link;
  }

  long id() {
    return id;
  }
}
