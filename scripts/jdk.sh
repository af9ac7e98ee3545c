# shellcheck shell=sh
# Sourced by the other scripts. Debian's default java is older than the one we need, so we look for it ourselves.

JDK_FLOOR=25

# jdk_fits HOME TOOL: HOME is a Java installation of at least JDK_FLOOR that has bin/TOOL.
jdk_fits() {
  [ -n "$1" ] && [ -x "$1/bin/$2" ] && [ -r "$1/release" ] || return 1
  jdk_major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${jdk_major:-0}" -ge "$JDK_FLOOR" ]
}

# find_jdk TOOL: prints the home of the first fitting installation, or fails.
find_jdk() {
  jdk_on_path=$(command -v java || true)
  if [ -n "$jdk_on_path" ]; then
    jdk_on_path=$(readlink -f "$jdk_on_path")
    jdk_on_path=${jdk_on_path%/bin/java}
  fi
  for jdk_home in "${JAVA_HOME:-}" "$jdk_on_path" /usr/lib/jvm/* "${SDKMAN_DIR:-${HOME:-/root}/.sdkman}"/candidates/java/* \
    "${HOME:-/root}"/.jdks/* /opt/java/* /opt/jdk* /usr/local/java/* /usr/local/jdk*; do
    if jdk_fits "$jdk_home" "$1"; then
      printf '%s\n' "$jdk_home"
      return 0
    fi
  done
  return 1
}
