#!/bin/sh
# Builds packaging/Containerfile with Podman (Debian: podman buildah crun) and tries it with a real OpenVPN and a real client. Asks no
# registry: what the image is built on is made by debootstrap and from the JDK of this machine. Takes some minutes, and root.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/as-root.sh"
. "$root/scripts/jdk.sh"
as_root_or_exit "$root/scripts/container.sh" "$@"
"$root/scripts/setup.sh" --tests
JAVA_HOME=$(find_jdk javac)
export JAVA_HOME
PATH=$PATH:/usr/sbin:/sbin
command -v podman >/dev/null || {
  echo "container: needs the program podman: apt-get install --no-install-recommends podman buildah crun" >&2
  exit 4
}

# make_bases: a Debian, and one with a JDK, both trusting whom this machine trusts.
make_bases() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  echo "container: debootstrap" >&2
  # shellcheck disable=SC2086 # no mirror is no argument
  debootstrap --variant=minbase --include=ca-certificates bookworm "$work/debian" ${DEBIAN_MIRROR:-} >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    exit 1
  }
  rm -rf "$work/debian/var/cache/apt/archives"/*.deb
  tar -C "$work/debian" -c . | podman import -q - localhost/hourgate-base:debian
  mkdir -p "$work/debian/opt/jdk"
  cp -rL "$JAVA_HOME/." "$work/debian/opt/jdk/"
  cp /etc/ssl/certs/ca-certificates.crt "$work/debian/etc/ssl/certs/"
  tar -C "$work/debian" -c . | podman import -q --change 'ENV JAVA_HOME=/opt/jdk' \
    --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' - localhost/hourgate-base:jdk
}
if ! podman image exists localhost/hourgate-base:jdk; then make_bases; fi

podman build --network host --build-arg JDK=localhost/hourgate-base:jdk --build-arg DEBIAN=localhost/hourgate-base:debian \
  -f "$root/packaging/Containerfile" -t localhost/hourgate "$root"
mvn -B -ntp -f "$root/pom.xml" -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dspotless.check.skip=true \
  -Dit.test=ContainerIT -Dcontainer.image=localhost/hourgate verify
