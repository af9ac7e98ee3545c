#!/bin/sh
# Measures Hourgate on this machine and prints tables; docs/benchmarks.md says what the figures mean.
# Usage: bench/run.sh all [--minutes N] [--record]          (every part; about N minutes, 20 if not said, and 10 for the storms)
#        bench/run.sh PART... [--minutes N] [--record]      (jmh socket footprint storm connects guests lookups)
#        bench/run.sh storm [--sessions N] [--processes M] [--fake] [--record]
#        bench/run.sh peer --peer 'COMMAND {socket}' [--peer-name NAME]     (another controller beside ours; bench/peer.sh fetches one)
# --record writes the tables into docs/benchmarks.md. Needs root: real OpenVPN processes in network namespaces.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/as-root.sh"
. "$root/scripts/jdk.sh"
. "$root/scripts/jvm.sh"
as_root_or_exit "$root/bench/run.sh" "$@"

"$root/scripts/setup.sh"
PATH=$PATH:/usr/sbin:/sbin
JAVA_HOME=$(find_jdk javac)
export JAVA_HOME
cd "$root"

echo "building ..."
mvn -B -q -Dspotless.check.skip=true -DskipTests package dependency:build-classpath \
  -Dmdep.includeScope=test -Dmdep.outputFile=target/bench.classpath

# JMH makes classes of its own around what is measured; here at run time, so that the build needs nothing of it.
rm -rf target/jmh
mkdir -p target/jmh/benchmarks target/jmh/classes
libraries=target/test-classes:target/classes:$(cat target/bench.classpath)
(cd target/test-classes && find . -name '*Benchmark.class' -exec cp --parents {} ../jmh/benchmarks \;)
"$JAVA_HOME/bin/java" -cp "$libraries" org.openjdk.jmh.generators.bytecode.JmhBytecodeGenerator \
  target/jmh/benchmarks target/jmh/sources target/jmh/classes reflection >target/jmh/log
find target/jmh/sources -name '*.java' -exec "$JAVA_HOME/bin/javac" -nowarn -proc:none -d target/jmh/classes -cp "$libraries" {} +

folder=$(mktemp -d)
clean_up() {
  trap - EXIT
  end_jvm
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

start_jvm "$JAVA_HOME/bin/java" -XX:+UseParallelGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "$libraries:target/jmh/classes" org.hourgate.bench.Benchmarks \
  "$folder" "$root/target/bench-gate.log" "$@"
wait "$jvm"
