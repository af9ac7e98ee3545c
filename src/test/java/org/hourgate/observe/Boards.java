package org.hourgate.observe;

import static org.hourgate.observe.Panel.bands;
import static org.hourgate.observe.Panel.lines;
import static org.hourgate.observe.Panel.stat;

import java.util.List;

/**
 * The boards. {@code BoardsTest} holds the files in {@code grafana/dashboards} against them, and
 * writes them with {@code -Dboards.write=true}.
 */
final class Boards {

  private static final String RATE = "[$__rate_interval]";
  private static final String PER_SECOND = "ops";
  private static final String COUNT = "short";
  private static final String SHARE = "percentunit";
  private static final String SECONDS = "s";
  private static final String LONG_TIME = "dtdurations";
  private static final String BYTES = "bytes";
  private static final String BITS_PER_SECOND = "bps";

  private static final String CONNECTS = "hourgate_auth_decision_duration_seconds";

  private Boards() {}

  static List<Board> all() {
    return List.of(overview(), gate(), chain(), openvpn(), process());
  }

  private static Board overview() {
    return new Board("overview", "overview", "Is it up, is it earning, who waits.")
        .row(
            "Is it up",
            4,
            yes("Process", "Whether Prometheus reaches the gate.", "up", "down", "up"),
            yes("Ready", "Whether all checks of /readyz pass.", "hourgate_ready", "no", "yes"),
            yes(
                "OpenVPN",
                "Whether each OpenVPN's management connection is up.",
                "hourgate_management_up",
                "away",
                "attached"),
            stat("Newest block", SECONDS, "Age of the newest block that the gate knows.")
                .ask("time() - max(hourgate_chain_head_timestamp_seconds{@})", "age")
                .from(60, "yellow")
                .from(180, "red"),
            stat(
                    "Answered in time",
                    SHARE,
                    "Logins of the last hour that were answered within 0.9 s: later ones make the"
                        + " customer wait five seconds more.")
                .ask(
                    "sum(increase("
                        + CONNECTS
                        + "_bucket{@, kind=\"connect\", le=\"0.9\"}[1h])) / sum(increase("
                        + CONNECTS
                        + "_count{@, kind=\"connect\"}[1h]))",
                    "in time")
                .goodFrom(0.95),
            stat(
                    "Late cuts",
                    COUNT,
                    "Sessions of the last day that were cut more than a second after their paid"
                        + " time.")
                .ask(
                    "round(sum(increase(hourgate_expiry_lag_seconds_count{@}[1d]))"
                        + " - sum(increase(hourgate_expiry_lag_seconds_bucket{@, le=\"1.0\"}[1d])))",
                    "late")
                .from(0.5, "red"))
        .row(
            "Who is there",
            4,
            stat("On the net", COUNT, "Clients whose tunnel is up.")
                .ask("sum(hourgate_sessions{@, state=\"active\"})", "active"),
            stat(
                    "Waiting",
                    COUNT,
                    "Clients whose verdict is under way, or who are let in and whose tunnel is not"
                        + " up yet.")
                .ask(
                    "sum(hourgate_queue_depth{@, queue=\"verdicts\"})"
                        + " + sum(hourgate_sessions{@, state=\"pending\"})",
                    "waiting"),
            stat("Time they have left", LONG_TIME, "Paid time of the wallets on the net, together.")
                .ask("sum(hourgate_paid_time_remaining_seconds{@})", "left"),
            stat("Free addresses", COUNT, "Places of the VPN that nobody has; -1: not known yet.")
                .ask("sum(hourgate_address_pool_free{@})", "free")
                .goodFrom(5))
        .row(
            "Is it earning",
            4,
            stat("Ether, last day", COUNT, "What purchases of the last 24 hours paid in ether.")
                .ask("sum(increase(hourgate_revenue_ether_total{@}[1d]))", "ether"),
            stat("Purchases, last day", COUNT, "Purchases of the last 24 hours.")
                .ask("round(sum(increase(hourgate_purchases_total{@}[1d])))", "purchases"),
            stat("Sold, last day", LONG_TIME, "Time bought in the last 24 hours.")
                .ask("sum(increase(hourgate_sold_seconds_total{@}[1d]))", "sold"),
            stat("Served, last day", LONG_TIME, "Time that tunnels were up in the last 24 hours.")
                .ask("sum(increase(hourgate_served_seconds_total{@}[1d]))", "served"))
        .row(
            "",
            8,
            lines("Sessions", COUNT, "Clients on the net, coming and going.")
                .ask("sum by (state) (hourgate_sessions{@})", "{{state}}"),
            lines("Verdicts", PER_SECOND, "Answers to logins, by what they were.")
                .ask(perSecond("result", CONNECTS + "_count{@, kind=\"connect\"}"), "{{result}}"),
            refusals("Refusals by reason", "Why logins were refused.", "kind=\"connect\""))
        .row(
            "",
            8,
            lines("Traffic", BITS_PER_SECOND, "Bits from and to clients.")
                .ask(
                    "8 * " + perSecond("direction", "hourgate_traffic_bytes_total{@}"),
                    "{{direction}}"),
            lines("Purchases in an hour", COUNT, "Purchases of the hour before, by product.")
                .ask(
                    "sum by (offer) (increase(hourgate_purchases_total{@}[1h])) > 0",
                    "product {{offer}}")
                .ask("sum(increase(hourgate_purchases_total{@}[1h]))", "all"),
            bands("Checks", "Which check of /readyz failed when.")
                .ask("min by (check) (hourgate_ready{@})", "{{check}}")
                .goodFrom(1)
                .saying("fails", "passes"));
  }

  private static Board gate() {
    return new Board("gate", "gate", "Logins, verdicts and cuts; threads and queues; the page.")
        .row(
            "Verdicts",
            8,
            lines("Verdicts", PER_SECOND, "Answers to logins and renegotiations.")
                .ask(perSecond("kind, result", CONNECTS + "_count{@}"), "{{kind}} {{result}}"),
            lines(
                    "How long a login waits",
                    SECONDS,
                    "From a login's arrival to its answer. 0.9 s is the aim.")
                .ask(quantile(0.5, "", CONNECTS, "kind=\"connect\""), "half within")
                .ask(quantile(0.99, "", CONNECTS, "kind=\"connect\""), "99 % within"),
            lines("How long a renegotiation waits", SECONDS, "From its arrival to its answer.")
                .ask(quantile(0.5, "", CONNECTS, "kind=\"reauth\""), "half within")
                .ask(quantile(0.99, "", CONNECTS, "kind=\"reauth\""), "99 % within"))
        .row(
            "",
            8,
            refusals(
                "Refused: the customer's matter",
                "Not paid, wrong, used up, put out.",
                "reason!~\"" + OURS + "\""),
            lines(
                    "Refused: our fault",
                    PER_SECOND,
                    "Told to come back, and clients do by themselves.")
                .ask(
                    perSecond("reason", "hourgate_auth_denied_total{@, reason=~\"" + OURS + "\"}"),
                    "{{reason}}"),
            lines(
                    "Odd ends of logins",
                    PER_SECOND,
                    "Gone before the verdict; let in and never up; renegotiations nobody heard; let"
                        + " in by OpenVPN without a verdict (must be none).")
                .ask(perSecond("", "hourgate_auth_abandoned_total{@}"), "gone before")
                .ask(perSecond("", "hourgate_admitted_never_up_total{@}"), "never up")
                .ask(perSecond("", "hourgate_reauths_lost_total{@}"), "not heard")
                .ask(perSecond("", "hourgate_established_without_verdict_total{@}"), "no verdict"))
        .row(
            "The end",
            8,
            lines(
                    "How late cuts are",
                    SECONDS,
                    "From the end of paid time to the writing of the cut. The promise is 1 s.")
                .ask(quantile(0.5, "", "hourgate_expiry_lag_seconds", ""), "half within")
                .ask(quantile(0.99, "", "hourgate_expiry_lag_seconds", ""), "99 % within")
                .ask("max(hourgate_expiry_lag_seconds_max{@})", "latest"),
            lines("Cuts", PER_SECOND, "Sessions that the gate ended, by reason.")
                .ask(perSecond("reason", "hourgate_kills_total{@}") + " > 0", "{{reason}}")
                .ask(perSecond("", "hourgate_kills_total{@}"), "all"),
            lines("Cuts tried again", PER_SECOND, "Cuts that OpenVPN did not confirm within 8 s.")
                .ask(perSecond("how", "hourgate_kill_retries_total{@}"), "{{how}}"))
        .row(
            "Sessions",
            8,
            lines("Who ended sessions", PER_SECOND, "Ended sessions, by who ended them.")
                .ask(
                    perSecond("end", "hourgate_session_duration_seconds_count{@}") + " > 0",
                    "{{end}}")
                .ask(perSecond("", "hourgate_session_duration_seconds_count{@}"), "all"),
            lines(
                    "How long they lasted",
                    SECONDS,
                    "Sessions that ended, from tunnel up to its end.")
                .ask(quantile(0.5, "", "hourgate_session_duration_seconds", ""), "half within")
                .ask(quantile(0.9, "", "hourgate_session_duration_seconds", ""), "90 % within"),
            lines(
                    "Longer, again, learned",
                    PER_SECOND,
                    "Live sessions extended; reconnected once at a passed belt; found running when"
                        + " the gate came back.")
                .ask(perSecond("", "hourgate_extensions_total{@}"), "extended")
                .ask(perSecond("", "hourgate_belt_reconnects_total{@}"), "reconnected")
                .ask(perSecond("", "hourgate_sessions_learned_total{@}"), "learned"))
        .row(
            "Threads and queues",
            8,
            lines("Late tasks", SECONDS, "How late a task that was due starts, 99 of 100.")
                .ask(quantile(0.99, "loop", "hourgate_event_loop_lag_seconds", ""), "{{loop}}"),
            lines("Queues", COUNT, "Tasks for the gate's thread, logins and signatures that wait.")
                .ask("sum by (queue) (hourgate_queue_depth{@})", "{{queue}}"),
            bands(
                    "Signatures and clock",
                    "The fast implementation in use; the clock to be trusted.")
                .ask(
                    "min by (implementation) (hourgate_signature_recovery{@, implementation=\"native\"})",
                    "fast signatures")
                .ask("1 - max(hourgate_clock_doubtful{@})", "clock")
                .ask("min(hourgate_config_reload_success{@})", "configuration")
                .goodFrom(1)
                .saying("no", "good"))
        .row(
            "The page",
            8,
            lines("Requests", "reqps", "Requests to the page's listener, by answer.")
                .ask(
                    perSecond("code", "hourgate_http_request_duration_seconds_count{@}"),
                    "{{code}}"),
            lines("How long requests take", SECONDS, "On the average, by route.")
                .ask(
                    perSecond("route", "hourgate_http_request_duration_seconds_sum{@}")
                        + " / "
                        + perSecond("route", "hourgate_http_request_duration_seconds_count{@}")
                        + " >= 0",
                    "{{route}}"),
            lines("Customers on the page", PER_SECOND, "Texts to sign, sign-ins, profiles.")
                .ask(perSecond("", "hourgate_nonces_issued_total{@}"), "texts to sign")
                .ask(perSecond("outcome", "hourgate_web_auth_total{@}"), "sign-in {{outcome}}")
                .ask(perSecond("kind", "hourgate_profiles_issued_total{@}"), "profile by {{kind}}"),
            lines("Limited", "reqps", "Requests refused because their source sends too many.")
                .ask(perSecond("route", "hourgate_rate_limited_total{@}") + " > 0", "{{route}}")
                .ask(perSecond("", "hourgate_rate_limited_total{@}"), "all"));
  }

  private static final String OURS =
      "rate_limited|chain_unavailable|starting|overloaded|clock|internal";

  private static Board chain() {
    return new Board("chain", "chain", "Nodes, the head, questions to nodes, reorganisations.")
        .row(
            "",
            4,
            stat("Newest block", SECONDS, "Age of the newest block that the gate knows.")
                .ask("time() - max(hourgate_chain_head_timestamp_seconds{@})", "age")
                .from(60, "yellow")
                .from(180, "red"),
            stat("Block", "none", "Number of the newest block.")
                .ask("max(hourgate_chain_block{@, kind=\"latest\"})", "latest"),
            stat("Fit nodes", COUNT, "Nodes of chain.rpc that are fit to be asked.")
                .ask("sum(hourgate_chain_endpoint_up{@})", "fit")
                .goodFrom(1),
            stat("Reorganisations, last day", COUNT, "How often the chain was rewritten.")
                .ask("round(sum(increase(hourgate_chain_reorgs_total{@}[1d])))", "reorganisations"))
        .row(
            "Nodes",
            8,
            bands("Nodes", "Which node of chain.rpc was fit to be asked when; 0 is the first.")
                .ask("min by (endpoint) (hourgate_chain_endpoint_up{@})", "node {{endpoint}}")
                .goodFrom(1)
                .saying("unfit", "fit"),
            lines("Age of the head", SECONDS, "Saw teeth as high as the time between two blocks.")
                .ask("time() - max(hourgate_chain_head_timestamp_seconds{@})", "age"),
            lines("Blocks that do not count yet", COUNT, "Confirmations that are waited for.")
                .ask(
                    "max(hourgate_chain_block{@, kind=\"latest\"})"
                        + " - max(hourgate_chain_block{@, kind=\"confirmed\"})",
                    "blocks"))
        .row(
            "Questions",
            8,
            lines("Questions", PER_SECOND, "Questions to all nodes, by method.")
                .ask(
                    perSecond("method", "hourgate_chain_rpc_duration_seconds_count{@}"),
                    "{{method}}"),
            lines("A question to the chain", SECONDS, "How long nodes take, 95 of 100.")
                .ask(
                    quantile(0.95, "method", "hourgate_chain_rpc_duration_seconds", ""),
                    "{{method}}"),
            lines(
                    "Questions that fail",
                    PER_SECOND,
                    "Errors, and answers that did not come in time.")
                .ask(
                    perSecond(
                        "outcome", "hourgate_chain_rpc_duration_seconds_count{@, outcome!=\"ok\"}"),
                    "{{outcome}}"))
        .row(
            "Trouble",
            8,
            lines("Reorganisations in an hour", COUNT, "How often the chain was rewritten.")
                .ask("sum(increase(hourgate_chain_reorgs_total{@}[1h]))", "reorganisations"),
            lines("How deep", COUNT, "The deepest reorganisation of the last minutes, in blocks.")
                .ask("max(hourgate_chain_reorg_depth_blocks_max{@})", "deepest"),
            lines(
                    "Second nodes",
                    PER_SECOND,
                    "Asked because the first failed or took long; wallets on which nodes differ.")
                .ask(perSecond("", "hourgate_chain_failovers_total{@}"), "failed over")
                .ask(perSecond("", "hourgate_chain_hedges_total{@}"), "too slow")
                .ask(
                    perSecond("about", "hourgate_chain_disagreements_total{@}"),
                    "differ: {{about}}"));
  }

  private static Board openvpn() {
    return new Board("openvpn", "OpenVPN and traffic", "Each OpenVPN and its management socket.")
        .row(
            "",
            8,
            bands("Attached", "When the management connection of which OpenVPN was up.")
                .ask("min by (openvpn) (hourgate_management_up{@})", "{{openvpn}}")
                .goodFrom(1)
                .saying("away", "attached"),
            lines("On the net", COUNT, "Clients whose tunnel is up.")
                .ask("sum by (openvpn) (hourgate_sessions{@, state=\"active\"})", "{{openvpn}}")
                .stack(),
            lines("Traffic", BITS_PER_SECOND, "Bits from and to clients, counted each 5 s.")
                .ask(
                    "8 * " + perSecond("openvpn, direction", "hourgate_traffic_bytes_total{@}"),
                    "{{openvpn}} {{direction}}"))
        .row(
            "",
            8,
            lines("Free addresses", COUNT, "Places that nobody has; -1: not known yet.")
                .ask("sum by (openvpn) (hourgate_address_pool_free{@})", "{{openvpn}}"),
            lines(
                    "Traffic in a day",
                    BYTES,
                    "Bytes of the 24 hours before: what a provider with a limit would count.")
                .ask(
                    "sum by (direction) (increase(hourgate_traffic_bytes_total{@}[1d]))",
                    "{{direction}}"),
            lines(
                    "Restarts and lost connections in an hour",
                    COUNT,
                    "Lives of OpenVPN's server context that began; connections that were lost or"
                        + " refused.")
                .ask(
                    "sum by (openvpn) (increase(hourgate_management_epochs_total{@}[1h]))",
                    "{{openvpn}} began")
                .ask(
                    "sum by (openvpn, reason)"
                        + " (increase(hourgate_management_reconnects_total{@}[1h]))",
                    "{{openvpn}} {{reason}}"))
        .row(
            "The management socket",
            8,
            lines("What OpenVPN says", PER_SECOND, "Notifications, by kind.")
                .ask(
                    perSecond("event", "hourgate_management_events_total{@}") + " > 0", "{{event}}")
                .ask(perSecond("", "hourgate_management_events_total{@}"), "all"),
            lines(
                    "How long OpenVPN takes",
                    SECONDS,
                    "From the writing of commands to the last of their replies, 99 of 100.")
                .ask(
                    quantile(0.99, "command", "hourgate_management_command_duration_seconds", "")
                        + " >= 0",
                    "{{command}}"),
            lines("Commands that wait", COUNT, "For the socket, by how urgent they are.")
                .ask("sum by (priority) (hourgate_management_queue_commands{@})", "{{priority}}"),
            lines(
                    "Trouble",
                    PER_SECOND,
                    "Lines that could not be read; commands without all replies, out of date, or"
                        + " too many.")
                .ask(perSecond("", "hourgate_management_unparsed_lines_total{@}"), "unread lines")
                .ask(
                    perSecond("reason", "hourgate_management_send_failures_total{@}"),
                    "{{reason}}"));
  }

  private static Board process() {
    return new Board("process", "process", "The Java process: processor, memory, threads, log.")
        .row(
            "",
            4,
            stat("Runs for", LONG_TIME, "Since the last start.")
                .ask("min(time() - process_start_time_seconds{@})", "up"),
            Panel.names("Version", "What runs.")
                .ask(
                    "count by (version, commit) (hourgate_build_info{@})",
                    "{{version}} {{commit}}"),
            stat("Errors in the log, last day", COUNT, "Lines of level error.")
                .ask("round(sum(increase(logback_events_total{@, level=\"error\"}[1d])))", "errors")
                .from(0.5, "red"),
            stat("Page's certificate ends in", LONG_TIME, "0 without TLS.")
                .ask(
                    "clamp_min(min(hourgate_tls_certificate_expiry_timestamp_seconds{@, use=\"page\"}) - time(), 0)",
                    "left"))
        .row(
            "",
            8,
            lines("Processor", SHARE, "Of all processors of the machine.")
                .ask("avg(process_cpu_usage{@})", "Hourgate")
                .ask("avg(system_cpu_usage{@})", "the machine"),
            lines("Heap", BYTES, "What is used, by part.")
                .ask("sum by (id) (jvm_memory_used_bytes{@, area=\"heap\"})", "{{id}}")
                .stack(),
            lines("Beside the heap", BYTES, "Classes, code, and buffers for sockets.")
                .ask("sum(jvm_memory_used_bytes{@, area=\"nonheap\"})", "classes and code")
                .ask("sum by (id) (jvm_buffer_memory_used_bytes{@})", "buffers: {{id}}"))
        .row(
            "",
            8,
            lines(
                    "Time in garbage collection",
                    SHARE,
                    "Share of the time in which all stood still.")
                .ask(perSecond("", "jvm_gc_pause_seconds_sum{@}"), "collecting"),
            lines("Threads", COUNT, "Platform threads, by what they are doing.")
                .ask("sum by (state) (jvm_threads_states_threads{@})", "{{state}}")
                .stack(),
            lines("Open files", COUNT, "Sockets among them.")
                .ask("sum(process_files_open_files{@})", "open"),
            lines("Lines of the log", PER_SECOND, "By level.")
                .ask(
                    perSecond("level", "logback_events_total{@, level=~\"error|warn|info\"}"),
                    "{{level}}"));
  }

  /** 0 is bad, 1 is good, the worst of all counts. */
  private static Panel yes(
      String title, String description, String metric, String zero, String one) {
    return stat(title, "none", description)
        .ask("min(" + metric + "{@})", "")
        .goodFrom(1)
        .saying(zero, one);
  }

  private static Panel refusals(String title, String description, String which) {
    String refused = "hourgate_auth_denied_total{@, " + which + "}";
    return lines(title, PER_SECOND, description)
        .ask(perSecond("reason", refused) + " > 0", "{{reason}}")
        .ask(perSecond("", refused), "all");
  }

  private static String perSecond(String by, String counter) {
    return (by.isEmpty() ? "sum" : "sum by (" + by + ") ") + "(rate(" + counter + RATE + "))";
  }

  private static String quantile(double share, String by, String histogram, String which) {
    String labels = which.isEmpty() ? "{@}" : "{@, " + which + "}";
    String groups = by.isEmpty() ? "le" : by + ", le";
    return "histogram_quantile("
        + share
        + ", sum by ("
        + groups
        + ") (rate("
        + histogram
        + "_bucket"
        + labels
        + RATE
        + ")))";
  }
}
