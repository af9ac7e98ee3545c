package org.hourgate.management.fake;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hourgate.management.client.ManagementAddress;

/**
 * A stand-in for OpenVPN's management interface on a real socket. Unless told otherwise it behaves
 * like a server of 2.6.14: it serves one controller and lets the next wait in silence, keeps
 * clients by CID and KID, and answers each command as the daemon does.
 *
 * <pre>{@code
 * try (FakeOpenVpn openVpn = FakeOpenVpn.start()) {
 *   FakeVpnClient client = openVpn.connect("0x52…", "password");   // CONNECT
 *   assertThat(openVpn.takeCommand()).startsWith("client-auth 0 1");
 *   await().until(client::passesTraffic);
 * }
 * }</pre>
 *
 * <p>{@link #enqueue} scripts the reply to the next command, {@link #notify(String...)} writes any
 * lines, {@link #stall}, {@link #drop}, {@link #stop} and {@link #restart} break things. With
 * virtual time nothing happens later until {@link #advance}. Its methods may be called by any
 * thread; the daemon itself has one, as the real one.
 */
public final class FakeOpenVpn implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Linux gives no process such a number: whoever looks it up finds no stranger. */
  private static final int FIRST_PID = 4_194_304;

  private final Settings settings;
  private final ManagementAddress address;
  private final boolean ownFolder;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("fake-openvpn", true), NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Timeline timeline;
  private final Script script;
  private final ControllerSocket socket;

  // Touched on the loop only.
  private FakeDaemon daemon;
  private int lastPid = FIRST_PID;

  /** Starts a daemon on a unix socket in a new folder, in real time. */
  public static FakeOpenVpn start() {
    return builder().start();
  }

  /** Begins to describe a daemon. */
  public static FakeOpenVpnBuilder builder() {
    return new FakeOpenVpnBuilder();
  }

  FakeOpenVpn(Settings settings, ManagementAddress wanted, boolean ownFolder, InstantSource clock) {
    this.settings = settings;
    this.ownFolder = ownFolder;
    timeline = new Timeline(loop, clock, settings.virtualTime());
    script = new Script(settings, this, timeline);
    socket = new ControllerSocket(group, settings.password(), script);
    daemon = new FakeDaemon(this, new Outside(), settings, lastPid);
    try {
      ControllerSocket.requireNobodyAt(wanted);
      address = socket.listen(wanted);
    } catch (RuntimeException e) {
      closeGroup();
      throw e;
    }
  }

  /** Where it listens. */
  public ManagementAddress address() {
    return address;
  }

  // Clients

  /**
   * A client logs in: prints a CONNECT. Control characters become underscores. While the daemon is
   * held this waits for the release.
   */
  public FakeVpnClient connect(String username, String password) {
    return connect(FakeLogin.of(username, password));
  }

  /** The same with more peer-info, or other values of the usual one. */
  public FakeVpnClient connect(String username, String password, Map<String, String> peerInfo) {
    return connect(FakeLogin.of(username, password).withPeerInfo(peerInfo));
  }

  /** A client that says what it likes logs in. */
  public FakeVpnClient connect(FakeLogin login) {
    LinkedBlockingQueue<FakeVpnClient> connected = new LinkedBlockingQueue<>();
    if (loop.inEventLoop() && daemon.isHeld()) {
      throw new IllegalStateException("it is held: within one step nobody can release it");
    }
    run(model -> model.whenReleased(() -> connected.add(daemon.connect(login))));
    return take(connected, "nobody released the hold");
  }

  /** A client tries to log in; its CONNECT comes now, or when the hold is released. */
  public void connectWhenReleased(String username, String password) {
    connectWhenReleased(FakeLogin.of(username, password));
  }

  /** The same for a client that says what it likes. */
  public void connectWhenReleased(FakeLogin login) {
    run(model -> model.whenReleased(() -> daemon.connect(login)));
  }

  /** The instances the daemon has, oldest first. */
  public List<FakeVpnClient> clients() {
    return call(FakeDaemon::clients);
  }

  /** The next client gets this CID, the one after it the next. */
  public void countClientsFrom(long id) {
    run(model -> model.countClientsFrom(id));
  }

  // The stream

  /** Writes lines as they are, whatever they say. */
  public void notify(String... lines) {
    run(
        _ -> {
          for (String line : lines) {
            socket.output(line + "\r\n");
          }
        });
  }

  /** Writes characters as they are (ISO-8859-1), without a line end. */
  public void write(String text) {
    run(_ -> socket.output(text));
  }

  /** From now on the controller gets its bytes in pieces of so many. */
  public void writeInPiecesOf(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("pieces have a byte or more, not " + bytes);
    }
    run(_ -> socket.cutInto(bytes));
  }

  /** Answers the next command with these lines, in place of the daemon; none is no answer. */
  public void enqueue(String... lines) {
    run(_ -> script.enqueue(List.of(lines)));
  }

  /** Carries out the coming commands, but so many of its reply lines never arrive. */
  public void loseReplies(int count) {
    run(_ -> script.loseReplies(count));
  }

  /**
   * From now on replies come so much later than what they tell of; notifications come at once.
   * Replies that still wait by a delay before come now.
   */
  public void delayReplies(Duration delay) {
    run(_ -> script.delayReplies(delay));
  }

  /** The next command, with the lines of its block, if any, behind it; waits for it. */
  public String takeCommand() {
    return take(script.commands(), "no command came");
  }

  /** The commands that came and were not taken yet. */
  public List<String> drainCommands() {
    List<String> drained = new ArrayList<>();
    script.commands().drainTo(drained);
    return drained;
  }

  /** Hands each command, once it is carried out, to this listener instead; on the fake's thread. */
  public void onCommand(Consumer<String> listener) {
    run(_ -> script.listen(listener));
  }

  /** Neither reads nor writes until {@link #resume}. */
  public void stall() {
    run(_ -> socket.stall());
  }

  /**
   * Does {@link #stall} when so many bytes more were written: half a line is all there is, until
   * {@link #resume}.
   */
  public void stallAfter(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("after a byte or more, not " + bytes);
    }
    run(_ -> socket.stallAfter(bytes));
  }

  /** Whether it stands still. */
  public boolean isStalled() {
    return call(_ -> socket.isStalled());
  }

  /** Ends {@link #stall}. */
  public void resume() {
    run(_ -> socket.resume());
  }

  /** Ends every fault: late, lost and scripted replies, pieces, standing still, refusals. */
  public void behave() {
    run(
        _ -> {
          script.behave();
          socket.behave();
        });
  }

  /** Runs a task on the fake's thread, as one step of the daemon. */
  public void inOneStep(Runnable task) {
    run(_ -> task.run());
  }

  // Its life

  /** Closes the connection of the controller. */
  public void drop() {
    run(_ -> socket.hangUp());
  }

  /** Closes each new connection at once, as {@code management-client-user} does. */
  public void refuseControllers(boolean refuse) {
    run(_ -> socket.refuse(refuse));
  }

  /** SIGUSR1: CIDs begin at 0 again on the same connection. */
  public void softRestart() {
    run(model -> model.softRestart("SIGUSR1"));
  }

  /** The process dies: no more socket, no more clients. */
  public void stop() {
    run(
        model -> {
          model.die();
          socket.close();
        });
  }

  /** A new process at the same address. */
  public void restart() {
    stop();
    run(_ -> daemon = new FakeDaemon(this, new Outside(), settings, ++lastPid));
    var _ = socket.listen(address);
  }

  /**
   * Lets virtual time pass; what is due happens in its order.
   *
   * @throws IllegalStateException if time is not virtual
   */
  public void advance(Duration duration) {
    if (!settings.virtualTime()) {
      throw new IllegalStateException("time is not virtual: it passes by itself");
    }
    run(_ -> timeline.advance(duration));
  }

  // What the daemon was told

  /** Whether it waits for {@code hold release}. */
  public boolean isHeld() {
    return call(FakeDaemon::isHeld);
  }

  /** Its process id. */
  public int pid() {
    return call(FakeDaemon::pid);
  }

  /** The level of {@code env-filter}. */
  public int envFilter() {
    return call(FakeDaemon::envFilter);
  }

  /** Sets that level, as a controller did that has left. */
  public void leaveEnvFilter(int level) {
    run(model -> model.setEnvFilter(level));
  }

  /** Sets the hold flag, as a controller did that has left. */
  public void leaveHoldFlag(boolean on) {
    run(model -> model.setHoldFlag(on));
  }

  /** Does this in the step in which the next controller is greeted. */
  public void onNextAttachment(Runnable task) {
    run(_ -> script.onNextAttachment(task));
  }

  /** How often a controller was greeted. */
  public int attachments() {
    return call(_ -> script.attachments());
  }

  /** Whether a controller is served. */
  public boolean isAttached() {
    return call(_ -> socket.isAttached());
  }

  @Override
  public void close() {
    run(_ -> socket.close());
    closeGroup();
    if (address instanceof ManagementAddress.Unix(Path path)) {
      try {
        ControllerSocket.removeSocket(path);
        Path folder = path.getParent();
        if (ownFolder && folder != null) {
          Files.deleteIfExists(folder);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void closeGroup() {
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
  }

  FakeDaemon daemon() {
    return daemon;
  }

  ControllerSocket socket() {
    return socket;
  }

  void run(Consumer<FakeDaemon> action) {
    var _ =
        call(
            model -> {
              action.accept(model);
              return true;
            });
  }

  <T> T call(Function<FakeDaemon, T> action) {
    return onLoop(() -> action.apply(daemon));
  }

  private <T> T onLoop(Callable<T> action) {
    try {
      return loop.inEventLoop()
          ? action.call()
          : loop.submit(action).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the fake failed", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the fake hangs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T take(BlockingQueue<T> queue, String complaint) {
    try {
      T element = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (element == null) {
        throw new AssertionError(complaint + " within " + PATIENCE.toSeconds() + " s");
      }
      return element;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The daemon's view of this. */
  private final class Outside implements World {
    @Override
    public void print(String line) {
      script.print(line);
    }

    @Override
    public void hangUp() {
      socket.hangUp();
    }

    @Override
    public void exit() {
      socket.close();
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
      timeline.schedule(delay, task);
    }

    @Override
    public long unixTime() {
      return timeline.unixTime();
    }
  }
}
