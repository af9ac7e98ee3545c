package org.hourgate.app.install;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of {@code openvpn-conf/} with {@code {{PLACEHOLDERS}}}. Filling is strict: every
 * placeholder needs a value, and every value a placeholder.
 */
public final class ConfigTemplate {

  /** The server's configuration. */
  public static final String SERVER = "server.conf";

  /** A customer's profile. */
  public static final String CLIENT = "client.ovpn.template";

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([A-Z0-9_]+)}}");

  private final String text;

  /** Takes the text of a template. */
  public ConfigTemplate(String text) {
    this.text = text;
  }

  /** Reads one of the files that are shipped with the program. */
  public static ConfigTemplate shipped(String name) {
    return new ConfigTemplate(Shipped.text("openvpn-conf/" + name));
  }

  /** Returns what OpenVPN reads in place of a file. */
  public static String inline(String name, String content) {
    return "<" + name + ">\n" + content.strip() + "\n</" + name + ">";
  }

  /** Returns the text with each placeholder replaced by its value. */
  public String fill(Map<String, String> values) {
    Set<String> unused = new HashSet<>(values.keySet());
    StringBuilder filled = new StringBuilder();
    Matcher matcher = PLACEHOLDER.matcher(text);
    while (matcher.find()) {
      String value = values.get(matcher.group(1));
      if (value == null) {
        throw new IllegalArgumentException("no value for " + matcher.group());
      }
      unused.remove(matcher.group(1));
      matcher.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException("no placeholder for " + unused);
    }
    return matcher.appendTail(filled).toString();
  }
}
