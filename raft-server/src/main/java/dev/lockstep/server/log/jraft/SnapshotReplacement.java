package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import dev.lockstep.server.log.LogOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives a member that is closed another snapshot than the one it has: what the engine does when it
 * is sent one by the leader (Raft, section 7: InstallSnapshot), but with files that came by another
 * way. The log stays as it is: when the member starts it keeps the entries after the snapshot, or
 * drops them if they are not of the snapshot's history. Term and vote are not touched.
 */
final class SnapshotReplacement {
  private SnapshotReplacement() {}

  /**
   * Replaces the snapshot: on failure, or a crash at any point, the member has the former one or
   * the new one, whole.
   *
   * @param state directory with the state machine's files, which are moved away from there
   * @param index the last entry that they hold
   * @throws IOException if the member has a snapshot that is as new already, or the disk fails
   */
  static void run(LogOptions options, Path state, long index, long term) throws IOException {
    Path directory = EngineOptions.snapshotsOf(options);
    LocalSnapshotStorage storage =
        new LocalSnapshotStorage(directory.toString(), "", new RaftOptions());
    if (!storage.init(null)) {
      throw new IOException("the snapshots in " + directory + " cannot be used");
    }
    if (storage.getLastSnapshotIndex() >= index) {
      throw new IOException(
          "the state at index "
              + index
              + " is not newer than the snapshot at index "
              + storage.getLastSnapshotIndex()
              + " that this member has");
    }
    SnapshotWriter writer = storage.create();
    if (writer == null) {
      throw new IOException("no snapshot can be written in " + directory);
    }
    boolean complete = false;
    try {
      fill(writer, options, state, index, term);
      complete = true;
    } finally {
      // Not kept unless it is complete.
      if (complete) {
        writer.close();
      } else {
        writer.close(false);
      }
    }
    if (!writer.isOk() || storage.getLastSnapshotIndex() != index) {
      throw new IOException("the snapshot at index " + index + " was not written: " + writer);
    }
    SnapshotFiles.force(directory);
  }

  private static void fill(
      SnapshotWriter writer, LogOptions options, Path state, long index, long term)
      throws IOException {
    Path target = Path.of(writer.getPath());
    Path files = Files.createDirectories(target.resolve(SnapshotFiles.STATE_DIRECTORY));
    for (Path file : SnapshotFiles.in(state)) {
      Files.move(file, files.resolve(state.relativize(file).toString()));
    }
    for (Path file : SnapshotFiles.in(files)) {
      String name = target.relativize(file).toString().replace('\\', '/');
      if (!writer.addFile(name)) {
        throw new IOException("the engine refused the file " + name);
      }
    }
    SnapshotMeta.Builder meta =
        SnapshotMeta.newBuilder().setLastIncludedIndex(index).setLastIncludedTerm(term);
    for (PeerId peer : new Peers(options).configuration().listPeers()) {
      meta.addPeers(peer.toString());
    }
    if (!writer.saveMeta(meta.build())) {
      throw new IOException("the engine refused the snapshot's description");
    }
    SnapshotFiles.force(target);
  }
}
