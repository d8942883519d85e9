package dev.lockstep.examples.shop;

/**
 * A table's content in short: equal for equal content only.
 *
 * @param sha256 of all values of all rows, in hexadecimal digits
 */
record TableDigest(long rows, String sha256) {}
