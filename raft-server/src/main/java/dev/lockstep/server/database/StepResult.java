package dev.lockstep.server.database;

import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.Digest;

/**
 * What a step of a transaction did.
 *
 * @param result {@link CommandResult.Executed} or {@link CommandResult.Failed} with cause STATEMENT
 * @param seen the digest that certifies it; null if the step was refused or cancelled, and so is
 *     not one of the script
 */
public record StepResult(CommandResult result, Digest seen) {}
