package org.hourgate.management.client;

/** The user event of a channel on which OpenVPN has greeted: from now on commands may be sent. */
enum Greeted {
  EVENT
}
