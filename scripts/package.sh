#!/bin/sh
# Builds the Debian package: target/hourgate_VERSION_ARCHITECTURE.deb (docs/package.md). Tests are ./test.sh's.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/jdk.sh"
"$root/scripts/setup.sh" --package
JAVA_HOME=$(find_jdk javac)
export JAVA_HOME
mvn -B -ntp -q -f "$root/pom.xml" -Pdeb -Dmaven.test.skip=true clean package
ls -l "$root"/target/hourgate_*.deb
