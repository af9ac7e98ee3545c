# shellcheck shell=sh
# Sourced. Runs a virtual machine that makes labs. Whatever ended it, or this script, all that it started ends with it, and the
# namespaces and folders of its labs are gone; nobody else's are touched.

# start_jvm JAVA ARGS...: starts it in the background, in a process group of its own. Whoever calls it calls end_jvm at its exit.
start_jvm() {
  setsid "$@" &
  jvm=$!
}

end_jvm() {
  [ -n "${jvm:-}" ] || return 0
  kill "$jvm" 2>/dev/null || true
  patience=30
  while kill -0 "$jvm" 2>/dev/null && [ "$patience" -gt 0 ]; do
    patience=$((patience - 1))
    sleep 1
  done
  kill -s KILL -- "-$jvm" 2>/dev/null || true
  patience=50
  while kill -0 -- "-$jvm" 2>/dev/null && [ "$patience" -gt 0 ]; do
    patience=$((patience - 1))
    sleep 0.1
  done
  for namespace in /run/netns/hourgate-lab-"$jvm"-*; do
    if [ -e "$namespace" ]; then
      ip netns pids "${namespace##*/}" | while read -r pid; do kill -s KILL "$pid" || true; done
      ip netns del "${namespace##*/}" || true
    fi
  done
  rm -rf "${TMPDIR:-/tmp}/hourgate-lab-$jvm-"*
}

# run_jvm JAVA ARGS...: runs it, and exits with its status.
run_jvm() {
  trap 'trap - EXIT; end_jvm' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  start_jvm "$@"
  status=0
  wait "$jvm" || status=$?
  exit "$status"
}
