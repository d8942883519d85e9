package dev.lockstep.hibernate;

import org.hibernate.community.dialect.identity.SQLiteIdentityColumnSupport;

/**
 * Writes the type of an id in capitals. Hibernate 7 leaves it out if the word {@code integer}
 * stands anywhere in what it has written of the table before, as for an {@code int} attribute whose
 * column comes first; the id would then have no type, and rows would have no id.
 */
final class LockstepIdentity extends SQLiteIdentityColumnSupport {
  static final LockstepIdentity INSTANCE = new LockstepIdentity();

  private LockstepIdentity() {}

  @Override
  public String getIdentityColumnString(int type) {
    return "INTEGER";
  }
}
