/**
 * A music shop on three nodes: it takes orders while the leader is killed, and proves that none was
 * lost or doubled.
 */
package dev.lockstep.examples.shop;
