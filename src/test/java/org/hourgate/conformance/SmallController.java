package org.hourgate.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The smallest controller that does everything right, with one fault put in if a test wants that.
 * Shares nothing with ours: the suite is tried on it, not it on the suite. One thread.
 */
final class SmallController implements AutoCloseable {

  static final Login GOOD = new Login("alice", "the right password");
  static final Login BAD = new Login("mallory", "a wrong password");

  private static final String TOKEN = "the token of " + GOOD.username();
  private static final String TEMP = "\"TEMP[backoff 1,advance no]:later\"";

  private final InetSocketAddress address;
  private final @Nullable String managementPassword;
  private final Optional<Fault> fault;
  private final Optional<Habit> habit;
  private final Thread thread;
  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private final Set<String> everAnswered = new HashSet<>();
  private volatile @Nullable Socket socket;
  private volatile boolean closed;

  SmallController(
      InetSocketAddress address,
      @Nullable String managementPassword,
      Optional<Fault> fault,
      Optional<Habit> habit) {
    this.address = address;
    this.managementPassword = managementPassword;
    this.fault = fault;
    this.habit = habit;
    thread = Thread.ofVirtual().name("small controller").start(this::run);
  }

  /** It stops for good, as a process that ended. */
  private static final class Dead extends RuntimeException {
    Dead(String reason) {
      super(reason);
    }
  }

  private boolean has(Fault one) {
    return fault.equals(Optional.of(one));
  }

  private boolean has(Habit one) {
    return habit.equals(Optional.of(one));
  }

  private void dieIf(Fault one) {
    if (has(one)) {
      throw new Dead(one.toString());
    }
  }

  private void run() {
    int attachments = 0;
    try {
      while (!closed) {
        try (Socket connected = new Socket(address.getAddress(), address.getPort())) {
          socket = connected;
          if (has(Fault.LEAVES_WHO_IS_SILENT) || has(Habit.LEAVES_THE_SILENT_AND_COMES_BACK)) {
            connected.setSoTimeout(1_500);
          }
          new Attachment(connected, attachments++).serve();
          dieIf(Fault.STAYS_AWAY);
        } catch (SocketTimeoutException e) {
          dieIf(Fault.LEAVES_WHO_IS_SILENT);
        } catch (IOException e) {
          // again in a moment
        }
        pause(Duration.ofMillis(has(Fault.COMES_BACK_SLOWLY) ? 3_000 : 100));
      }
    } catch (Dead e) {
      // as a process that ended
    }
  }

  private static void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }

  @Override
  public void close() throws IOException {
    closed = true;
    later.shutdownNow();
    thread.interrupt();
    Socket open = socket;
    if (open != null) {
      open.close();
    }
  }

  /** One connection, from greeting to end. */
  private final class Attachment {

    private final Socket connection;
    private final boolean first;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final Set<String> seen = new HashSet<>();
    private final Deque<List<String>> waiting = new ArrayDeque<>();
    private @Nullable List<String> block;
    private boolean filtered;
    private boolean afterLog;
    private boolean listing;
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private int linesWhileWaiting;
    private int inThisRead;
    private boolean greeted;

    Attachment(Socket connection, int number) {
      this.connection = connection;
      this.first = number == 0;
    }

    void serve() throws IOException {
      if (has(Habit.POLLS)) {
        var _ =
            later.scheduleWithFixedDelay(() -> sendQuietly("pid"), 20, 20, TimeUnit.MILLISECONDS);
      }
      InputStream in = connection.getInputStream();
      byte[] buffer = new byte[4_096];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        for (inThisRead = 1; inThisRead <= count; inThisRead++) {
          take(buffer[inThisRead - 1]);
        }
        if (has(Fault.TAKES_EACH_READ_FOR_A_LINE)) {
          line.reset();
        }
      }
    }

    private void take(byte b) throws IOException {
      if (b == '\n' || (has(Fault.SPLITS_AT_NEXT_LINE) && (b & 0xFF) == 0x85)) {
        String text = line.toString(ISO_8859_1).replaceAll("\r$", "");
        line.reset();
        accept(text);
        return;
      }
      line.write(b);
      if (line.size() > 4_096) {
        dieIf(Fault.HAS_ROOM_FOR_4096_BYTES);
      }
      if (line.size() == 15
          && line.toString(ISO_8859_1).equals("ENTER PASSWORD:")
          && (inThisRead >= 15 || !has(Fault.TAKES_THE_PROMPT_IN_ONE_READ))) {
        line.reset();
        send(managementPassword == null ? "none" : managementPassword);
      }
    }

    private void accept(String text) throws IOException {
      boolean swallow = afterLog && has(Fault.SWALLOWS_WHAT_FOLLOWS_A_LOG_LINE);
      afterLog = text.startsWith(">LOG:");
      if (text.startsWith(">")) {
        if (unanswered.get() > 0 && ++linesWhileWaiting > 50_000 && has(Fault.QUEUES_50000_LINES)) {
          throw new Dead("no room for more lines");
        }
        if (!swallow) {
          notified(text.substring(1));
        }
      } else {
        replied(text);
      }
    }

    private void notified(String text) throws IOException {
      List<String> open = block;
      if (text.startsWith("CLIENT:ENV,")) {
        if (open != null) {
          variable(open, text.substring("CLIENT:ENV,".length()));
        }
        return;
      }
      if (open != null && has(Fault.ENDS_BLOCKS_AT_A_LOG_LINE)) {
        block = null;
      }
      if (text.matches("CLIENT:(CONNECT|REAUTH|ESTABLISHED|DISCONNECT|CR_RESPONSE),\\d.*")) {
        if (text.startsWith("CLIENT:CR_RESPONSE")) {
          dieIf(Fault.DIES_OF_CHALLENGE_RESPONSES);
        }
        block = new ArrayList<>(List.of(text.substring("CLIENT:".length())));
      } else if (text.startsWith("INFO:")) {
        attached();
        greeted = true;
        return;
      } else if (text.startsWith("HOLD:")) {
        if (!has(Fault.NEVER_RELEASES) && !(greeted && has(Fault.IGNORES_THE_HOLD_AT_THE_START))) {
          send("hold release");
        }
      } else if (!text.matches("(LOG|STATE|NOTIFY|INFOMSG|ECHO|BYTECOUNT_CLI|CLIENT:ADDRESS).*")) {
        dieIf(Fault.DIES_OF_THE_UNKNOWN);
      }
      greeted = false;
    }

    private void attached() throws IOException {
      if (has(Fault.RELEASES_FIRST)) {
        send("hold release");
      }
      if (has(Fault.ASKS_AFTER_THE_RELEASE)) {
        var _ =
            later.schedule(
                () -> sendQuietly("env-filter 0\nhold on\nstatus 3"), 1, TimeUnit.SECONDS);
        return;
      }
      if (!has(Fault.LEAVES_ENV_FILTER)) {
        send("env-filter 0");
      } else {
        filtered = true;
      }
      if (!has(Fault.NEVER_HOLDS)) {
        send("hold on");
      }
      send("status 3");
    }

    private void variable(List<String> open, String variable) throws IOException {
      if (!variable.equals("END")) {
        open.add(variable);
        return;
      }
      block = null;
      if (has(Fault.HAS_ROOM_FOR_100_VARIABLES) && open.size() > 100) {
        return;
      }
      boolean queues =
          has(Fault.QUEUES_340_EVENTS)
              || has(Fault.QUEUES_5000_EVENTS)
              || has(Fault.WAITS_FOR_EACH_REPLY)
              || has(Fault.GIVES_UP_LATE_REPLIES)
              || has(Fault.WAITS_FOR_A_REPLY_FOR_EVER)
              || has(Habit.WAITS_FOR_EACH_REPLY_FOR_A_WHILE);
      if (!queues || unanswered.get() == 0) {
        finished(open);
        return;
      }
      waiting.add(open);
      if ((waiting.size() > 340 && has(Fault.QUEUES_340_EVENTS))
          || (waiting.size() > 5_000 && has(Fault.QUEUES_5000_EVENTS))) {
        throw new Dead("no room for more events");
      }
    }

    private void finished(List<String> event) throws IOException {
      String[] head = event.getFirst().split(",", 4);
      if (head[0].equals("DISCONNECT")
          && event.stream().noneMatch(line -> line.startsWith("common_name="))) {
        dieIf(Fault.NEEDS_A_NAME_AT_THE_END);
      }
      if (!head[0].equals("CONNECT") && !head[0].equals("REAUTH")) {
        return;
      }
      if (Long.parseLong(head[1]) > Integer.MAX_VALUE) {
        dieIf(Fault.COUNTS_CLIENTS_IN_32_BITS);
      }
      if (!odd(event).isEmpty()) {
        dieIf(Fault.DIES_OF_ODD_PEER_INFO);
      }
      boolean known = !seen.add(head[1] + " " + head[2]);
      boolean everKnown = !everAnswered.add(head[1] + " " + head[2]);
      if ((known && has(Fault.REMEMBERS_CLIENTS_OF_A_CONNECTION))
          || (everKnown && has(Fault.REMEMBERS_CLIENTS_FOR_EVER))
          || (head[0].equals("REAUTH") && has(Fault.IGNORES_RENEGOTIATION))) {
        return;
      }
      answer(head[0].equals("REAUTH"), head[1] + " " + head[2], event);
    }

    private List<String> odd(List<String> event) {
      return event.stream()
          .filter(line -> line.startsWith("IV_PROTO=") && !line.matches("IV_PROTO=\\d+"))
          .toList();
    }

    private void answer(boolean reauth, String id, List<String> event) throws IOException {
      List<String> names = values(event, "username=");
      String name = names.isEmpty() ? "" : names.getLast();
      String verdict;
      if (!filtered) {
        verdict = "client-deny " + id + " starting " + TEMP;
      } else if (isGood(event, names)) {
        verdict =
            reauth
                ? "client-auth-nt " + id
                : "client-auth " + id + "\npush \"auth-token " + TOKEN + "\"\nEND";
      } else if (has(Fault.REPEATS_NAMES_UNQUOTED)) {
        verdict = "client-deny " + id + " " + name + " no";
      } else if (has(Fault.REPEATS_LONG_NAMES)) {
        verdict = "client-deny " + id + " " + name.replaceAll("[^a-z0-9]", "_");
      } else {
        verdict = "client-deny " + id + " no \"not you\"";
      }
      var _ = unanswered.incrementAndGet();
      linesWhileWaiting = 0;
      if (has(Fault.ANSWERS_LATE_WHATEVER_HAPPENED)) {
        var _ = later.schedule(() -> sendQuietly(verdict), 700, TimeUnit.MILLISECONDS);
        return;
      }
      send(verdict);
      if (has(Habit.WAITS_FOR_EACH_REPLY_FOR_A_WHILE)) {
        long sent = answers.incrementAndGet();
        var _ = later.schedule(() -> hangUpIfStillAt(sent), 5, TimeUnit.SECONDS);
      }
      if (has(Fault.GIVES_UP_LATE_REPLIES)) {
        var _ = later.schedule(this::giveUpWithoutReply, 1, TimeUnit.SECONDS);
      }
      if (has(Fault.ANSWERS_TWICE)) {
        send(verdict);
      }
    }

    private boolean isGood(List<String> event, List<String> names) {
      List<String> passwords = values(event, "password=");
      if (has(Fault.ACCEPTS_EVERYBODY)) {
        return true;
      }
      if (names.isEmpty() || passwords.isEmpty()) {
        return false;
      }
      boolean single = names.size() == 1 && passwords.size() == 1;
      boolean first = has(Fault.TAKES_THE_FIRST_NAME);
      String name = first ? names.getFirst() : names.getLast();
      String password = first ? passwords.getFirst() : passwords.getLast();
      boolean token = password.equals(TOKEN) && !has(Fault.REFUSES_ITS_OWN_TOKEN);
      return (single || first || has(Habit.TAKES_THE_LAST_NAME))
          && name.equals(GOOD.username())
          && (token || password.equals(GOOD.password()));
    }

    private static List<String> values(List<String> event, String name) {
      return event.stream()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(name.length()))
          .toList();
    }

    private void replied(String text) throws IOException {
      if (text.equals("SUCCESS: env_filter_level=0")) {
        filtered = true;
      }
      if (text.startsWith("ERROR:")) {
        dieIf(Fault.DIES_OF_AN_ERROR);
      }
      listing |= text.startsWith("TITLE\t");
      if (listing) {
        listed(text);
        listing = !text.equals("END");
      }
      if (text.contains(": client-")) {
        if (unanswered.get() > 0 && unanswered.decrementAndGet() == 0 && !waiting.isEmpty()) {
          finished(waiting.remove());
        }
      }
    }

    /** Who asked while nobody was there is told to come again; who renegotiated is answered. */
    private void listed(String row) throws IOException {
      String[] fields = row.split("\t", -1);
      if (!fields[0].equals("CLIENT_LIST") || fields.length < 11) {
        return;
      }
      String id = fields[10];
      boolean live = !fields[3].isEmpty();
      boolean asked = seen.stream().anyMatch(one -> one.startsWith(id + " "));
      if (has(Fault.KILLS_EVERYBODY_ON_ATTACHING) && !first) {
        send("client-kill " + id + " HALT");
      } else if (!live && has(Fault.LETS_IN_WHOM_IT_HAS_NOT_SEEN)) {
        send("client-auth-nt " + id + " 1");
      } else if (live && !has(Fault.FORGETS_RENEGOTIATIONS)) {
        for (int key = 3; key < 9; key++) {
          send("client-auth-nt " + id + " " + key);
        }
      } else if (!live && !asked && !has(Fault.FORGETS_WHO_WAITS)) {
        send("client-kill " + id + " \"AUTH_FAILED,TEMP[backoff 1,advance no]:again\"");
      }
    }

    private void send(String text) throws IOException {
      synchronized (this) {
        connection.getOutputStream().write((text + "\n").getBytes(ISO_8859_1));
      }
    }

    private void hangUpIfStillAt(long answer) {
      if (unanswered.get() > 0 && answers.get() == answer) {
        try {
          connection.close();
        } catch (IOException e) {
          // it is closed
        }
      }
    }

    private void giveUpWithoutReply() {
      if (unanswered.get() > 0) {
        closed = true;
        try {
          connection.close();
        } catch (IOException e) {
          // as a process that ended
        }
      }
    }

    private void sendQuietly(String text) {
      try {
        send(text);
      } catch (IOException e) {
        // the connection is gone, and the answer with it
      }
    }
  }
}
