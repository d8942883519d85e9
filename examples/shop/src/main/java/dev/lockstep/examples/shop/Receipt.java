package dev.lockstep.examples.shop;

import java.math.BigDecimal;

/**
 * What the shop's client knows of an order that the cluster has acknowledged: it must be in the
 * files like this.
 *
 * @param total of the invoice in currency units, two decimals
 * @param acknowledgedNanos {@link System#nanoTime()} when COMMIT had returned
 */
record Receipt(
    String reference, long invoiceId, int lines, BigDecimal total, long acknowledgedNanos) {}
