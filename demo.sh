#!/bin/sh
# The whole thing on this machine: a chain, a contract, an OpenVPN server and customers. --keep leaves it running.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
. "$root/scripts/as-root.sh"
as_root_or_exit "$root/demo.sh" "$@"

case " $* " in
*" --keep "*) "$root/scripts/setup.sh" --prometheus ;;
*) "$root/scripts/setup.sh" ;;
esac
export PATH="$PATH:/usr/sbin:/sbin"
exec "$root/bin/hourgate" demo "$@"
