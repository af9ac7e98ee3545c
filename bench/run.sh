#!/bin/sh
# Measures Hourgate on this machine and prints a table; docs/benchmarks.md says what the figures mean.
# Usage: bench/run.sh [verdicts] [guests] [connects] [expiry] [lookups]     (all of them when none is named)
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/as-root.sh"
. "$root/scripts/jdk.sh"
as_root_or_exit "$root/bench/run.sh" "$@"

"$root/scripts/setup.sh"
PATH=$PATH:/usr/sbin:/sbin
JAVA_HOME=$(find_jdk javac)
export JAVA_HOME
cd "$root"

echo "building ..."
mvn -B -q -Dspotless.check.skip=true test-compile dependency:build-classpath \
  -Dmdep.includeScope=test -Dmdep.outputFile=target/bench.classpath

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# What the machine does besides shows in the figures: say it, before and after.
load() { cut -d' ' -f1-3 /proc/loadavg; }
echo "load before: $(load)"
"$JAVA_HOME/bin/java" -XX:+UseParallelGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "target/test-classes:target/classes:$(cat target/bench.classpath)" org.hourgate.bench.Benchmarks \
  "$folder" "$root/target/bench-gate.log" "$@"
echo "load after: $(load)"
