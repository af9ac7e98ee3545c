package org.hourgate.app.config;

import static org.hourgate.infrastructure.config.Parsers.duration;
import static org.hourgate.infrastructure.config.Parsers.integer;
import static org.hourgate.infrastructure.config.Parsers.orOff;
import static org.hourgate.infrastructure.config.Parsers.wholeNumber;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.hourgate.app.config.HourgateConfig.Chain;
import org.hourgate.chain.Confirmations;
import org.hourgate.infrastructure.config.Parser;
import org.hourgate.infrastructure.config.Section;
import org.hourgate.infrastructure.config.Setting;

/** Declares the keys of {@code chain}. */
final class ChainReader {

  private static final Parser<Integer> BLOCKS = integer(1, Confirmations.MOST);

  private ChainReader() {}

  static Supplier<Chain> read(Section section) {
    var id =
        section
            .value(
                "id",
                wholeNumber(1, Long.MAX_VALUE),
                "the chain id (EIP-155) that every node must have")
            .required();
    var rpc =
        notEmpty(
            section,
            "rpc",
            section.list("rpc", Formats.rpcUrl(), "JSON-RPC addresses, the preferred one first"));
    Supplier<List<URI>> nodesToAsk =
        rpc.live(
                "the chain, its contracts and the blocks that were followed must be the same; new"
                    + " nodes are looked at first. Not where they are fewer than must agree")
            .required();
    var contracts =
        notEmpty(
                section,
                "contract",
                section.list(
                    "contract",
                    Formats.wallet(),
                    "contracts that give time; signed texts name the first"))
            .required();
    var quorum =
        section.value(
            "quorum",
            integer(1, 16),
            "how many nodes must agree before anybody is let in or ended before the known end; at"
                + " most the number of `chain.rpc`, see below");
    int nodes = rpc.peek().map(List::size).orElse(0);
    if (nodes > 0 && quorum.peek().filter(number -> number > nodes).isPresent()) {
      section.problem("quorum", "must be at most the number of chain.rpc, which is " + nodes);
    }
    Supplier<Integer> effectiveQuorum = quorum.orElse("1");
    Supplier<Confirmations> confirmations = confirmations(section);
    var poll =
        section
            .value(
                "poll",
                duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
                "how often to look for a new block")
            .orElse("1s");
    var maxHeadAge =
        section
            .value(
                "max-head-age",
                orOff(duration(Duration.ofSeconds(1), Duration.ofDays(1))),
                "a node whose newest block is older is not believed; `off` for development chains"
                    + " that mine on demand only")
            .orElse("60s");
    return () ->
        new Chain(
            id.get(),
            nodesToAsk.get(),
            contracts.get(),
            effectiveQuorum.get(),
            confirmations.get(),
            poll.get(),
            maxHeadAge.get());
  }

  /** One number of blocks, or a group with one for each level of prices. */
  private static Supplier<Confirmations> confirmations(Section chain) {
    String meaning = "blocks, the purchase's own included, before a purchase counts";
    if (!chain.isGroup("confirmations")) {
      var number = chain.value("confirmations", BLOCKS, meaning).orElse("1");
      return () -> Confirmations.of(number.get());
    }
    chain
        .declare("confirmations", BLOCKS.wanted() + ", or the group of the next keys", meaning)
        .usually("1");
    Section section = chain.section("confirmations");
    var usual =
        section.value("default", BLOCKS, "the same, for every price without a level").orElse("1");
    section.declare(
        "from",
        "a list of groups",
        "levels; where several fit a price, the one with the most blocks counts");
    List<Supplier<Confirmations.Level>> levels =
        section.sections("from").stream().map(ChainReader::level).toList();
    return () -> new Confirmations(usual.get(), levels.stream().map(Supplier::get).toList());
  }

  private static Supplier<Confirmations.Level> level(Section section) {
    boolean inEther = !section.isWritten("token");
    var price =
        section
            .value("price", Formats.price(inEther), "the lowest price that has this level")
            .required();
    var token =
        section
            .value(
                "token", Formats.wallet(), "the token's address, where the price is not in ether")
            .optional();
    var blocks = section.value("blocks", BLOCKS, "blocks before such a purchase counts").required();
    return () -> new Confirmations.Level(token.get(), price.get(), blocks.get());
  }

  private static <T> Setting<List<T>> notEmpty(
      Section section, String key, Setting<List<T>> setting) {
    setting
        .peek()
        .ifPresent(
            values -> {
              if (values.isEmpty()) {
                section.problem(key, "needs at least one value");
              } else if (Set.copyOf(values).size() < values.size()) {
                section.problem(key, "has a value twice");
              }
            });
    return setting;
  }
}
