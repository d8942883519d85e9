package dev.lockstep.examples.spring;

import java.math.BigDecimal;

record Receipt(String reference, BigDecimal total) {}
