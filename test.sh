#!/bin/sh
# Runs every test: the contract's, the Java unit tests, and those against a real OpenVPN. Ends with a count.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
. "$root/scripts/as-root.sh"
. "$root/scripts/jdk.sh"
as_root_or_exit "$root/test.sh" "$@"
cd "$root"

scripts/setup.sh
JAVA_HOME=$(find_jdk javac)
export JAVA_HOME
PATH=$PATH:/usr/sbin:/sbin
mkdir -p target

passed=0 failed=0
heading() { printf '\n== %s\n' "$1"; }

# Gives the files of this run back to whoever called sudo.
give_back() {
  if [ -n "${SUDO_UID:-}" ]; then
    chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" target contracts
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

if [ -x contracts/check.sh ]; then
  heading "Contract"
  status=0
  { contracts/check.sh 2>&1 || echo $? >target/contract-status; } | tee target/contract-tests.log
  if [ -f target/contract-status ]; then status=$(cat target/contract-status) && rm target/contract-status; fi
  # forge's last line: Ran 3 test suites in 1.2s (…): 41 tests passed, 0 failed, 0 skipped (41 total tests)
  counts=$(sed -n 's/.* \([0-9]*\) tests\{0,1\} passed, \([0-9]*\) failed, .*total tests.*/\1 \2/p' target/contract-tests.log | tail -n 1)
  # shellcheck disable=SC2086 # two words
  add_counts ${counts:-0 0} "$status"
fi

heading "Java"
status=0
rm -rf target/surefire-reports target/failsafe-reports
# A failed unit test shall not keep the integration tests from running; the counts decide.
mvn -B -ntp -Dmaven.test.failure.ignore=true verify || status=$?
counts=$(find target/surefire-reports target/failsafe-reports -name 'TEST-*.xml' -exec cat {} + 2>/dev/null | awk '
  function value(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
  /^<testsuite / { tests += value("tests"); bad += value("failures") + value("errors"); skipped += value("skipped") }
  END { print tests - bad - skipped, bad + 0 }')
# shellcheck disable=SC2086 # two words
add_counts $counts "$status"

heading "Summary"
if [ "$failed" -gt 0 ]; then
  echo "details: target/surefire-reports, target/failsafe-reports, target/contract-tests.log"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
