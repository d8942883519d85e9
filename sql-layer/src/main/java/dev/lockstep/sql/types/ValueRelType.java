package dev.lockstep.sql.types;

import org.apache.calcite.rel.type.RelDataTypeFamily;
import org.apache.calcite.rel.type.RelDataTypeImpl;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;

/** A type as Calcite's validator carries it: the declaration is kept, and Calcite told nothing. */
final class ValueRelType extends RelDataTypeImpl {
  private final ValueType type;
  private final boolean nullable;

  ValueRelType(ValueType type, boolean nullable) {
    this.type = type;
    this.nullable = nullable;
    computeDigest();
  }

  ValueType type() {
    return type;
  }

  @Override
  public boolean isNullable() {
    return nullable;
  }

  /** Any that can be written in a cast: Calcite makes some, of the columns that USING joins. */
  @Override
  public SqlTypeName getSqlTypeName() {
    return SqlTypeName.BIGINT;
  }

  /** All values can be compared in SQLite. */
  @Override
  public RelDataTypeFamily getFamily() {
    return SqlTypeFamily.ANY;
  }

  @Override
  protected void generateTypeString(StringBuilder out, boolean withDetail) {
    out.append(type.family()).append(' ').append(type.declaration());
  }
}
