package dev.lockstep.server.service;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.DescribedColumn;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.Nullability;
import dev.lockstep.protocol.ServerMessage.Described;
import dev.lockstep.protocol.ValueInfo;
import dev.lockstep.sql.ColumnInfo;
import dev.lockstep.sql.DescribedStatement;
import dev.lockstep.sql.types.StatementTypes.ResultColumn;
import dev.lockstep.sql.types.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What statements are, as clients are told. */
final class Descriptions {
  private Descriptions() {}

  /**
   * @param described null if there is no such statement
   */
  static Described of(DescribedStatement described) {
    if (described == null) {
      return new Described(false, List.of(), List.of());
    }
    List<ColumnInfo> infos = described.statement().columns();
    List<DescribedColumn> columns = new ArrayList<>(infos.size());
    for (int i = 0; i < infos.size(); i++) {
      ColumnInfo info = infos.get(i);
      ResultColumn typed = described.types().columns().get(i);
      columns.add(
          new DescribedColumn(
              new Column(info.label(), info.table(), info.declaredType()),
              info(typed.type(), typed.nullability()),
              typed.rowid()));
    }
    List<ValueInfo> parameters =
        described.types().parameters().stream()
            .map(parameter -> info(parameter.type(), parameter.nullability()))
            .toList();
    return new Described(described.statement().writes(), parameters, columns);
  }

  private static ValueInfo info(ValueType type, dev.lockstep.sql.types.Nullability nullability) {
    String text = type.declaration();
    boolean tooLong = text.getBytes(StandardCharsets.UTF_8).length > Limits.TYPE_BYTES_MAX;
    return new ValueInfo(
        tooLong ? ValueType.ANY.declaration() : text,
        switch (nullability) {
          case UNKNOWN -> Nullability.UNKNOWN;
          case NEVER -> Nullability.NEVER;
          case POSSIBLE -> Nullability.POSSIBLE;
        });
  }
}
