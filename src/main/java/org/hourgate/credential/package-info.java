/**
 * Who somebody is: wallet addresses, issued nonces, the signed EIP-4361 text, passwords and their
 * strict decoding, signature recovery, reconnect tokens. No network, no clock of its own.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.credential.WalletAddress}.
 *
 * <p><b>May depend on:</b> {@code infrastructure}.
 */
@NullMarked
package org.hourgate.credential;

import org.jspecify.annotations.NullMarked;
