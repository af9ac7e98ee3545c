#!/bin/sh
# Lets what can go wrong go wrong, writes down what happened, and judges it. Two kinds:
#   bench/chaos.sh [--minutes N] [--seed N] [--nodes N]         nodes, reorganisations, payments and clients of one gate, at random
#   bench/chaos.sh --judge HISTORY [--nodes N]                  judges such a run again
#   bench/chaos.sh --processes [--minutes N] [--houses N] [--seed N] [--step STEP] [--harm HARM] [--record]
#                                                               gate, OpenVPN and node killed, stopped and cut off, and the clock wrong,
#                                                               at each step; needs root, and faketime (scripts/setup.sh --tests)
#   bench/chaos.sh --processes [--record] --judge HISTORY...    judges such a run again
# 10 minutes unless told; it prints its seed. --record writes docs/reliability.md.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/as-root.sh"
. "$root/scripts/test-class.sh"
if [ "${1:-}" = --processes ]; then
  as_root_or_exit "$root/bench/chaos.sh" "$@"
  shift
  run_test_class "$root" org.hourgate.chaos.ProcessChaos "$@"
fi
run_test_class "$root" org.hourgate.faults.Chaos "$@"
