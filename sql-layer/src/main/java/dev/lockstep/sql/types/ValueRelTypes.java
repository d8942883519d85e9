package dev.lockstep.sql.types;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;

/** Makes types for Calcite's validator; those of {@link ValueRelType} stay what they are. */
final class ValueRelTypes extends SqlTypeFactoryImpl {

  ValueRelTypes() {
    super(RelDataTypeSystem.DEFAULT);
  }

  @Override
  public RelDataType createTypeWithNullability(RelDataType type, boolean nullable) {
    return type instanceof ValueRelType value
        ? new ValueRelType(value.type(), nullable)
        : super.createTypeWithNullability(type, nullable);
  }

  /** Of the rows of VALUES, and of queries put together. */
  @Override
  public RelDataType leastRestrictive(List<RelDataType> types) {
    RelDataType first = types.get(0);
    if (first.isStruct()) {
      Builder builder = builder();
      for (int i = 0; i < first.getFieldCount(); i++) {
        List<RelDataType> column = new ArrayList<>(types.size());
        for (RelDataType row : types) {
          column.add(row.getFieldList().get(i).getType());
        }
        builder.add(first.getFieldList().get(i).getName(), leastRestrictive(column));
      }
      return builder.build();
    }
    ValueType common = ValueType.NULL;
    boolean nullable = false;
    for (RelDataType type : types) {
      ValueType next = valueOf(type);
      common = common.or(next);
      nullable |= type.isNullable() || next.family() == Family.NULL;
    }
    return new ValueRelType(common, nullable);
  }

  /** What Calcite says of an expression that was left to it. */
  static ValueType valueOf(RelDataType type) {
    if (type instanceof ValueRelType value) {
      return value.type();
    }
    if (type.isStruct() && type.getFieldCount() == 1) {
      return valueOf(type.getFieldList().get(0).getType());
    }
    SqlTypeName name = type.getSqlTypeName();
    if (name == SqlTypeName.BOOLEAN) {
      return ValueType.INTEGER;
    }
    if (name == SqlTypeName.NULL) {
      return ValueType.NULL;
    }
    return ValueType.ANY;
  }
}
