#!/bin/sh
# Measures openvpn-auth-oauth2 beside Hourgate. Its package of Debian sid is unpacked into a folder of its own; nothing is installed.
# Usage: bench/peer.sh [--deb FILE] [--minutes N] [--record]      (3 minutes; Debian and its relatives; --deb takes a package that is there)
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/as-root.sh"
as_root_or_exit "$root/bench/peer.sh" "$@"

deb=
minutes=3
record=
while [ $# -gt 0 ]; do
  case $1 in
  --deb) deb=$(readlink -f "$2") && shift ;;
  --minutes) minutes=$2 && shift ;;
  --record) record=--record ;;
  *) sed -n '2,3s/^# //p' "$0" >&2 && exit 2 ;;
  esac
  shift
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ -z "$deb" ]; then
  echo "fetching openvpn-auth-oauth2 of Debian sid ..."
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  echo "deb http://deb.debian.org/debian sid main" >"$folder/sources.list"
  cat >"$folder/apt.conf" <<EOF
Dir::Etc::SourceList "$folder/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$folder/lists";
Dir::Cache "$folder/cache";
Acquire::Languages "none";
EOF
  # Only the folder's owner may enter it, and the list of this machine's packages stays as it is.
  export APT_CONFIG="$folder/apt.conf"
  (cd "$folder" && apt-get -qq -o APT::Sandbox::User=root update && apt-get -qq -o APT::Sandbox::User=root download openvpn-auth-oauth2)
  unset APT_CONFIG
  deb=$(echo "$folder"/openvpn-auth-oauth2_*.deb)
fi
dpkg -x "$deb" "$folder/peer"

# It lets everybody in by a rule: the only thing it does without an identity provider. Nothing listens at the provider's address.
cat >"$folder/peer.sh" <<EOF
exec "$folder/peer/usr/bin/openvpn-auth-oauth2" --openvpn.addr="unix://\$1" --openvpn.bypass.common-names=.* \\
  --openvpn.auth-token-user=false --openvpn.common-name.environment-variable-name=username \\
  --oauth2.issuer=http://127.0.0.1:9 --oauth2.endpoint.auth=http://127.0.0.1:9/a --oauth2.endpoint.token=http://127.0.0.1:9/t \\
  --oauth2.client.id=bench --oauth2.client.secret=0123456789abcdef \\
  --http.listen=127.0.0.1:0 --http.baseurl=http://127.0.0.1:9 --http.secret=0123456789abcdef0123456789abcdef --log.level=WARN
EOF
"$root/bench/run.sh" peer --minutes "$minutes" $record --peer "/bin/sh '$folder/peer.sh' {socket}" \
  --peer-name "openvpn-auth-oauth2 $(dpkg-deb -f "$deb" Version)" &
run=$!
trap 'kill "$run" 2>/dev/null; wait "$run"; exit 143' INT TERM HUP
wait "$run"
