# shellcheck shell=sh
# Sourced. as_root_or_exit SCRIPT ARGS...: runs the script again through sudo unless we are root already.

as_root_or_exit() {
  [ "$(id -u)" -ne 0 ] || return 0
  if ! command -v sudo >/dev/null; then
    echo "${1##*/}: OpenVPN servers and network namespaces need root: please run it as root" >&2
    exit 2
  fi
  echo "${1##*/}: OpenVPN servers and network namespaces need root: continuing through sudo" >&2
  exec sudo --preserve-env=JAVA_HOME,JAVA_OPTS,MAVEN_OPTS,npm_config_cache "$@"
}
