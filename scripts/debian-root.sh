#!/bin/sh
# Makes .tools/debian once: a minimal Debian with systemd, OpenVPN and nftables, which tests of the package boot in namespaces.
# DEBIAN_MIRROR: another mirror than debootstrap's own.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/again.sh"
PATH=$PATH:/usr/sbin:/sbin
target=$root/.tools/debian
packages=systemd,systemd-sysv,openvpn,nftables,iproute2,man-db,bash-completion
if [ "$(cat "$target/.complete" 2>/dev/null)" = "$packages" ]; then exit 0; fi
echo "debian-root: debootstrap into .tools/debian" >&2
mkdir -p "$root/.tools"
strap() {
  rm -rf "$target"
  # shellcheck disable=SC2086 # no mirror is no argument
  debootstrap --variant=minbase --include="$packages" bookworm "$target" ${DEBIAN_MIRROR:-} >"$root/.tools/debootstrap.log" 2>&1
}
again strap || {
  tail -n 20 "$root/.tools/debootstrap.log" >&2
  exit 1
}
rm -rf "$target/var/cache/apt/archives"/*.deb "$target/var/lib/apt/lists"/*
echo "$packages" >"$target/.complete"
