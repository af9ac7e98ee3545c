#!/bin/sh
# Runs every test: the contract's, the Java unit tests, and those against a real OpenVPN. Ends with a count.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
. "$root/scripts/as-root.sh"
. "$root/scripts/jdk.sh"
as_root_or_exit "$root/test.sh" "$@"
cd "$root"

scripts/setup.sh --tests
JAVA_HOME=$(find_jdk javac)
export JAVA_HOME
PATH=$PATH:/usr/sbin:/sbin
mkdir -p target

passed=0 failed=0
heading() { printf '\n== %s\n' "$1"; }

# Gives the files of this run back to whoever called sudo.
give_back() {
  if [ -n "${SUDO_UID:-}" ]; then
    chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" target contracts src/main/web
    [ ! -d .tools ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" .tools
  fi
}
trap give_back EXIT

# add_counts PASSED FAILED STATUS: a run that failed without naming a test counts as one failure.
add_counts() {
  passed=$((passed + $1))
  if [ "$3" -ne 0 ] && [ "$2" -eq 0 ]; then
    failed=$((failed + 1))
  else
    failed=$((failed + $2))
  fi
}

# logged FILE COMMAND...: shows what the command prints, keeps it in the file, and returns the command's own status.
logged() {
  log=$1
  shift
  if "$@" 2>&1; then rm -f "$log.failed"; else : >"$log.failed"; fi | tee "$log"
  [ ! -e "$log.failed" ]
}

if [ -x contracts/check.sh ]; then
  heading "Contract"
  status=0
  # With a million random calls, which take one to two minutes of four cores.
  logged target/contract-tests.log env FOUNDRY_PROFILE=ci contracts/check.sh || status=$?
  # forge's last line: Ran 6 test suites in 1.2s (…): 90 tests passed, 0 failed, 0 skipped (90 total tests)
  # The first run is all tests; a later one measures gas with some of them.
  counts=$(sed -n 's/.* \([0-9]*\) tests\{0,1\} passed, \([0-9]*\) failed, .*total tests.*/\1 \2/p' target/contract-tests.log | head -n 1)
  # shellcheck disable=SC2086 # two words
  add_counts ${counts:-0 0} "$status"
fi

heading "Java"
status=0
# A failed unit test shall not keep the integration tests from running; the counts decide.
# A shell starts what runs in the background deaf to Ctrl-C, and tests of Ctrl-C with it.
logged target/java-tests.log env --default-signal=INT,QUIT mvn -B -ntp -Dstyle.color=never -Dmaven.test.failure.ignore=true verify || status=$?
# A line for the unit tests and one for the integration tests; nested classes have no report file of their own.
counts=$(awk -F '[:,]' '
  /^\[[A-Z]*\] Tests run: [0-9]*, Failures: [0-9]*, Errors: [0-9]*, Skipped: [0-9]*$/ {
    bad += $4 + $6
    good += $2 - $4 - $6 - $8
  }
  END { print good + 0, bad + 0 }' target/java-tests.log)
# shellcheck disable=SC2086 # two words
add_counts $counts "$status"

heading "Summary"
if [ "$failed" -gt 0 ]; then
  echo "details: target/contract-tests.log, target/java-tests.log, target/surefire-reports, target/failsafe-reports"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
