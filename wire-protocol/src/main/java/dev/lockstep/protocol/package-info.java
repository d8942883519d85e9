/** The client protocol: frames, messages, values and their encoding. */
package dev.lockstep.protocol;
