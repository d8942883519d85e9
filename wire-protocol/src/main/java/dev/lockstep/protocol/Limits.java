package dev.lockstep.protocol;

/**
 * What a peer may send at most. Each length and count is compared with its limit, and with the
 * bytes that are left in the frame, before memory is taken for it.
 */
public final class Limits {
  /** Bytes of a whole frame after its length field: 16 MiB. */
  public static final int FRAME_BYTES_MAX = 16 << 20;

  /** Bytes of the first frame of a connection, before the peer is known: 64 KiB. */
  public static final int HELLO_BYTES_MAX = 64 << 10;

  /** Bytes of one statement's text in UTF-8: 1 MiB. */
  public static final int SQL_BYTES_MAX = 1 << 20;

  /** Bytes of a name: of a database, a node, a user, a property, a key column. */
  public static final int NAME_BYTES_MAX = 1 << 12;

  /**
   * Bytes of the type of an expression or a parameter. So the types of as many parameters as there
   * may be fit a frame.
   */
  public static final int TYPE_BYTES_MAX = 255;

  /** Bytes of an error message. */
  public static final int ERROR_MESSAGE_BYTES_MAX = 1 << 16;

  /** Parameters of a statement: SQLite's own default limit (SQLITE_MAX_VARIABLE_NUMBER). */
  public static final int PARAMETERS_MAX = 32_766;

  /** Columns of a result: SQLite's own hard limit (SQLITE_MAX_COLUMN). */
  public static final int COLUMNS_MAX = 32_767;

  /** Statements in one {@link ClientMessage.Execute}. */
  public static final int STATEMENTS_MAX = 65_536;

  /** Parameter rows of one statement in one {@link ClientMessage.Execute}. */
  public static final int BATCH_ROWS_MAX = 1_048_576;

  /** Steps of a script. */
  public static final int STEPS_MAX = 10_000;

  /** Rows in one batch of a result. */
  public static final int ROWS_MAX = 1_048_576;

  /** Members of a cluster. */
  public static final int MEMBERS_MAX = 1_024;

  /** Properties in a {@link ClientMessage.Hello} or a {@link ServerMessage.StatusReport}. */
  public static final int PROPERTIES_MAX = 1_024;

  /** Bytes of one part of a state that is copied to another node: 4 MiB. */
  public static final int STATE_PART_BYTES_MAX = 4 << 20;

  /** Bytes of a place in the content of a database, a table's name and a key: 64 KiB. */
  public static final int PLACE_BYTES_MAX = 1 << 16;

  private Limits() {}
}
