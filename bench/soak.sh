#!/bin/sh
# Lets customers come and go at a gate for a long while, with faults, and says whether what it holds of memory, files and threads grows.
# Usage: bench/soak.sh [--minutes N] [--seed N] [--record]     (30 minutes; it prints its seed; --record writes docs/reliability.md)
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/as-root.sh"
. "$root/scripts/test-class.sh"
as_root_or_exit "$root/bench/soak.sh" "$@"
# The gate inherits it: the options that it is shipped with; and what is allocated besides the heap is counted by nobody else.
export JDK_JAVA_OPTIONS="@$root/bin/java.options -XX:NativeMemoryTracking=summary"
run_test_class "$root" org.hourgate.soak.Soak "$@"
