package dev.lockstep.jdbc;

import dev.lockstep.jdbc.metadata.DeclaredType;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowReader;
import dev.lockstep.protocol.Values;

/**
 * One column of the row that a result stands on. There is one cell for a result, pointed at the
 * column in question, so that reading a number makes no object.
 */
final class Cell {
  private RowReader row;
  private int index;
  private Column column;
  private DeclaredType type;
  private int storageClass;

  Cell at(RowReader newRow, int newIndex, Column newColumn, DeclaredType newType) {
    row = newRow;
    index = newIndex;
    column = newColumn;
    type = newType;
    storageClass = newRow.storageClass(newIndex);
    return this;
  }

  /** A constant of {@link Values}. */
  int storageClass() {
    return storageClass;
  }

  boolean isNull() {
    return storageClass == Values.NULL;
  }

  /** What the column was declared as. */
  DeclaredType type() {
    return type;
  }

  /** Only for {@link Values#INTEGER}. */
  long integer() {
    return row.integer(index);
  }

  /** Only for {@link Values#REAL}. */
  double real() {
    return row.real(index);
  }

  /** Only for {@link Values#TEXT}. */
  String text() {
    return (String) row.value(index);
  }

  /** Only for {@link Values#BLOB}. */
  byte[] blob() {
    return (byte[]) row.value(index);
  }

  /** For messages. */
  String name() {
    return column.label();
  }

  /** For messages: the value, or the beginning of it. */
  String shown() {
    if (storageClass == Values.BLOB) {
      return "a blob";
    }
    String text = String.valueOf(row.value(index));
    return "'" + (text.length() <= 40 ? text : text.substring(0, 40) + "…") + "'";
  }
}
