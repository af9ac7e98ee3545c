package org.hourgate.shop;

import java.time.Duration;

/**
 * What the operator chose.
 *
 * @param name what customers call the gateway
 * @param loginLifetime how long a signed login is good
 * @param deviceLifetime how long a device pass is good
 */
public record ShopSettings(String name, Duration loginLifetime, Duration deviceLifetime) {}
