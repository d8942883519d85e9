package dev.lockstep.examples.spring;

record Artist(long id, String name) {}
