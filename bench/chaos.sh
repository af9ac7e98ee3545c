#!/bin/sh
# Lets faults of nodes, reorganisations, payments and clients happen to a gate at random, and judges what it did.
# Usage: bench/chaos.sh [--minutes N] [--seed N] [--nodes N]     (10 minutes, 3 nodes, a seed of its own; it prints the seed)
#        bench/chaos.sh --judge HISTORY [--nodes N]               (judges an earlier run again)
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/jdk.sh"
"$root/scripts/setup.sh"
JAVA_HOME=$(find_jdk javac)
export JAVA_HOME
cd "$root"

echo "building ..."
mvn -B -q -Dspotless.check.skip=true test-compile dependency:build-classpath \
  -Dmdep.includeScope=test -Dmdep.outputFile=target/bench.classpath
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "target/test-classes:target/classes:$(cat target/bench.classpath)" org.hourgate.faults.Chaos "$@"
