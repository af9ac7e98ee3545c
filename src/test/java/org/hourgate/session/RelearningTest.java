package org.hourgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;
import org.hourgate.management.Reply;
import org.junit.jupiter.api.Test;

/** What is read from {@code status 3}, {@code log all} and {@code version} of a real 2.6.14. */
final class RelearningTest {

  private static final String ALICE =
      "CLIENT_LIST\talice\t10.99.0.2:12906\t10.88.0.2\t\t1015\t1974\t2026-11-21 19:22:15"
          + "\t1795288935\talice\t0\t0\tAES-256-GCM";
  private static final String BOB_WAITING =
      "CLIENT_LIST\tbob\t10.99.0.2:22722\t\t\t979\t1654\t2026-11-21 19:22:16"
          + "\t1795288936\tbob\t1\t1\tBF-CBC";
  private static final String CONNECT_DEFERRED =
      "1795292407,,10.99.0.2:24081 TLS: Username/Password authentication deferred for username"
          + " 'alice' [CN SET]";
  private static final String REAUTH_DEFERRED =
      "1795292427,,alice/10.99.0.2:12906 TLS: Username/Password authentication deferred for"
          + " username 'alice' [CN SET]";

  @Test
  void readsLiveAndWaitingClients() {
    StatusTable table =
        StatusTable.of(
            new Reply.Lines(
                List.of(
                    "TITLE\tOpenVPN 2.6.14",
                    "TIME\t2026-11-21 19:22:17\t1795288937",
                    "HEADER\tCLIENT_LIST\tCommon Name\tReal Address",
                    ALICE,
                    BOB_WAITING,
                    "ROUTING_TABLE\t10.88.0.2\talice\t10.99.0.2:12906\ttext\t1795288935",
                    "GLOBAL_STATS\tMax bcast/mcast queue length\t0")));

    assertThat(table.rows()).hasSize(2);
    StatusTable.Row alice = table.rows().getFirst();
    assertThat(alice.client()).isEqualTo(new ClientId(0));
    assertThat(alice.isLive()).isTrue();
    assertThat(alice.connectedSince()).isEqualTo(Instant.ofEpochSecond(1_795_288_935));
    assertThat(table.rows().getLast().isLive()).isFalse();
  }

  @Test
  void readsNobodyFromAnErrorAndLeavesOutOddRows() {
    assertThat(StatusTable.of(new Reply.Failure("hold")).rows()).isEmpty();
    assertThat(
            StatusTable.of(
                    new Reply.Lines(
                        List.of(
                            "CLIENT_LIST\tshort",
                            ALICE.replace("\t0\t0\t", "\tx\t0\t"),
                            ALICE.replace("1015", "99999999999999999999"),
                            ALICE.replace("1795288935", "9223372036854775807"),
                            ALICE + "\tmore")))
                .rows())
        .isEmpty();
  }

  @Test
  void findsTheLastVerdictAndARenegotiationBehindIt() {
    StatusTable.Row alice = row();
    LogCache log =
        log(
            CONNECT_DEFERRED,
            "1795292407,D,MANAGEMENT: CMD 'client-auth 0 1'",
            "1795292420,D,MANAGEMENT: CMD 'client-auth-nt 0 3'",
            REAUTH_DEFERRED);

    assertThat(log.lastKeys(alice)).contains(new LogCache.LastKeys(new KeyId(3), new KeyId(3)));
    assertThat(log.awaitsVerdict(alice)).isTrue();
  }

  @Test
  void knowsThatOfVerdictsWrittenUnaskedOneMetAKey() {
    LogCache log =
        log(
            "1795292407,D,MANAGEMENT: CMD 'client-auth 0 1'",
            REAUTH_DEFERRED,
            "1795292427,D,MANAGEMENT: CMD 'client-auth-nt 0 2'",
            "1795292427,D,MANAGEMENT: CMD 'client-auth-nt 0 3'",
            "1795292427,D,MANAGEMENT: CMD 'client-auth-nt 0 4'");

    assertThat(log.lastKeys(row())).contains(new LogCache.LastKeys(new KeyId(2), new KeyId(4)));
    assertThat(log.awaitsVerdict(row())).isFalse();
  }

  /** As OpenVPN 2.6.14 prints it right behind "local/remote TLS keys are out of sync". */
  @Test
  void findsARenegotiationOfWhichOpenVpnDoesNotSayWhose() {
    String verdict = "1795292407,D,MANAGEMENT: CMD 'client-auth 0 1'";
    String unnamed =
        "1795292427,,TLS: Username/Password authentication deferred for username 'alice' [CN SET]";

    assertThat(log(verdict, unnamed).awaitsVerdict(row())).isTrue();
    assertThat(
            log(verdict, unnamed, "1795292427,D,MANAGEMENT: CMD 'client-auth-nt 0 3'")
                .awaitsVerdict(row()))
        .isFalse();
    assertThat(log(verdict, unnamed.replace("alice", "bob")).awaitsVerdict(row())).isFalse();
    assertThat(
            log(
                    verdict,
                    unnamed,
                    "1795292428,N,SIGUSR1[hard,] received, process restarting",
                    verdict)
                .awaitsVerdict(row()))
        .isFalse();
  }

  /** As OpenVPN 2.6.14 prints it when somebody has just begun to connect. */
  @Test
  void readsLinesBehindWordsOfAnAttemptToConnect() {
    LogCache log =
        log(
            "1795292407,D,Connection Attempt MANAGEMENT: CMD 'client-auth 0 1'",
            "1795292427,,Connection Attempt TLS: Username/Password authentication deferred for"
                + " username 'alice' [CN SET]");

    assertThat(log.lastKeys(row())).contains(new LogCache.LastKeys(new KeyId(1), new KeyId(1)));
    assertThat(log.awaitsVerdict(row())).isTrue();
  }

  @Test
  void takesAnAnsweredRenegotiationForDone() {
    assertThat(
            log(REAUTH_DEFERRED, "1795292427,D,MANAGEMENT: CMD 'client-auth-nt 0 3'")
                .awaitsVerdict(row()))
        .isFalse();
  }

  @Test
  void takesAFirstLoginForNoRenegotiation() {
    assertThat(log(CONNECT_DEFERRED).awaitsVerdict(row())).isFalse();
  }

  @Test
  void believesNoLineThatAClientCouldHaveWritten() {
    LogCache log =
        log(
            "1795292407,,mallory/10.9.9.9:1 peer info: UV_X=MANAGEMENT: CMD 'client-auth 0 9'",
            "1795292407,,MANAGEMENT: CMD 'client-auth 0 9'/10.9.9.9:1 peer info: IV_VER=1",
            "1795292407,,TLS: Username/Password authentication deferred for username 'x' 'alice'",
            "1795292407,,mallory/10.9.9.9:1 x alice/10.99.0.2:12906 TLS: Username/Password"
                + " authentication deferred for username 'alice' [CN SET]",
            "1795292407,D,MANAGEMENT: CMD 'client-auth 99999999999999999999 1'");

    assertThat(log.lastKeys(row())).isEmpty();
    assertThat(log.awaitsVerdict(row())).isFalse();
  }

  @Test
  void forgetsWhatWasBeforeASoftRestart() {
    LogCache log =
        log(
            "1795292407,D,MANAGEMENT: CMD 'client-auth 0 1'",
            "1795292408,N,SIGUSR1[hard,] received, process restarting",
            REAUTH_DEFERRED);

    assertThat(log.lastKeys(row())).isEmpty();
  }

  @Test
  void readsTheVersionOfADistributionsBuild() {
    assertThat(
            DaemonVersion.of(
                new Reply.Lines(
                    List.of(
                        "OpenVPN Version: OpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)]",
                        "Management Version: 5"))))
        .hasValue(new DaemonVersion(2, 6, 14));
    assertThat(DaemonVersion.of(new Reply.Failure("no"))).isEmpty();
    assertThat(new DaemonVersion(2, 6, 9)).isLessThan(DaemonVersion.FLOOR);
    assertThat(new DaemonVersion(2, 7, 0)).isGreaterThan(DaemonVersion.FLOOR);
  }

  private static StatusTable.Row row() {
    return StatusTable.of(new Reply.Lines(List.of(ALICE))).rows().getFirst();
  }

  private static LogCache log(String... lines) {
    return LogCache.of(new Reply.Lines(List.of(lines)));
  }
}
