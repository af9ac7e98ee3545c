package org.hourgate.app.install;

import java.util.Base64;

/** Bytes as the text that OpenSSL and OpenVPN read. */
final class Pem {

  private static final int LINE_LENGTH = 64;

  private Pem() {}

  static String write(String label, byte[] content) {
    String body = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
