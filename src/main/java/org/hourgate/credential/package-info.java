/**
 * Who somebody is: wallet addresses, issued nonces, the signed EIP-4361 text, passwords and their
 * strict decoding, signature recovery, reconnect tokens, and the memory of spent logins. No
 * network, no clock of its own. Secrets, signatures and nonces are in no {@code toString} and in no
 * exception message.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.credential.CredentialAuthority}, {@link
 * org.hourgate.credential.PasswordDecoder}, {@link org.hourgate.credential.WalletAddress}.
 *
 * <p><b>May depend on:</b> {@code infrastructure.files}.
 */
@NullMarked
package org.hourgate.credential;

import org.jspecify.annotations.NullMarked;
