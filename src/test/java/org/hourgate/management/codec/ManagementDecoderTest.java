package org.hourgate.management.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.management.Notification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ManagementDecoderTest {

  private static final String GREETING =
      ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n";

  private static final String HOSTILE =
      ">CLIENT:CONNECT,0,1\n>CLIENT:ENV,username=NAME\r\n>CLIENT:ENV,END\n";

  private static final String HOSTILE_NAME = "\u0000\u0085\u00e2\u0080\u00a8\u00ff\r.\r";

  /** A stream and what it says. */
  record Case(String name, String stream, List<ManagementMessage> messages) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> streams() {
    return Stream.of(
        new Case("greeting", GREETING, List.of(notified(greeting()))),
        new Case(
            "connect",
            lines(
                ">CLIENT:CONNECT,3,1",
                ">CLIENT:ENV,username=0xab",
                ">CLIENT:ENV,password=a=b,c",
                ">CLIENT:ENV,END"),
            List.of(
                notified(
                    new Notification.ClientConnect(
                        client(3), key(1), env("username", "0xab", "password", "a=b,c"))))),
        new Case(
            "reauth",
            ">CLIENT:REAUTH,3,4\r\n>CLIENT:ENV,a=\r\n>CLIENT:ENV,END\r\n",
            List.of(notified(new Notification.ClientReauth(client(3), key(4), env("a", ""))))),
        new Case(
            "established",
            lines(
                ">CLIENT:ADDRESS,3,10.8.0.2,1",
                ">CLIENT:ADDRESS,3,172.20.5.0/255.255.255.0,0",
                ">CLIENT:ESTABLISHED,3",
                ">CLIENT:ENV,common_name=x",
                ">CLIENT:ENV,END"),
            List.of(
                notified(new Notification.ClientAddress(client(3), "10.8.0.2", true)),
                notified(
                    new Notification.ClientAddress(client(3), "172.20.5.0/255.255.255.0", false)),
                notified(new Notification.ClientEstablished(client(3), env("common_name", "x"))))),
        new Case(
            "disconnect of a client that was never established",
            ">CLIENT:DISCONNECT,3\r\n>CLIENT:ENV,END\r\n",
            List.of(
                notified(new Notification.ClientDisconnect(client(3), ClientEnvironment.EMPTY)))),
        new Case(
            "log lines inside a block",
            lines(
                ">CLIENT:CONNECT,0,1",
                ">LOG:17,I,peer, info",
                ">CLIENT:ENV,IV_VER=2",
                ">NOTIFY:info,remote-exit,EXIT",
                ">CLIENT:ENV,END"),
            List.of(
                notified(new Notification.LogLine(17, "I", "peer, info")),
                notified(new Notification.Unrecognized("NOTIFY", "info,remote-exit,EXIT")),
                notified(new Notification.ClientConnect(client(0), key(1), env("IV_VER", "2"))))),
        new Case(
            "challenge response with commas",
            ">CLIENT:CR_RESPONSE,1,3,a,b,>CLIENT:ENV,END\r\n>CLIENT:ENV,END\r\n",
            List.of(
                notified(
                    new Notification.ClientChallengeResponse(
                        client(1), key(3), "a,b,>CLIENT:ENV,END", ClientEnvironment.EMPTY)))),
        new Case(
            "one-line notifications",
            lines(
                ">STATE:5,CONNECTED,SUCCESS,10.88.0.1,,,10.99.0.1,1194",
                ">HOLD:Waiting for hold release:10",
                ">BYTECOUNT_CLI:4,5,6",
                ">FATAL:no more",
                ">INFOMSG:any: text",
                ">NEW"),
            List.of(
                notified(
                    new Notification.StateChange(
                        5, "CONNECTED", "SUCCESS", "10.88.0.1,,,10.99.0.1,1194")),
                notified(new Notification.Hold("Waiting for hold release:10")),
                notified(new Notification.ByteCount(client(4), 5, 6)),
                notified(new Notification.Fatal("no more")),
                notified(new Notification.Unrecognized("INFOMSG", "any: text")),
                notified(new Notification.Unrecognized("NEW", "")))),
        new Case(
            "reply lines",
            "SUCCESS: pid=1\r\nERROR: x\r\na\tb\r\n\r\nEND\r\n",
            Stream.of("SUCCESS: pid=1", "ERROR: x", "a\tb", "", "END")
                .map(ManagementDecoderTest::reply)
                .toList()),
        new Case(
            "password prompts glued to each other and to a line",
            "ENTER PASSWORD:ENTER PASSWORD:SUCCESS: password is correct\r\n" + GREETING,
            List.of(
                new ManagementMessage.PasswordPrompt(),
                new ManagementMessage.PasswordPrompt(),
                reply("SUCCESS: password is correct"),
                notified(greeting()))),
        new Case(
            "a line that reads like a prompt behind the greeting",
            GREETING + "ENTER PASSWORD:x\r\n",
            List.of(notified(greeting()), reply("ENTER PASSWORD:x"))),
        new Case(
            "bytes that are no line ends",
            HOSTILE.replace("NAME", HOSTILE_NAME),
            List.of(
                notified(
                    new Notification.ClientConnect(
                        client(0), key(1), env("username", HOSTILE_NAME))))),
        new Case(
            "unknown client word",
            ">CLIENT:DANCE,1\r\n",
            List.of(notified(new Notification.Unrecognized("CLIENT", "DANCE,1")))));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void readsStreamInOnePiece(Case example) {
    assertThat(DecoderHarness.decode(example.stream())).isEqualTo(example.messages());
  }

  @ParameterizedTest
  @MethodSource("streams")
  void readsStreamCutAtEveryByte(Case example) {
    byte[] bytes = DecoderHarness.bytes(example.stream());
    for (int cut = 1; cut < bytes.length; cut++) {
      try (DecoderHarness decoder = new DecoderHarness()) {
        decoder.write(bytes, 0, cut).write(bytes, cut, bytes.length);
        assertThat(decoder.messages()).as("cut at %d", cut).isEqualTo(example.messages());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void readsStreamByteByByte(Case example) {
    try (DecoderHarness decoder = new DecoderHarness()) {
      byte[] bytes = DecoderHarness.bytes(example.stream());
      for (int i = 0; i < bytes.length; i++) {
        decoder.write(bytes, i, i + 1);
      }
      assertThat(decoder.messages()).isEqualTo(example.messages());
    }
  }

  @Test
  void readsAllStreamsGluedTogether() {
    StringBuilder stream = new StringBuilder();
    List<ManagementMessage> messages = new ArrayList<>();
    streams()
        .filter(example -> !example.name().contains("prompt"))
        .forEach(
            example -> {
              stream.append(example.stream());
              messages.addAll(example.messages());
            });
    assertThat(DecoderHarness.decode(stream.toString())).isEqualTo(messages);
  }

  @Test
  void asksForThePasswordWithoutWaitingForALineEnd() {
    assertThat(DecoderHarness.decode("ENTER PASSWORD:"))
        .containsExactly(new ManagementMessage.PasswordPrompt());
  }

  @Test
  void keepsTheFirstOfTwoVariablesAndSaysSo() {
    ClientEnvironment environment =
        connected(">CLIENT:ENV,username=first\r\n>CLIENT:ENV,username=second\r\n");
    assertThat(environment.duplicated()).isTrue();
    assertThat(environment.get("username")).contains("first");
  }

  @Test
  void variableNamedEndDoesNotEndTheBlock() {
    assertThat(connected(">CLIENT:ENV,END=\r\n>CLIENT:ENV,a=b\r\n"))
        .isEqualTo(env("END", "", "a", "b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ">CLIENT:CONNECT,,1",
        ">CLIENT:CONNECT,0",
        ">CLIENT:CONNECT,-1,1",
        ">CLIENT:CONNECT,+1,1",
        ">CLIENT:CONNECT,1,1,1",
        ">CLIENT:CONNECT,9223372036854775808,1",
        ">CLIENT:CONNECT,0,99999999999999999999999",
        ">CLIENT:REAUTH,x,1",
        ">CLIENT:ESTABLISHED,",
        ">CLIENT:ESTABLISHED,1,2",
        ">CLIENT:DISCONNECT,1e3",
        ">CLIENT:CR_RESPONSE,1,x,text",
        ">CLIENT:CR_RESPONSE,1",
        ">CLIENT:ADDRESS,1,10.8.0.2,2",
        ">CLIENT:ADDRESS,1,10.8.0.2",
        ">BYTECOUNT_CLI:1,2",
        ">BYTECOUNT_CLI:1,2,-3",
        ">STATE:now,CONNECTED",
        ">STATE:5",
        ">LOG:5,I"
      })
  void lineWithUnreadableFieldsIsUnrecognizedAndCounted(String line) {
    try (DecoderHarness decoder = new DecoderHarness()) {
      decoder.write(DecoderHarness.bytes(line + "\r\n>HOLD:x\r\n"));
      int colon = line.indexOf(':');
      assertThat(decoder.messages())
          .containsExactly(
              notified(
                  new Notification.Unrecognized(
                      line.substring(1, colon), line.substring(colon + 1))),
              notified(new Notification.Hold("x")));
      assertThat(decoder.unparsed.sum()).isOne();
      assertThat(decoder.failures).isEmpty();
    }
  }

  @Test
  void dropsAndCountsVariablesOfNobody() {
    try (DecoderHarness decoder = new DecoderHarness()) {
      decoder.write(
          DecoderHarness.bytes(
              ">CLIENT:CONNECT,x,1\r\n>CLIENT:ENV,password=p\r\n>CLIENT:ENV,END\r\n"));
      assertThat(decoder.messages()).hasSize(1);
      assertThat(decoder.unparsed.sum()).isEqualTo(3);
    }
  }

  @Test
  void largestNumbersAreRead() {
    assertThat(
            DecoderHarness.decode(
                ">CLIENT:CONNECT,9223372036854775807,4294967295\r\n>CLIENT:ENV,END\r\n"))
        .containsExactly(
            notified(
                new Notification.ClientConnect(
                    client(Long.MAX_VALUE), key(4294967295L), ClientEnvironment.EMPTY)));
  }

  @Test
  void blockInsideABlockIsAProtocolFailure() {
    assertFails(">CLIENT:CONNECT,0,1\r\n>CLIENT:ENV,a=b\r\n>CLIENT:CONNECT,1,1\r\n");
  }

  @Test
  void lineBeyondTheBoundIsAProtocolFailureWithAndWithoutLineEnd() {
    String text = "x".repeat(ManagementDecoder.MAX_LINE_BYTES + 1);
    assertFails(text);
    assertFails(text + "\r\n");
    assertThat(DecoderHarness.decode(text.substring(2) + "\r\n")).hasSize(1);
  }

  @Test
  void blockBeyondTheBoundsIsAProtocolFailure() {
    assertFails(
        ">CLIENT:CONNECT,0,1\r\n"
            + ">CLIENT:ENV,a=b\r\n".repeat(MessageAssembler.MAX_BLOCK_LINES + 1));
    assertFails(
        ">CLIENT:CONNECT,0,1\r\n" + (">CLIENT:ENV,a=" + "b".repeat(8000) + "\r\n").repeat(33));
  }

  @Test
  void copiesNoByteTwiceOfAStreamThatDoesNotBegin() {
    byte[] lines = DecoderHarness.bytes("\n".repeat(10_000));
    AtomicLong copied = new AtomicLong();
    ByteBuf counting =
        new UnpooledHeapByteBuf(UnpooledByteBufAllocator.DEFAULT, lines, lines.length) {
          @Override
          public String toString(int index, int length, Charset charset) {
            copied.addAndGet(length);
            return super.toString(index, length, charset);
          }
        };
    try (DecoderHarness decoder = new DecoderHarness()) {
      decoder.write(counting);

      assertThat(decoder.messages()).hasSize(lines.length);
      assertThat(copied).hasValue(lines.length);
    }
  }

  private static void assertFails(String stream) {
    try (DecoderHarness decoder = new DecoderHarness()) {
      decoder.write(DecoderHarness.bytes(stream));
      assertThat(decoder.failures).singleElement().isInstanceOf(ManagementProtocolException.class);
      decoder.messages();
      decoder.write(DecoderHarness.bytes("SUCCESS: ignored\r\n"));
      assertThat(decoder.messages()).isEmpty();
      assertThat(decoder.failures).hasSize(1);
    }
  }

  private static ClientEnvironment connected(String variables) {
    List<ManagementMessage> messages =
        DecoderHarness.decode(">CLIENT:CONNECT,0,1\r\n" + variables + ">CLIENT:ENV,END\r\n");
    assertThat(messages).hasSize(1);
    ManagementMessage.Notified notified = (ManagementMessage.Notified) messages.getFirst();
    return ((Notification.ClientConnect) notified.notification()).environment();
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  private static Notification greeting() {
    return new Notification.Info(
        "OpenVPN Management Interface Version 5 -- type 'help' for more info");
  }

  private static ManagementMessage notified(Notification notification) {
    return new ManagementMessage.Notified(notification);
  }

  private static ManagementMessage reply(String text) {
    return new ManagementMessage.ReplyLine(text);
  }

  private static ClientId client(long value) {
    return new ClientId(value);
  }

  private static KeyId key(long value) {
    return new KeyId(value);
  }

  private static ClientEnvironment env(String name, String value) {
    return new ClientEnvironment(Map.of(name, value), false);
  }

  private static ClientEnvironment env(String name, String value, String name2, String value2) {
    return new ClientEnvironment(Map.of(name, value, name2, value2), false);
  }
}
