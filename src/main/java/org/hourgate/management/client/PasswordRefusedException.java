package org.hourgate.management.client;

import org.hourgate.management.ManagementException;

/** The password was wrong, missing or could not be read: no use in trying again at once. */
final class PasswordRefusedException extends ManagementException {
  PasswordRefusedException(String message) {
    super(message);
  }
}
