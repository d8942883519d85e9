package dev.lockstep.examples.spring;

import java.math.BigDecimal;

record Track(long id, String name, BigDecimal price, int stock) {}
