package org.hourgate.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandTest {

  private static final ClientId CLIENT = new ClientId(0);
  private static final KeyId KEY = new KeyId(1);

  @ParameterizedTest
  @ValueSource(strings = {"a\nsignal SIGTERM", "a\r", "\u0000", "\u001b[1m", "\u007f", "\u0085"})
  void refusesControlCharacters(String text) {
    refuses(() -> new Command.ClientDeny(CLIENT, KEY, text, Optional.empty()));
    refuses(() -> new Command.ClientDeny(CLIENT, KEY, "x", Optional.of(text)));
    refuses(() -> new Command.ClientKill(CLIENT, Optional.of(text)));
    refuses(() -> new Command.ClientPendingAuth(CLIENT, KEY, text, 60));
    refuses(() -> new Command.ClientAuth(CLIENT, KEY, List.of(text)));
  }

  @Test
  void takesWordsOf256BytesAndNoMore() {
    assertThat(new Command.ClientKill(CLIENT, Optional.of("x".repeat(256)))).isNotNull();
    refuses(() -> new Command.ClientKill(CLIENT, Optional.of("x".repeat(257))));
    refuses(() -> new Command.ClientKill(CLIENT, Optional.of("ä".repeat(129))));
    refuses(() -> new Command.KillCommonName("x".repeat(257)));
  }

  @Test
  void refusesLinesAbove512BytesWithTheirQuotes() {
    refuses(
        () -> new Command.ClientDeny(CLIENT, KEY, "x".repeat(256), Optional.of("\"".repeat(130))));
    refuses(() -> new Command.ClientKill(CLIENT, Optional.of("\\".repeat(251))));
    refuses(() -> new Command.KillCommonName("\"".repeat(256)));
  }

  @Test
  void takesDirectivesOf255BytesAndNoMore() {
    assertThat(new Command.ClientAuth(CLIENT, KEY, List.of("x".repeat(255)))).isNotNull();
    refuses(() -> new Command.ClientAuth(CLIENT, KEY, List.of("x".repeat(256))));
    refuses(() -> new Command.ClientAuth(CLIENT, KEY, List.of("ä".repeat(128))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"END", " END", "END "})
  void refusesDirectivesThatReadLikeTheEndOfTheBlock(String directive) {
    refuses(() -> new Command.ClientAuth(CLIENT, KEY, List.of(directive)));
  }

  @Test
  void refusesHalfASurrogatePair() {
    refuses(() -> new Command.ClientKill(CLIENT, Optional.of("\ud834")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "did:pkh", "a\nb", "\u20ac", "\u007f"})
  void refusesCommonNamesThatKillWouldMisread(String name) {
    refuses(() -> new Command.KillCommonName(name));
  }

  @Test
  void keepsSecretsOutOfItsText() {
    assertThat(
            new Command.ClientAuth(CLIENT, KEY, List.of("push \"auth-token secret\"")).toString())
        .isEqualTo("ClientAuth[client=0, key=1, 1 directives]");
    ClientEnvironment environment = new ClientEnvironment(Map.of("password", "secret"), false);
    assertThat(new Notification.ClientConnect(CLIENT, KEY, environment).toString())
        .doesNotContain("secret");
    assertThat(
            new Notification.ClientChallengeResponse(CLIENT, KEY, "secret", environment).toString())
        .doesNotContain("secret");
    assertThat(new Notification.Unrecognized("PASSWORD", "Auth-Token:secret").toString())
        .doesNotContain("secret");
  }

  private static void refuses(Runnable construction) {
    assertThatIllegalArgumentException().isThrownBy(construction::run);
  }
}
