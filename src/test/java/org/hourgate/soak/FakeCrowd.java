package org.hourgate.soak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.management.fake.FakeVpnClient;

/**
 * Hundreds of clients of the stand-in for OpenVPN, of which as many come as go: new ones with time
 * of their own, until there are enough; then for each that comes one leaves, if none was cut.
 */
final class FakeCrowd {

  private final FakeOpenVpn openVpn;
  private final int size;
  private final Counts counts;
  private final Random dice;
  private final Map<FakeVpnClient, Login> there = new HashMap<>();

  private record Login(WalletKey wallet, String password) {}

  FakeCrowd(FakeOpenVpn openVpn, int size, Counts counts, Random dice) {
    this.openVpn = openVpn;
    this.size = size;
    this.counts = counts;
    this.dice = dice;
  }

  synchronized void comes(WalletKey wallet, String password) {
    counts.add("logins at the stand-in");
    enter(new Login(wallet, password));
    forgetTheGone();
    if (there.size() > size) {
      FakeVpnClient leaving = anybody();
      there.remove(leaving);
      if (dice.nextBoolean()) {
        leaving.leave();
      } else {
        leaving.vanish();
      }
      counts.add("leave the stand-in");
    }
  }

  private void enter(Login login) {
    there.put(openVpn.connect(login.wallet().address().checksummed(), login.password()), login);
  }

  /** Somebody who is not wanted: no time, or a wrong password. */
  void knocks(WalletKey wallet, String password) {
    counts.add("refused at the stand-in");
    var _ = openVpn.connect(wallet.address().checksummed(), password);
  }

  /** Somebody renegotiates. */
  synchronized void renegotiates() {
    forgetTheGone();
    if (!there.isEmpty()) {
      FakeVpnClient client = anybody();
      openVpn.inOneStep(
          () -> {
            if (client.passesTraffic()) {
              client.renegotiate();
              counts.add("renegotiations at the stand-in");
            }
          });
    }
  }

  /** The wallet of somebody who is there; of a stranger if nobody is. */
  synchronized WalletKey somebody() {
    forgetTheGone();
    List<Login> all = List.copyOf(there.values());
    return all.isEmpty() ? Customers.newWallet() : all.get(dice.nextInt(all.size())).wallet();
  }

  /** After a restart of the stand-in: all come at once, with the passwords they have. */
  synchronized void comesBack() {
    List<Login> before = List.copyOf(there.values());
    there.clear();
    before.forEach(this::enter);
    counts.add("times that all came back at once");
  }

  private FakeVpnClient anybody() {
    List<FakeVpnClient> all = new ArrayList<>(there.keySet());
    return all.get(dice.nextInt(all.size()));
  }

  private void forgetTheGone() {
    there
        .keySet()
        .removeIf(
            client ->
                client.state() == FakeVpnClient.State.GONE
                    || client.state() == FakeVpnClient.State.DENIED);
  }

  synchronized int size() {
    forgetTheGone();
    return there.size();
  }
}
