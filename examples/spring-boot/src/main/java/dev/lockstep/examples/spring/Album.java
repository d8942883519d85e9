package dev.lockstep.examples.spring;

record Album(long id, String title) {}
