package org.hourgate.app.check;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.chain.ChainConfig;
import org.hourgate.chain.ChainException;
import org.hourgate.chain.HourgateContract;
import org.hourgate.chain.NodeProbe;
import org.hourgate.chain.NodeProbe.Report;
import org.hourgate.chain.Product;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.time.TimeSource;

/** The nodes, each for itself and beside each other, and what is on sale. */
final class ChainCheck {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Blocks that a history from the first one takes long to go through. */
  private static final long LONG_HISTORY = 1_000_000;

  /** A clock that differs by more from what blocks say may be wrong. */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(15);

  private static final List<Long> DEVELOPMENT_CHAINS = List.of(31_337L, 1_337L);

  private final HourgateConfig.Chain chain;
  private final long historyFrom;
  private final TimeSource time;
  private final Findings findings;

  private ChainCheck(HourgateConfig config, TimeSource time, Findings findings) {
    chain = config.chain();
    historyFrom = config.shop().historyFromBlock();
    this.time = time;
    this.findings = findings;
  }

  static void look(HourgateConfig config, TimeSource time, Findings findings) {
    new ChainCheck(config, time, findings).look();
  }

  private void look() {
    ChainConfig nodes =
        ChainConfig.of(chain.id(), chain.rpc(), chain.contracts())
            .withConfirmations(chain.confirmations())
            .withQuorum(chain.quorum())
            .withMaxHeadAge(chain.maxHeadAge());
    settings(chain, findings);
    try (NodeProbe probe = NodeProbe.of(nodes, time)) {
      List<Report> reports = probe.survey();
      reports.forEach(this::report);
      quorum(chain, reports, findings);
      clock(reports);
      history(probe, reports);
      probe.firstFit(reports).ifPresent(this::offers);
    }
  }

  /** What can be told without asking anybody. */
  static void settings(HourgateConfig.Chain chain, Findings findings) {
    for (URI node : chain.rpc()) {
      if (node.getScheme().equals("http") && !isNear(node.getHost())) {
        findings.warn(
            FindingCode.CHAIN_CLEAR,
            "chain.rpc",
            "anybody on the way to " + node.getHost() + " can say who has paid",
            "use https");
      }
    }
    if (chain.maxHeadAge().isEmpty() && !DEVELOPMENT_CHAINS.contains(chain.id())) {
      findings.warn(
          FindingCode.CHAIN_AGE_UNCHECKED,
          "chain.max-head-age",
          "is off: a node that stands still is believed for ever",
          "write max-head-age: 60s");
    }
  }

  /** On this machine or in a private network. */
  private static boolean isNear(String host) {
    try {
      InetAddress address = InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", ""));
      return address.isLoopbackAddress() || address.isSiteLocalAddress();
    } catch (IllegalArgumentException e) {
      return host.indexOf('.') < 0; // localhost, or a neighbour such as a container
    }
  }

  private void report(Report report) {
    String subject = "chain " + report.node();
    switch (report) {
      case Report.Fit fit ->
          findings.ok(
              FindingCode.CHAIN,
              subject,
              "chain id %d, contract there, block %d is %d s old"
                  .formatted(chain.id(), fit.head(), Math.max(0, fit.headAge().toSeconds())));
      case Report.Unfit(String _, NodeProbe.Fault fault, String reason) -> {
        switch (fault) {
          case AWAY ->
              findings.unreachable(
                  FindingCode.CHAIN_AWAY,
                  subject,
                  reason,
                  "start it, or write the address of another node");
          case CHAIN_ID ->
              findings.error(
                  FindingCode.CHAIN_ID,
                  subject,
                  reason,
                  "write another node, or the right chain.id");
          case CONTRACT ->
              findings.error(
                  FindingCode.CHAIN_CONTRACT,
                  subject,
                  reason,
                  "write the contract's address into chain.contract; hourgate deploy makes one");
          case OTHER_CONTRACT ->
              findings.error(
                  FindingCode.CHAIN_OTHER_CONTRACT, subject, reason, "write another node");
          case STALE ->
              findings.error(
                  FindingCode.CHAIN_STALE,
                  subject,
                  reason,
                  "let the node catch up; look at this machine's clock");
          case BEHIND ->
              findings.error(
                  FindingCode.CHAIN_BEHIND,
                  subject,
                  reason,
                  "let the node catch up, or replace it");
          case FORK ->
              findings.error(
                  FindingCode.CHAIN_FORK,
                  subject,
                  reason,
                  "find out which is right, and take the other away");
          case ODD -> findings.error(FindingCode.CHAIN_ODD, subject, reason, "write another node");
        }
      }
    }
  }

  /** Whether enough nodes are fit, and who could lie alone. */
  static void quorum(HourgateConfig.Chain chain, List<Report> reports, Findings findings) {
    long fit = reports.stream().filter(Report.Fit.class::isInstance).count();
    long away =
        reports.stream()
            .filter(
                report ->
                    report instanceof Report.Unfit unfit && unfit.fault() == NodeProbe.Fault.AWAY)
            .count();
    int all = chain.rpc().size();
    int quorum = chain.quorum();
    String subject = "chain.quorum";
    long hosts =
        chain.rpc().stream()
            .map(node -> node.getHost().toLowerCase(Locale.ROOT))
            .distinct()
            .count();
    if (quorum > 1 && hosts < quorum && chain.rpc().stream().noneMatch(n -> isNear(n.getHost()))) {
      findings.warn(
          FindingCode.CHAIN_SAME_HOST,
          subject,
          "%d must agree, but the nodes are of %d providers only".formatted(quorum, hosts),
          "write nodes of different providers");
    }
    if (fit < quorum) {
      String message =
          "%d of %d nodes are fit, %d must agree: nobody new is let in".formatted(fit, all, quorum);
      String change = "see what is wrong with each node, or add one";
      if (fit + away < quorum) {
        findings.error(FindingCode.CHAIN_QUORUM_SHORT, subject, message, change);
      } else {
        findings.unreachable(FindingCode.CHAIN_QUORUM_SHORT, subject, message, change);
      }
    } else if (all == 1) {
      if (isNear(chain.rpc().getFirst().getHost())) {
        findings.ok(FindingCode.CHAIN_QUORUM, subject, "the only node decides alone");
      } else {
        findings.warn(
            FindingCode.CHAIN_SINGLE,
            subject,
            "one node of somebody else decides alone who has paid, and while it is away nobody new"
                + " is let in",
            "write a second node, of another provider, into chain.rpc");
      }
    } else if (quorum > 1 && quorum == all) {
      findings.warn(
          FindingCode.CHAIN_QUORUM_TIGHT,
          subject,
          "all %d nodes must agree: when one is away nobody new is let in".formatted(all),
          "add a node, or lower the quorum");
    } else if (quorum == 1 && all > 2) {
      findings.warn(
          FindingCode.CHAIN_QUORUM_ONE,
          subject,
          "a single one of %d nodes can let its friends in".formatted(all),
          "write quorum: 2");
    } else {
      findings.ok(
          FindingCode.CHAIN_QUORUM,
          subject,
          "%d of %d nodes are fit, %d must agree".formatted(fit, all, quorum));
    }
  }

  /** All of them are ahead of us, or all that are fit but for their age are behind: our clock. */
  private void clock(List<Report> reports) {
    List<Report.Fit> fit =
        reports.stream().filter(Report.Fit.class::isInstance).map(Report.Fit.class::cast).toList();
    boolean late =
        !fit.isEmpty()
            && fit.stream()
                .allMatch(each -> each.headAge().compareTo(CLOCK_DIFFERENCE.negated()) < 0);
    if (late && chain.maxHeadAge().isPresent()) {
      findings.error(
          FindingCode.CLOCK_OFF,
          "clock",
          "is late: the newest block is of %s, which is to come"
              .formatted(fit.getFirst().headTime()),
          "set the clock; timedatectl set-ntp true");
    }
  }

  private void history(NodeProbe probe, List<Report> reports) {
    long head =
        reports.stream()
            .filter(Report.Fit.class::isInstance)
            .mapToLong(each -> ((Report.Fit) each).head())
            .findFirst()
            .orElse(0);
    history(probe.history(reports, historyFrom), historyFrom, head, findings);
  }

  /** Whether customers' purchases can be found, and how long that takes. */
  static void history(NodeProbe.History history, long historyFrom, long head, Findings findings) {
    String subject = "shop.history-from-block";
    switch (history) {
      case READABLE -> {
        if (head > LONG_HISTORY && historyFrom == 0) {
          findings.warn(
              FindingCode.CHAIN_HISTORY_SLOW,
              subject,
              "is 0: a customer's purchases are looked for in all %d blocks".formatted(head),
              "write the block in which the contract was made");
        }
      }
      case AHEAD ->
          findings.error(
              FindingCode.CHAIN_HISTORY,
              subject,
              "is a block that is still to come",
              "write the block in which the contract was made");
      case REFUSED ->
          findings.warn(
              FindingCode.CHAIN_HISTORY,
              subject,
              "the node gives no logs of block %d: customers don't see their purchases"
                  .formatted(historyFrom),
              "write a node that keeps logs, or a later block");
      case UNKNOWN -> {}
    }
  }

  private void offers(URI node) {
    for (WalletAddress address : chain.contracts()) {
      String subject = "contract " + address.checksummed();
      try {
        Optional<Shelf> shelf = Deadline.call(PATIENCE, () -> shelf(node, address));
        if (shelf.isEmpty()) {
          unread(subject, "no answer within " + PATIENCE.toSeconds() + " s");
        } else if (shelf.get().paused()) {
          findings.warn(
              FindingCode.OFFERS_PAUSED,
              subject,
              "sales are paused",
              "hourgate unpause, when customers may buy again");
        } else if (shelf.get().onSale() == 0) {
          findings.warn(
              FindingCode.OFFERS_NONE, subject, "nothing is on sale", "hourgate products add");
        } else {
          findings.ok(FindingCode.OFFERS, subject, shelf.get().onSale() + " on sale");
        }
      } catch (IOException | ChainException e) {
        unread(subject, String.valueOf(e.getMessage()));
      }
    }
  }

  private void unread(String subject, String why) {
    findings.warn(
        FindingCode.OFFERS_UNREAD,
        subject,
        "what is on sale can't be read: " + why,
        "look at the contract's address");
  }

  private record Shelf(boolean paused, long onSale) {}

  private Shelf shelf(URI node, WalletAddress address) {
    try (HourgateContract contract = HourgateContract.at(node, chain.id(), address)) {
      return new Shelf(
          contract.isPaused(), contract.products().stream().filter(Product::active).count());
    }
  }
}
