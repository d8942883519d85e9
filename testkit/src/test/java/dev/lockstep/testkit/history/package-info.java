/**
 * Histories of what clients saw, and checkers that say whether a strictly serializable database
 * could have shown it.
 */
package dev.lockstep.testkit.history;
