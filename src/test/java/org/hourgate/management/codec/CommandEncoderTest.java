package org.hourgate.management.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.hourgate.management.ClientId;
import org.hourgate.management.ClientText;
import org.hourgate.management.Command;
import org.hourgate.management.KeyId;
import org.junit.jupiter.api.Test;

final class CommandEncoderTest {

  private static final ClientId CLIENT = new ClientId(7);
  private static final KeyId KEY = new KeyId(3);

  @Test
  void writesEachCommandAsOpenVpnReadsIt() {
    assertLines(
        new Command.ClientAuth(CLIENT, KEY, List.of("session-timeout 60", "push \"ping 5\"")),
        "client-auth 7 3\nsession-timeout 60\npush \"ping 5\"\nEND\n");
    assertLines(new Command.ClientAuth(CLIENT, KEY, List.of()), "client-auth 7 3\nEND\n");
    assertLines(new Command.ClientAuthNt(CLIENT, KEY), "client-auth-nt 7 3\n");
    assertLines(
        new Command.ClientDeny(CLIENT, KEY, "no_time", Optional.empty()),
        "client-deny 7 3 \"no_time\"\n");
    assertLines(
        new Command.ClientDeny(CLIENT, KEY, "no_time", Optional.of("a \"b\" \\c")),
        "client-deny 7 3 \"no_time\" \"a \\\"b\\\" \\\\c\"\n");
    assertLines(new Command.ClientKill(CLIENT, Optional.empty()), "client-kill 7\n");
    assertLines(
        new Command.ClientKill(CLIENT, Optional.of("HALT,bye")), "client-kill 7 \"HALT,bye\"\n");
    assertLines(
        new Command.ClientPendingAuth(CLIENT, KEY, "", 60), "client-pending-auth 7 3 \"\" 60\n");
    assertLines(new Command.KillCommonName("0xab"), "kill \"0xab\"\n");
    assertLines(new Command.KillAddress("192.0.2.7", 1194), "kill 192.0.2.7:1194\n");
    assertLines(new Command.EnvFilter(0), "env-filter 0\n");
    assertLines(new Command.HoldOn(), "hold on\n");
    assertLines(new Command.HoldRelease(), "hold release\n");
    assertLines(new Command.HoldQuery(), "hold\n");
    assertLines(new Command.LogOn(), "log on\n");
    assertLines(new Command.LogOff(), "log off\n");
    assertLines(new Command.StateOn(), "state on\n");
    assertLines(new Command.ByteCount(5), "bytecount 5\n");
    assertLines(new Command.Pid(), "pid\n");
    assertLines(new Command.LoadStats(), "load-stats\n");
    assertLines(new Command.Version(), "version\n");
    assertLines(new Command.Status(), "status 3\n");
    assertLines(new Command.StateAll(), "state all\n");
    assertLines(new Command.LogAll(), "log all\n");
  }

  @Test
  void writesTextAsUtf8AndCommonNamesAsTheBytesTheyCameAs() {
    ByteBuf out = Unpooled.buffer();
    CommandEncoder.encode(new Command.ClientKill(CLIENT, Optional.of("HALT,käse")), out);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("client-kill 7 \"HALT,käse\"\n");
    ByteBuf kill = Unpooled.buffer();
    CommandEncoder.encode(new Command.KillCommonName("k\u00c3\u00a4se"), kill);
    assertThat(kill.toString(StandardCharsets.UTF_8)).isEqualTo("kill \"käse\"\n");
  }

  @Test
  void anyTextReachesTheDaemonAsOneWordAndTheLineKeepsItsBound() {
    Random random = new Random(5);
    String alphabet = "ab \"'\\;#,=ä€𝄞\n\t\u0000\u007f";
    int[] codePoints = alphabet.codePoints().toArray();
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(400); length > 0; length--) {
        text.appendCodePoint(codePoints[random.nextInt(codePoints.length)]);
      }
      String safe = ClientText.safe(text.toString());
      String line =
          line(
              new Command.ClientDeny(
                  new ClientId(Long.MAX_VALUE), new KeyId(Long.MAX_VALUE), "x", Optional.of(safe)));
      assertThat(line.length()).isLessThanOrEqualTo(513);
      assertThat(CommandLexer.split(line.strip()))
          .isEqualTo(
              new CommandLexer.Words(
                  List.of(
                      "client-deny", "" + Long.MAX_VALUE, "" + Long.MAX_VALUE, "x", latin1(safe))));
    }
  }

  private static void assertLines(Command command, String lines) {
    assertThat(line(command)).isEqualTo(lines);
  }

  private static String line(Command command) {
    ByteBuf out = Unpooled.buffer();
    CommandEncoder.encode(command, out);
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static String latin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
