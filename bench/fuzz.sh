#!/bin/sh
# Feeds everything that reads what others wrote with inputs that Jazzer makes up; docs/reliability.md says what is tried.
# Usage: bench/fuzz.sh [--minutes N] [--publish] [TARGET...]     (1 minute for each target; all of them when none is named)
#        bench/fuzz.sh --replay TARGET FILE                      (one input again, such as target/fuzz/TARGET/crash-*)
#        bench/fuzz.sh --proofs N [--seed N] [--publish]         (passwords that are nearly right, at a whole gate)
#        bench/fuzz.sh --orders N [--seed N] [--publish]         (the gate's steps in up to N orders for each story)
# With --publish the figures go into docs/reliability.md.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/test-class.sh"
run_test_class "$root" org.hourgate.fuzz.FuzzRun "$@"
