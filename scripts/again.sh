# shellcheck shell=sh
# Sourced. again COMMAND...: runs what asks a registry up to three times; it may be away for a moment.

again() {
  for pause in 5 30; do
    if "$@"; then return 0; fi
    echo "${0##*/}: that failed; once more in $pause s: $*" >&2
    sleep "$pause"
  done
  "$@"
}
