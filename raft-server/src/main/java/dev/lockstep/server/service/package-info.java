/** What a node does with the requests of its clients: checks, commands, reads, transactions. */
package dev.lockstep.server.service;
