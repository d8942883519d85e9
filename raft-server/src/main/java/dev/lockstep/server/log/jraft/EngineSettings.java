package dev.lockstep.server.log.jraft;

import com.alipay.remoting.exception.DeserializationException;
import com.alipay.remoting.serialization.Serializer;
import com.alipay.remoting.serialization.SerializerManager;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import com.alipay.sofa.jraft.util.StorageOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.util.SizeUnit;

/**
 * What of SOFAJRaft, its transport (bolt) and its log store (RocksDB) is set once for the JVM. A
 * system property that the operator has set already is left as it is.
 */
final class EngineSettings {
  private static final long LOG_WRITE_BUFFER_BYTES = 16 * SizeUnit.MB;
  private static final int LOG_WRITE_BUFFERS_MAX = 4;
  private static final long LOG_BLOCK_CACHE_BYTES = 16 * SizeUnit.MB;
  private static final long LOG_WAL_BYTES_MAX = 256 * SizeUnit.MB;
  private static final int ROCKSDB_LOG_FILES_MAX = 4;
  private static final int ROCKSDB_JOBS_MAX = 2;

  static {
    // Bolt would write log files of its own to ~/logs, by means that current Logback has not; off,
    // it logs through SLF4J like everything else.
    setIfAbsent("sofa.middleware.log.disable", "true");
    setIfAbsent("sofa.middleware.log.internal.level", "ERROR");
    // The pool that bolt uses for what has no executor: 20 threads by default, hardly used.
    setIfAbsent("bolt.tp.min", "2");
    setIfAbsent("bolt.tp.max", "32");
    // All requests between members are protobuf messages. Bolt also accepts Java objects from
    // whoever can reach the port; not here.
    SerializerManager.addSerializer(SerializerManager.Hessian2, new NoJavaObjects());
    sizeLogStore();
  }

  private EngineSettings() {}

  /** Makes sure that the settings are in force; to be called before any class of the engine. */
  static void apply() {
    // The static initializer has done it.
  }

  /** The defaults allow for up to 1.5 GB of memory outside the heap for each database. */
  private static void sizeLogStore() {
    DBOptions database = StorageOptionsFactory.getDefaultRocksDBOptions();
    database.setMaxTotalWalSize(LOG_WAL_BYTES_MAX);
    database.setKeepLogFileNum(ROCKSDB_LOG_FILES_MAX);
    database.setMaxBackgroundJobs(ROCKSDB_JOBS_MAX);
    StorageOptionsFactory.registerRocksDBOptions(RocksDBLogStorage.class, database);
    ColumnFamilyOptions family = StorageOptionsFactory.getDefaultRocksDBColumnFamilyOptions();
    family.setWriteBufferSize(LOG_WRITE_BUFFER_BYTES);
    family.setMaxWriteBufferNumber(LOG_WRITE_BUFFERS_MAX);
    family.setMinWriteBufferNumberToMerge(1);
    StorageOptionsFactory.registerRocksDBColumnFamilyOptions(RocksDBLogStorage.class, family);
    StorageOptionsFactory.registerRocksDBTableFormatConfig(
        RocksDBLogStorage.class,
        StorageOptionsFactory.getDefaultRocksDBTableConfig()
            .setBlockCacheSize(LOG_BLOCK_CACHE_BYTES));
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Stands where bolt has its Hessian serializer. */
  private static final class NoJavaObjects implements Serializer {
    @Override
    public byte[] serialize(Object object) {
      // Bolt asks for it when it answers with an exception; the answer's status says enough.
      return new byte[0];
    }

    @Override
    public <T> T deserialize(byte[] data, String className) throws DeserializationException {
      throw new DeserializationException("members do not exchange Java objects: " + className);
    }
  }
}
