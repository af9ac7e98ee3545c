#!/bin/sh
# Lets faults of nodes, reorganisations, payments and clients happen to a gate at random, and judges what it did.
# Usage: bench/chaos.sh [--minutes N] [--seed N] [--nodes N]     (10 minutes, 3 nodes, a seed of its own; it prints the seed)
#        bench/chaos.sh --judge HISTORY [--nodes N]               (judges an earlier run again)
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/test-class.sh"
run_test_class "$root" org.hourgate.faults.Chaos "$@"
