package org.hourgate.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.hourgate.app.config.ConfigFuzz;
import org.hourgate.chain.AbiFuzz;
import org.hourgate.credential.CredentialFuzz;
import org.hourgate.gate.StateFilesFuzz;
import org.hourgate.gate.script.ScriptRequestFuzz;
import org.hourgate.infrastructure.http.ForwardedForFuzz;
import org.hourgate.management.codec.CodecFuzz;
import org.hourgate.management.codec.EncoderFuzz;
import org.hourgate.operator.AdminFuzz;
import org.hourgate.operator.GuestFuzz;
import org.hourgate.session.ReplyFuzz;
import org.hourgate.shop.ShopFuzz;

/** What is fuzzed. */
public enum Targets {
  /** Bytes of OpenVPN to messages. */
  CODEC(CodecFuzz::new),
  /** Commands to bytes and back by the lexer; any line through the lexer. */
  ENCODER(EncoderFuzz::new),
  /** Bytes of OpenVPN to the gate's verdicts. */
  STREAM(StreamFuzz::new),
  /** Replies to {@code status 3}, {@code log all} and {@code version}. */
  REPLY(ReplyFuzz::new),
  /** Bytes of an operator's tool to commands for OpenVPN. */
  GUEST(GuestFuzz::new),
  /** Passwords and cookies. */
  CREDENTIAL(CredentialFuzz::new),
  /** What a node answers. */
  ABI(AbiFuzz::new),
  /** The configuration file. */
  CONFIG(ConfigFuzz::new),
  /** Bytes of a browser to the shop's answers. */
  SHOP(ShopFuzz::new),
  /** Who stands behind a chain of proxies. */
  FORWARDED(ForwardedForFuzz::new),
  /** Lines to the admin socket. */
  ADMIN(AdminFuzz::new),
  /** The files in {@code state-dir}. */
  STATE(StateFilesFuzz::new),
  /** What the script of the second way in hands over. */
  SCRIPT(ScriptRequestFuzz::new);

  @SuppressWarnings("ImmutableEnumChecker") // a constructor
  private final Supplier<FuzzTarget> maker;

  Targets(Supplier<FuzzTarget> maker) {
    this.maker = maker;
  }

  /** The name on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Makes one, which may be used by one thread. */
  public FuzzTarget make() {
    return maker.get();
  }

  static Targets named(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Makes one, or a mixture of several with commas between their names. */
  static FuzzTarget make(String words) {
    List<Targets> targets = Arrays.stream(words.split(",", -1)).map(Targets::named).toList();
    return targets.size() == 1 ? targets.getFirst().make() : new Mixture(targets);
  }
}
