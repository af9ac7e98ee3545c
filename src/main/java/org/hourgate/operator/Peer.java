package org.hourgate.operator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Who is at the other end of a unix socket, as the kernel tells. The name is looked up meanwhile,
 * on a thread of its own. Safe for any thread.
 */
final class Peer {

  private static final int ROOT = 0;

  /** What the kernel shows for a process that no login began (proc(5), {@code loginuid}). */
  private static final String NO_LOGIN = "4294967295";

  private static final Pattern USER_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}");

  private final int uid;
  private final CompletableFuture<Names> names;

  /** What is known beside the number; empty texts where nothing is. */
  private record Names(String user, String login) {}

  private static final Names NOBODY = new Names("", "");
  private static final long LONGEST_LOOK_MILLIS = 300;

  Peer(int uid, int pid) {
    this.uid = uid;
    names =
        CompletableFuture.supplyAsync(
            () -> new Names(user(uid, pid), login(uid, pid)), Thread::startVirtualThread);
  }

  /** Waits until its name is known. Blocks. */
  void awaitNames() {
    names.join();
  }

  /** Completes when its name is known, or after a moment without: a directory may be away. */
  CompletionStage<?> introduced() {
    return names.copy().completeOnTimeout(NOBODY, LONGEST_LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  int uid() {
    return uid;
  }

  /** The user's name, or the number where there is none. */
  String name() {
    String user = known().user();
    return user.isEmpty() ? Integer.toString(uid) : user;
  }

  /**
   * For the audit log: {@code uid=0 user=root login-uid=1000 sudo-user=alice}.
   *
   * @param sudoUser who the other end says is behind it; believed of root alone, who could write
   *     anything anyway
   */
  String described(Optional<String> sudoUser) {
    Names known = known();
    StringBuilder who = new StringBuilder("uid=" + uid);
    if (!known.user().isEmpty()) {
      who.append(" user=").append(known.user());
    }
    if (!known.login().isEmpty()) {
      who.append(" login-uid=").append(known.login());
    }
    behind(sudoUser).ifPresent(name -> who.append(" sudo-user=").append(name));
    return who.toString();
  }

  /** The name for people: {@code root (alice)} if alice became root by sudo. */
  String name(Optional<String> sudoUser) {
    return name() + behind(sudoUser).map(user -> " (" + user + ")").orElse("");
  }

  private Optional<String> behind(Optional<String> sudoUser) {
    return sudoUser.filter(user -> uid == ROOT && USER_NAME.matcher(user).matches());
  }

  private Names known() {
    return names.getNow(NOBODY);
  }

  /** The owner of its folder in /proc, if that is still the same user's. */
  private static String user(int uid, int pid) {
    try {
      Path process = Path.of("/proc", Integer.toString(pid));
      boolean same = Files.getAttribute(process, "unix:uid").equals(uid);
      String name = same ? Files.getOwner(process).getName() : "";
      return USER_NAME.matcher(name).matches() ? name : "";
    } catch (IOException e) {
      return ""; // Gone already.
    }
  }

  /** The uid that logged in, which stays through sudo and su; empty if it is no other one. */
  private static String login(int uid, int pid) {
    try {
      String login = Files.readString(Path.of("/proc", Integer.toString(pid), "loginuid")).strip();
      return login.equals(NO_LOGIN) || login.equals(Integer.toString(uid)) ? "" : login;
    } catch (IOException e) {
      return "";
    }
  }
}
