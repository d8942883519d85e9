package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.EnumOutter.ErrorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The term and the vote of a member, in a file with a checksum that is replaced as a whole. A
 * member that has forgotten, or misread, its vote could vote twice in a term: two leaders.
 *
 * <p>In place of the engine's own file, which has no checksum. Guarded by the engine's lock.
 */
final class VoteFile implements RaftMetaStorage {
  static final String NAME = "vote";
  private static final String FORMAT = "lockstep-vote 1";
  private static final int FILE_BYTES_MAX = 4_096;

  private final Path file;
  private final EngineStorage owner;
  private Node node;
  private long term;
  private PeerId vote = PeerId.emptyPeer();

  VoteFile(Path directory, EngineStorage owner) {
    this.file = directory.resolve(NAME);
    this.owner = owner;
  }

  @Override
  public boolean init(RaftMetaStorageOptions options) {
    node = options.getNode();
    try {
      Files.createDirectories(file.getParent());
      if (Files.exists(file)) {
        read();
      } else if (owner.hasEntries()) {
        throw new IOException(
            file + " is missing, though the log has entries; " + EngineStorage.WHAT_TO_DO);
      }
      return true;
    } catch (IOException e) {
      owner.refuse(e);
      return false;
    }
  }

  private void read() throws IOException {
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw damaged("is too large");
    }
    String content = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    String[] lines = content.split("\n", -1);
    if (lines.length != 5 || !lines[4].isEmpty()) {
      throw damaged("does not have the lines it should have");
    }
    if (!lines[3].equals(checksum(lines[0], lines[1], lines[2]))) {
      throw damaged("does not fit its checksum");
    }
    if (!lines[0].equals(FORMAT)) {
      throw new IOException(file + " is of format \"" + lines[0] + "\", not \"" + FORMAT + "\"");
    }
    PeerId read = new PeerId();
    if (!lines[2].isEmpty() && !read.parse(lines[2])) {
      throw damaged("names nobody with " + lines[2]);
    }
    term = Long.parseLong(lines[1]);
    vote = read;
  }

  private IOException damaged(String how) {
    return new IOException(file + " " + how + "; " + EngineStorage.WHAT_TO_DO);
  }

  private static String checksum(String format, String term, String vote) {
    CRC32C crc = new CRC32C();
    crc.update((format + "\n" + term + "\n" + vote).getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }

  /** Either the former content or the whole new one is on the disk, whenever the power fails. */
  private void write(long newTerm, PeerId newVote) throws IOException {
    String termText = Long.toString(newTerm);
    String voteText = newVote.isEmpty() ? "" : newVote.toString();
    String content =
        String.join("\n", FORMAT, termText, voteText, checksum(FORMAT, termText, voteText) + "\n");
    Path unfinished = file.resolveSibling(NAME + ".new");
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    SnapshotFiles.forceOne(file.getParent());
  }

  /** What could not be stored does not count: the engine then neither votes nor runs. */
  private boolean store(long newTerm, PeerId newVote) {
    try {
      write(newTerm, newVote);
    } catch (IOException e) {
      JRaftLog.LOG.error("the vote in term {} cannot be stored in {}", newTerm, file, e);
      ((NodeImpl) node)
          .onError(
              new RaftException(
                  ErrorType.ERROR_TYPE_META, RaftError.EIO, "the vote cannot be stored: " + e));
      return false;
    }
    term = newTerm;
    vote = newVote.copy();
    return true;
  }

  @Override
  public boolean setTerm(long newTerm) {
    return store(newTerm, vote);
  }

  @Override
  public long getTerm() {
    return term;
  }

  @Override
  public boolean setVotedFor(PeerId newVote) {
    return store(term, newVote);
  }

  @Override
  public PeerId getVotedFor() {
    return vote;
  }

  @Override
  public boolean setTermAndVotedFor(long newTerm, PeerId newVote) {
    return store(newTerm, newVote);
  }

  @Override
  public void shutdown() {
    // Nothing is open.
  }
}
