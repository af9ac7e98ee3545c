/**
 * The way to the chain: asks Ethereum nodes by JSON-RPC what the contracts say about wallets,
 * watches new blocks, and turns both into entitlements. The truth is always the contracts' state
 * ({@code accessOf}); events only say which wallets to read again. A node whose answer leaves a
 * doubt is unfit: that is never read as "not paid".
 *
 * <p><b>Starting points:</b> {@link org.hourgate.chain.ChainLedger} puts the parts together, {@code
 * ChainWatcher} follows the chain, {@code Lookups} answers questions; {@link
 * org.hourgate.chain.HourgateContract} sends transactions.
 *
 * <p><b>May depend on:</b> {@code entitlement}, {@code credential}, {@code infrastructure}. web3j
 * is used here alone.
 */
@NullMarked
package org.hourgate.chain;

import org.jspecify.annotations.NullMarked;
