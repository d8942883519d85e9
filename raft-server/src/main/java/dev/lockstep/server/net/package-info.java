/** The front door: accepts clients, turns bytes into requests and answers into bytes. */
package dev.lockstep.server.net;
