package org.hourgate.conformance;

import static org.hourgate.conformance.Requirement.MUST;
import static org.hourgate.conformance.Scenario.Needs.NOTHING;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.hourgate.management.fake.FakeLogin;
import org.hourgate.management.fake.FakeVpnClient;

/** How the stream is read: what stands between, before and inside the blocks. */
final class StreamScenarios {

  /** {@code ERR_BUF_SIZE}: the longest line OpenVPN writes, line end included. */
  private static final int LONGEST_LINE = 10_240;

  private static final int HALVED_CLIENT = 500;

  /** As many as every language counts exactly, and more than will ever come. */
  private static final long MOST_CLIENTS = (1L << 53) - 1;

  private static final List<String> HARMLESS =
      List.of(
          ">LOG:1795288069,I,a line of the log",
          ">LOG:1795288069,W,>CLIENT:ENV,END",
          ">BYTECOUNT_CLI:77,1015,1902",
          ">STATE:1795288069,CONNECTED,SUCCESS,10.88.0.1,,,,",
          ">NOTIFY:info,remote-exit,EXIT",
          ">INFOMSG:whatever a client likes to say",
          ">ECHO:1795288069,hello",
          ">CLIENT:ADDRESS,77,10.88.0.9,1");

  private StreamScenarios() {}

  static List<Scenario> all() {
    return List.of(
        new Scenario(
            "line-before-connect",
            MUST,
            NOTHING,
            "A CONNECT is answered whatever line stands before it.",
            "manage.c man_output_standalone and management_notify write >LOG:, >BYTECOUNT_CLI:,"
                + " >STATE:, >NOTIFY: between blocks at any time",
            StreamScenarios::lineBeforeConnect),
        new Scenario(
            "log-line-in-block",
            MUST,
            NOTHING,
            "A block with a >LOG: line between its ENV lines is one block.",
            "seen with 2.6.14, log on and env-filter 1: a rejected line of peer-info is logged while"
                + " the block is printed",
            StreamScenarios::logLineInBlock),
        new Scenario(
            "unknown-notification",
            MUST,
            NOTHING,
            "A notification of a kind that nobody knows changes nothing.",
            "manage.h: new versions add kinds, as 2.5 did with CR_RESPONSE; a client with TLS can"
                + " make 2.6 print >CLIENT:CR_RESPONSE unasked (push.c receive_cr_response)",
            StreamScenarios::unknownNotification),
        new Scenario(
            "unasked-challenge-response",
            MUST,
            NOTHING,
            "A challenge response that nobody asked for changes nothing, whatever its text is.",
            "push.c receive_cr_response has no further check: up to 2,030 printable bytes, commas"
                + " and ENV lines among them, before login and after it",
            StreamScenarios::unaskedChallengeResponse),
        new Scenario(
            "single-bytes",
            MUST,
            NOTHING,
            "The stream may come one byte at a time.",
            "a socket keeps no boundaries; manage.c man_write writes at most 1,024 bytes at once",
            StreamScenarios::singleBytes),
        new Scenario(
            "half-a-line",
            MUST,
            NOTHING,
            "Half a line may be all there is for a while.",
            "a socket keeps no boundaries; manage.c man_write writes at most 1,024 bytes at once",
            StreamScenarios::halfLine),
        new Scenario(
            "longest-line",
            MUST,
            NOTHING,
            "Lines of 10,240 bytes are read, and what follows them too.",
            "error.h ERR_BUF_SIZE with management-friendly log lines; 2,054 bytes were seen in a"
                + " CR_RESPONSE",
            StreamScenarios::longestLine),
        new Scenario(
            "long-block",
            MUST,
            NOTHING,
            "A block may have hundreds of lines.",
            "100 UV_ lines of a modified client all arrived; the 2,048-byte login message is the"
                + " bound (ssl.c key_method_2_read)",
            StreamScenarios::longBlock),
        new Scenario(
            "other-line-ends",
            MUST,
            NOTHING,
            "Only byte 0x0A ends a line: a client's U+0085, U+2028 or form feed does not.",
            "misc.c string_mod lets bytes from 0x80 on pass in user names; readers that split at"
                + " Unicode line ends can be fooled by a client",
            StreamScenarios::otherLineEnds),
        new Scenario(
            "large-client-id",
            MUST,
            NOTHING,
            "CIDs beyond 32 bits are understood.",
            "manage.h struct man_def_auth_context: unsigned long cid",
            StreamScenarios::largeClientId),
        new Scenario(
            "empty-block-at-the-end",
            MUST,
            NOTHING,
            "The DISCONNECT of a client that never came up has no variables.",
            "seen with 2.6.14: a refused client's block is ENV,END alone",
            StreamScenarios::emptyBlock));
  }

  private static String lineBeforeConnect(Stage stage) {
    for (String line : HARMLESS) {
      AtomicReference<FakeVpnClient> client = new AtomicReference<>();
      stage
          .openVpn()
          .inOneStep(
              () -> {
                stage.openVpn().notify(line);
                client.set(stage.connect(stage.stranger()));
              });
      FakeVpnClient next = client.get();
      stage.await(
          "the CONNECT behind \"" + line + "\" was not answered",
          () -> !stage.answers(next).isEmpty());
    }
    return HARMLESS.size() + " kinds of line tried";
  }

  private static String logLineInBlock(Stage stage) {
    FakeLogin login =
        stage
            .stranger()
            .printedAs(
                lines -> {
                  List<String> mixed = new ArrayList<>();
                  for (String line : lines) {
                    mixed.add(line);
                    mixed.add(">LOG:1795288069,W,Peer-info line rejected");
                  }
                  return mixed;
                });
    stage.awaitAnswer(stage.connect(login));
    stage.stillAnswers("after a block with log lines in it");
    return "";
  }

  private static String unknownNotification(Stage stage) {
    List<List<String>> unknown =
        List.of(
            List.of(">FROBNICATE:1,2,3"),
            List.of(">"),
            List.of(">CLIENT"),
            List.of(">CLIENT:FROBNICATE,0,1"),
            List.of(">CLIENT:FROBNICATE,0,1", ">CLIENT:ENV,name=value", ">CLIENT:ENV,END"),
            List.of(">PASSWORD:Need 'Auth' username/password"),
            List.of(">NEED-OK:Need 'token-insertion-request' confirmation MSG:please"));
    for (List<String> lines : unknown) {
      stage.openVpn().notify(lines.toArray(String[]::new));
      stage.stillAnswers("after \"" + lines.getFirst() + "\"");
    }
    return unknown.size() + " tried";
  }

  private static String unaskedChallengeResponse(Stage stage) {
    FakeVpnClient pending = stage.connect(stage.stranger());
    pending.respond("aGVsbG8=");
    pending.respond(">CLIENT:ENV,END");
    pending.respond("a,b,>CLIENT:CONNECT,77,1");
    pending.respond("x".repeat(2_030));
    stage.awaitAnswer(pending);
    stage.stillAnswers("after challenge responses that nobody asked for");
    stage.settle();
    stage.check(
        stage.said(one -> one.isAbout(77)).isEmpty(),
        "it answered a client that stands in the text of another");
    return "";
  }

  private static String singleBytes(Stage stage) {
    stage.openVpn().writeInPiecesOf(1);
    List<FakeVpnClient> clients = stage.connectAtOnce(3);
    stage.awaitAnswers(clients);
    stage.stillAnswers("after three blocks byte by byte");
    return "";
  }

  private static String halfLine(Stage stage) {
    AtomicReference<FakeVpnClient> client = new AtomicReference<>();
    stage.openVpn().countClientsFrom(HALVED_CLIENT);
    stage
        .openVpn()
        .inOneStep(
            () -> {
              stage.openVpn().stallAfter(">CLIENT:CONN".length());
              client.set(stage.connect(stage.stranger()));
            });
    stage.settle();
    stage
        .openVpn()
        .inOneStep(
            () -> {
              stage.openVpn().stallAfter(("ECT," + HALVED_CLIENT + ",1\r").length());
              stage.openVpn().resume();
            });
    stage.settle();
    stage.openVpn().resume();
    stage.awaitAnswer(client.get());
    return "";
  }

  private static String longestLine(Stage stage) {
    for (String beginning : List.of(">LOG:1795288069,I,", ">INFOMSG:", ">ECHO:1795288069,")) {
      stage.openVpn().notify(beginning + "x".repeat(LONGEST_LINE - 2 - beginning.length()));
      stage.stillAnswers("after a line of " + LONGEST_LINE + " bytes that begins " + beginning);
    }
    return "";
  }

  private static String longBlock(Stage stage) {
    String[] lines = new String[400];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = ">CLIENT:ENV,UV_%d=%s".formatted(i, "v".repeat(250));
    }
    FakeLogin login =
        stage
            .stranger()
            .printedAs(
                block -> {
                  List<String> longer = new ArrayList<>(block);
                  longer.addAll(1, List.of(lines));
                  return longer;
                });
    stage.awaitAnswer(stage.connect(login));
    stage.stillAnswers("after a block of 400 lines more");
    return "";
  }

  private static String otherLineEnds(Stage stage) {
    for (String end : List.of("\u0085", "\u00c2\u0085", "\u00e2\u0080\u00a8", "\u00ff")) {
      String forged = end + ">CLIENT:ENV,END" + end + ">CLIENT:CONNECT,77,1" + end;
      FakeVpnClient client = stage.connect(FakeLogin.of("x" + forged, "y" + forged));
      stage.awaitAnswer(client);
    }
    stage.settle();
    stage.check(
        stage.said(one -> one.isAbout(77)).isEmpty(),
        "it answered a client that stands in the name of another");
    return "";
  }

  private static String largeClientId(Stage stage) {
    for (long id : List.of(2_147_483_648L, 4_294_967_296L, MOST_CLIENTS)) {
      stage.openVpn().countClientsFrom(id);
      stage.awaitAnswer(stage.connect(stage.stranger()));
    }
    return "";
  }

  private static String emptyBlock(Stage stage) {
    FakeVpnClient client = stage.connect(stage.stranger());
    client.vanish();
    stage.openVpn().notify(">CLIENT:DISCONNECT,7777", ">CLIENT:ENV,END");
    stage.stillAnswers("after the DISCONNECT of a client that never came up");
    return "";
  }
}
