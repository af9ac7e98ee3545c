package org.hourgate.operator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.hourgate.credential.WalletAddress;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.gate.SessionView;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.Epoch;
import org.hourgate.management.Notification;
import org.hourgate.management.codec.CommandEncoder;
import org.hourgate.management.codec.CommandLexer;
import org.hourgate.management.codec.ManagementDecoder;
import org.hourgate.management.codec.ManagementMessage;
import org.hourgate.testing.Capture;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.RecordingConnection;
import org.hourgate.testing.RecordingListener;
import org.hourgate.testing.StubGateControl;

/**
 * Whatever an operator's tool writes: what OpenVPN is told is one of the few lines that a tool may
 * cause, byte by byte; one that may only look causes none that ends anybody; every answer is whole
 * lines. And what tools are shown of a client reads as what OpenVPN said of it, without passwords.
 */
public final class GuestFuzz implements FuzzTarget {

  private static final Epoch EPOCH = new Epoch(1);
  private static final String WALLET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
  private static final String ROW =
      "CLIENT_LIST\t%s\t192.0.2.%d:4000\t10.8.0.%d\t\t11\t22\tx\t1795309140\t%s\t%d\t0\tAES-256-GCM";

  private static final Pattern LOOK =
      Pattern.compile("version|pid|load-stats|hold|status 3|state all|log all|log on|log off");
  private static final String WORD = "\"(?:[^\"\\\\\\x00-\\x1f\\x7f]|\\\\[\"\\\\])*\"";
  private static final Pattern KILL =
      Pattern.compile(
          "client-kill [0-9]{1,19}(?: "
              + WORD
              + ")?|kill "
              + WORD
              + "|kill [0-9]{1,3}(?:\\.[0-9]{1,3}){3}:[0-9]{1,5}");
  private static final int MOST_BYTES = 512;

  @Override
  public void run(byte[] input) {
    Random random = new Random(Arrays.hashCode(input));
    for (GuestRole role : GuestRole.values()) {
      guest(input, role, random);
    }
    notices(input);
  }

  private static void guest(byte[] input, GuestRole role, Random random) {
    ManualTime time = new ManualTime(Instant.ofEpochSecond(1_000));
    RecordingConnection openVpn = new RecordingConnection();
    openVpn.epoch(EPOCH);
    openVpn.status(
        ROW.formatted(WALLET, 1, 2, WALLET, 7), ROW.formatted("old,\"name", 2, 3, "x", 8));
    StubGateControl gate = new StubGateControl();
    gate.willShow(session());
    SharedDaemon daemon = new SharedDaemon("udp", openVpn, new RecordingListener(), time);
    daemon.attached(EPOCH);
    EmbeddedChannel channel =
        new EmbeddedChannel(new GuestLineDecoder(), new GuestHandler(daemon, gate, role));
    channel.freezeTime();
    StringBuilder heard = new StringBuilder();
    int from = 0;
    while (from < input.length && channel.isOpen()) {
      int to = Math.min(input.length, from + 1 + random.nextInt(1_500));
      channel.writeInbound(Unpooled.copiedBuffer(input, from, to - from));
      hear(channel, heard);
      from = to;
    }
    channel.advanceTimeBy(2, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    hear(channel, heard);
    channel.checkException();
    channel.finishAndReleaseAll();
    for (Command command : openVpn.takeCommands()) {
      allowed(command, role);
    }
    if (role == GuestRole.READ && !gate.kills().isEmpty()) {
      throw new IllegalStateException("a reader had somebody cut");
    }
    for (StubGateControl.Kill kill : gate.kills()) {
      if (kill.reason().chars().anyMatch(Character::isISOControl)) {
        throw new IllegalStateException("a reason of more than one line");
      }
    }
    wholeLines(heard.toString());
  }

  private static void hear(EmbeddedChannel channel, StringBuilder heard) {
    channel.runPendingTasks();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      heard.append(part.toString(StandardCharsets.ISO_8859_1));
      part.release();
    }
  }

  private static void allowed(Command command, GuestRole role) {
    ByteBuf out = Unpooled.buffer();
    CommandEncoder.encode(command, out);
    String line = out.toString(StandardCharsets.ISO_8859_1);
    boolean oneLine = line.indexOf('\n') == line.length() - 1 && line.length() <= MOST_BYTES + 1;
    String text = line.substring(0, line.length() - 1);
    boolean known =
        LOOK.matcher(text).matches() || (role == GuestRole.KILL && KILL.matcher(text).matches());
    if (!oneLine || !known || !(CommandLexer.split(text) instanceof CommandLexer.Words)) {
      throw new IllegalStateException(role + " had OpenVPN told: " + line);
    }
  }

  private static void wholeLines(String text) {
    if (!text.endsWith("\r\n")) {
      throw new IllegalStateException("half a line");
    }
    for (String line : text.split("\r\n", -1)) {
      if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
        throw new IllegalStateException("a line within a line: " + line);
      }
    }
  }

  /** The same bytes, as if OpenVPN had written them. */
  private static void notices(byte[] input) {
    for (Notification said : read(input)) {
      Optional<GuestNotice> notice = GuestNotice.of(said);
      if (notice.isEmpty()) {
        continue;
      }
      List<Notification> shown = read(notice.get().text().getBytes(StandardCharsets.ISO_8859_1));
      if (shown.size() != 1 || shown.getFirst().getClass() != said.getClass()) {
        throw new IllegalStateException("shown otherwise than said: " + notice.get().text());
      }
      Optional<Notification> clear = clearText(said);
      if (clear.isPresent() && !clear.get().equals(shown.getFirst())) {
        throw new IllegalStateException("shown otherwise than said: " + notice.get().text());
      }
    }
  }

  /** What has no secret in it must come out as it went in. */
  private static Optional<Notification> clearText(Notification said) {
    return switch (said) {
      case Notification.StateChange n -> Optional.of(n);
      case Notification.Hold n -> Optional.of(n);
      case Notification.Fatal n -> Optional.of(n);
      case Notification.LogLine n -> Optional.of(n);
      case Notification.ClientAddress n -> Optional.of(n);
      case Notification.ClientConnect _,
          Notification.ClientReauth _,
          Notification.ClientEstablished _,
          Notification.ClientDisconnect _,
          Notification.ClientChallengeResponse _,
          Notification.ByteCount _,
          Notification.Info _,
          Notification.Unrecognized _ ->
          Optional.empty();
    };
  }

  private static List<Notification> read(byte[] bytes) {
    EmbeddedChannel channel = new EmbeddedChannel(new ManagementDecoder(new LongAdder()));
    List<Notification> notifications = new ArrayList<>();
    try {
      channel.writeInbound(Unpooled.copiedBuffer(bytes));
    } catch (org.hourgate.management.ManagementProtocolException e) {
      // What came before it counts.
    }
    for (Object o = channel.readInbound(); o != null; o = channel.readInbound()) {
      if (o instanceof ManagementMessage.Notified(Notification notification)) {
        notifications.add(notification);
      }
    }
    try {
      channel.finishAndReleaseAll();
    } catch (org.hourgate.management.ManagementProtocolException e) {
      // As above.
    }
    return notifications;
  }

  private static SessionView session() {
    return new SessionView(
        "udp",
        new ClientId(7),
        WalletAddress.parse(WALLET).checksummed(),
        "192.0.2.1:4000",
        "10.8.0.2",
        "",
        Instant.ofEpochSecond(1_000),
        Optional.of(Instant.ofEpochSecond(4_600)),
        Optional.empty(),
        11,
        22,
        SessionView.Kind.DEVICE,
        Optional.empty(),
        SessionView.State.ESTABLISHED);
  }

  @Override
  public List<String> words() {
    return List.of(
        "kill ",
        "client-kill 7 ",
        "client-kill 8 ",
        "\"HALT,",
        "RESTART,",
        WALLET,
        "192.0.2.1:4000",
        "kill udp:",
        "tcp:",
        "status ",
        "state on all\n",
        "log on ",
        "bytecount ",
        "client-auth 0 1\n",
        "signal SIGUSR1\n",
        "hold release\n",
        "env-filter ",
        "END\n",
        "\\\"",
        "\\\\",
        "'",
        "\"",
        "\r\n",
        "\u0000");
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (String lines :
        List.of(
            "help\nversion\npid\nload-stats\nnclients\nhold\n",
            "status\nstatus 1\nstatus 2\nstatus 3\nstatus 4\n",
            "state\nstate on all\nlog on 3\nlog off\necho on all\nclient on\nbytecount 5\n",
            "kill "
                + WALLET
                + "\nkill old,\\\"name\nkill 192.0.2.2:4000\nkill tcp:192.0.2.2:4000\nkill udp:192.0.2.1:4000\n",
            "client-kill 7 \"HALT,bye \\\\ \\\" now\"\nclient-kill 8 'RESTART,[P]'\nclient-kill -1\n",
            "client-auth 0 1\npush \"x\"\nEND\nclient-auth-nt 0 1\nclient-deny 0 1 x\n",
            "signal SIGUSR1\nenv-filter 1\nhold release\nverb 9\nexit\n",
            "p\u0001id\n'pid'\n\"p\"id\np\\id\n# pid\n;pid\nquit\n",
            "kill " + "x".repeat(1_010) + "\n" + "x".repeat(1_024) + "\nsignal SIGTERM\n",
            "client-kill 8 \"\u00c3\u00a9\u00e2\u0080\u00a8\"\nclient-kill 08x a b c\n",
            ">STATE:1,CONNECTED,SUCCESS,10.8.0.1,,,,\n>HOLD:x\n>LOG:1,I,a,b\n")) {
      seeds.add(lines.getBytes(StandardCharsets.ISO_8859_1));
    }
    for (Capture capture : Capture.all()) {
      StringBuilder said = new StringBuilder();
      capture.connections().stream()
          .flatMap(List::stream)
          .filter(line -> line.direction() == Capture.Direction.TO_OPENVPN)
          .map(Capture.Line::raw)
          .forEach(said::append);
      seeds.add(
          said.substring(0, Math.min(800, said.length())).getBytes(StandardCharsets.ISO_8859_1));
    }
    Capture.named("life-username-only").connections().stream()
        .map(Capture::fromOpenVpn)
        .forEach(seeds::add);
    return seeds;
  }
}
