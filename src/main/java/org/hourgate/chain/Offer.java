package org.hourgate.chain;

/**
 * A product, and how its price is written for people.
 *
 * @param symbol of the token, a short word; empty for ether
 * @param decimals how many digits of the price stand behind the point; 18 for ether
 */
public record Offer(Product product, String symbol, int decimals) {}
