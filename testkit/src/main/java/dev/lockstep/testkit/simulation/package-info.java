/**
 * A replicated log whose whole group lives in one thread on virtual time, driven by a seed: the
 * second implementation of the port {@code dev.lockstep.server.log}, for finding what real clusters
 * show once a year.
 *
 * <p><b>Modelled</b>, each with a chance drawn from the seed: elections won and lost, terms,
 * leaders cut off that still believe they lead, members that follow a leader of the past; entries
 * that are lost with their leader, and entries that are committed later although their proposer was
 * told {@code UNKNOWN}; refusals by term, by a full queue, by a stopped member; failures that are
 * reported long after they happened; batches cut anywhere; members that lag, stand still, are
 * closed or killed (losing what they had not forced to disk) and come back with their files;
 * snapshots taken while entries are applied, installed on members behind the log's start, and found
 * on start; entries handed over again after a restart; read indexes that come late or fail;
 * messages that are lost on the way there or back, in one direction only, too.
 *
 * <p><b>Not modelled</b>: single messages (an exchange of request and answer is one event, so that
 * its parts are never overtaken; that gives no other histories at the port), changes of the
 * members, disks that lie or rot, calls from several threads at once.
 *
 * <p>While it runs, the group checks itself: Election Safety, Leader Completeness, Log Matching
 * where it matters and State Machine Safety (Raft thesis, figure 3.2), linearizable read indexes,
 * and that each proposal ends at most once and enters the log at most once, never after it was
 * refused.
 */
package dev.lockstep.testkit.simulation;
