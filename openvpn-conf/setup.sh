#!/bin/sh
# Makes this machine a gateway for customers: walls (gate.nft), forwarding, folders, drop-ins. May run as often as you like; it
# changes what differs and nothing else. Run by `hourgate init`, or by hand beside the other files of this folder.
set -eu
PATH=$PATH:/usr/sbin:/sbin

usage() {
  cat <<'END'
usage: setup.sh [--dry-run] [--root DIR] [OPTION...]
       setup.sh --undo [--dry-run] [--root DIR]

  --network4 CIDR --server4 ADDRESS   the customers' addresses, and the server's among them (10.88.0.0/16, 10.88.0.1)
  --network6 CIDR --server6 ADDRESS   the same of IPv6 (fd88::/64, fd88::1)
  --device NAME       the tunnel's device (tun-gate)
  --unit NAME         the OpenVPN that waits for the walls (openvpn-server@gate)
  --port N --proto udp|tcp            where OpenVPN listens (1194, udp)
  --page-port N       the page that everybody reaches (8443)
  --tunnel-port N     the page in the tunnel (80)
  --wan DEVICE        the way to the internet (whatever the default route says, each time)
  --keep-off CIDR     what customers must not reach either, such as your own address of the internet; may be repeated
  --upload RATE       share the upload fairly, at this rate: a little below what the line takes (20mbit)
  --user NAME         the user that Hourgate runs as (hourgate)
  --program PATH      the program that hourgate.service runs; without it, and where the package brings one, no such unit is written
  --dry-run           say what would be done
  --undo              take everything back
  --root DIR          write below DIR, and run nothing that changes this machine

What was chosen is kept in /etc/hourgate/walls.conf, and is the default of the next run.
END
}

here=$(dirname "$(readlink -f "$0")")
dry='' undo='' root=''
DEVICE=tun-gate UNIT=openvpn-server@gate PORT=1194 PROTO=udp PAGE_PORT=8443 TUNNEL_PORT=80 WAN='' KEEP_OFF='' UPLOAD='' GATE_USER=hourgate PROGRAM=''
NETWORK4=10.88.0.0/16 SERVER4=10.88.0.1 NETWORK6=fd88::/64 SERVER6=fd88::1

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 2
}

# A first look for --root, where the former answers are.
former=
for word; do
  [ "$former" != --root ] || root=${word%/}
  former=$word
done
settings=$root/etc/hourgate/walls.conf
# shellcheck source=/dev/null
[ ! -r "$settings" ] || . "$settings"

kept_off=
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry=yes ;;
    --undo) undo=yes ;;
    --help | -h)
      usage
      exit 0
      ;;
    --root | --network4 | --server4 | --network6 | --server6 | --device | --unit | --port | --proto | --page-port | \
      --tunnel-port | --wan | --keep-off | --upload | --user | --program)
      [ $# -gt 1 ] || fail "$1 needs a value"
      # Written into a file that a shell reads, and into rules.
      case $2 in
        *[!A-Za-z0-9.:/_@-]*) [ "$1" = --root ] || fail "$1 can't be $2" ;;
      esac
      case $1 in
        --network4) NETWORK4=$2 ;;
        --server4) SERVER4=$2 ;;
        --network6) NETWORK6=$2 ;;
        --server6) SERVER6=$2 ;;
        --device) DEVICE=$2 ;;
        --unit) UNIT=$2 ;;
        --port) PORT=$2 ;;
        --proto) PROTO=${2%%-*} ;;
        --page-port) PAGE_PORT=$2 ;;
        --tunnel-port) TUNNEL_PORT=$2 ;;
        --wan) WAN=$2 ;;
        --keep-off) kept_off="$kept_off${kept_off:+ }$2" ;;
        --upload) UPLOAD=$2 ;;
        --user) GATE_USER=$2 ;;
        --program) PROGRAM=$2 ;;
      esac
      shift
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done
KEEP_OFF=${kept_off:-$KEEP_OFF}

if [ -z "$root$dry" ] && [ "$(id -u)" -ne 0 ]; then fail "needs root"; fi

changed='' failed=''

# put FILE MODE: writes standard input into the file, if it has anything else in it.
put() {
  content=$(cat && echo .)
  content=${content%.}
  if [ -f "$root$1" ] && [ "$(cat "$root$1" && echo .)" = "$content." ]; then return; fi
  changed="$changed $1"
  if [ -n "$dry" ]; then
    say "would write $root$1"
    return
  fi
  mkdir -p "$(dirname "$root$1")"
  printf '%s' "$content" >"$root$1.new"
  chmod "$2" "$root$1.new"
  mv "$root$1.new" "$root$1"
  say "wrote $root$1"
}

take_away() {
  [ -e "$root$1" ] || return 0
  if [ -n "$dry" ]; then
    say "would remove $root$1"
    return
  fi
  rm "$root$1"
  case $1 in
    "$programs"/* | *.service.d/*) rmdir --ignore-fail-on-non-empty "$(dirname "$root$1")" ;;
  esac
  say "removed $root$1"
}

# run COMMAND...: on this machine, not below --root.
run() {
  if [ -n "$dry" ]; then
    say "would run: $*"
  elif [ -n "$root" ]; then
    say "left out below --root: $*"
  else
    say "running: $*"
    "$@" </dev/null || {
      say "that failed: $*"
      failed=yes
    }
  fi
}

has() { command -v "$1" >/dev/null 2>&1; }
systemd_runs() { [ -d /run/systemd/system ]; }
# A former run may have been stopped before its end.
walls_are_up() {
  [ -n "$root" ] || ! systemd_runs || { systemctl -q is-enabled hourgate-walls.service && systemctl -q is-active hourgate-walls.service; } 2>/dev/null
}
ufw_is_active() { has ufw && ufw status 2>/dev/null | grep -q '^Status: active'; }
firewalld_is_active() { has firewall-cmd && firewall-cmd --state >/dev/null 2>&1; }

look() {
  wan4=$(ip -4 route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  wan6=$(ip -6 route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  say "the internet is at ${WAN:-${wan4:-${wan6:-no device yet}}}; IPv6: ${wan6:-none, customers get none either}"
  if has docker; then say "Docker is here: walls.sh tells its rules (DOCKER-USER) to let customers pass"; fi
}

# An active ufw or firewalld drops what it does not know, whatever other tables say. A line each, as their programs take it.
wanted_rules() {
  if ufw_is_active; then
    echo "ufw allow $PORT/$PROTO"
    echo "ufw allow $PAGE_PORT/tcp"
    echo "ufw allow in on $DEVICE to any port $TUNNEL_PORT proto tcp"
    echo "ufw route allow in on $DEVICE"
  fi
  if firewalld_is_active; then
    # In zone "trusted" firewalld itself stops nothing: what customers may is gate.nft's matter.
    echo "firewall-cmd --permanent --zone=trusted --add-interface=$DEVICE"
    echo "firewall-cmd --permanent --add-port=$PORT/$PROTO"
    echo "firewall-cmd --permanent --add-port=$PAGE_PORT/tcp"
  fi
}

# shellcheck disable=SC2046 # words
is_open() { # is_open RULE
  case $1 in
    ufw*) ufw show added 2>/dev/null | sed "s/ comment '.*'$//" | grep -qxF -- "$1" ;;
    *) env $(echo "$1" | sed 's/--add-/--query-/') >/dev/null 2>&1 </dev/null ;;
  esac
}

opposite() { # opposite RULE
  case $1 in
    'ufw route '*) echo "ufw route delete ${1#ufw route }" ;;
    ufw*) echo "ufw delete ${1#ufw }" ;;
    *) echo "$1" | sed 's/--add-/--remove-/' ;;
  esac
}

has_line() { printf '%s\n' "$1" | grep -qxF -- "$2"; }

# keep_rules WANTED: opens what is not open yet, and takes back what a former run opened and is not wanted any more. Somebody
# else's rules stay: $opened has ours.
keep_rules() {
  known=$(cat "$root$opened" 2>/dev/null) || true
  ours='' reload=''
  while read -r rule; do
    if [ -z "$rule" ] || has_line "$1" "$rule"; then continue; fi
    # shellcheck disable=SC2046 # words
    run $(opposite "$rule")
    case $rule in firewall-cmd*) reload=yes ;; esac
  done <<END
$known
END
  while read -r rule; do
    if [ -z "$rule" ]; then continue; fi
    if ! is_open "$rule"; then
      # shellcheck disable=SC2086 # words
      run $rule
      case $rule in firewall-cmd*) reload=yes ;; esac
    elif ! has_line "$known" "$rule"; then
      continue
    fi
    ours="$ours$rule
"
  done <<END
$1
END
  if [ -n "$reload" ]; then run firewall-cmd --reload; fi
  if [ -n "$ours" ]; then printf '%s' "$ours" | put "$opened" 644; else take_away "$opened"; fi
}

local_rules=/etc/apparmor.d/local/openvpn
without_our_rules() {
  [ ! -f "$root$local_rules" ] || sed '/^# BEGIN hourgate$/,/^# END hourgate$/d' "$root$local_rules"
}

gate=/etc/systemd/system/hourgate.service packaged_gate=/lib/systemd/system/hourgate.service
tmpfiles=/etc/tmpfiles.d/hourgate.conf packaged_tmpfiles=/lib/tmpfiles.d/hourgate.conf
dropin=/etc/systemd/system/$UNIT.service.d/hourgate.conf
unit=/etc/systemd/system/hourgate-walls.service follow=/etc/systemd/system/hourgate-walls-follow.service
sysctl=/etc/sysctl.d/99-hourgate.conf
programs=/usr/local/lib/hourgate
opened=/etc/hourgate/walls.opened

if [ -n "$undo" ]; then
  if systemd_runs; then
    [ ! -e "$root$gate" ] || run systemctl disable --now hourgate.service
    run systemctl disable --now hourgate-walls.service
  fi
  keep_rules ''
  if [ -f "$root$local_rules" ] && grep -q '^# BEGIN hourgate$' "$root$local_rules"; then
    rest=$(without_our_rules)
    if [ -n "$rest" ]; then printf '%s\n' "$rest" | put "$local_rules" 644; else take_away "$local_rules"; fi
  fi
  for file in "$gate" "$dropin" "$unit" "$follow" "$sysctl" "$tmpfiles" "$programs/walls.sh" "$programs/gate.nft" /etc/hourgate/walls.conf; do
    take_away "$file"
  done
  # Hourgate's package brings this folder, with rights of its own.
  if [ -z "$dry" ] && [ -d "$root/etc/hourgate" ] && [ ! -e "$root/usr$packaged_tmpfiles" ]; then
    rmdir --ignore-fail-on-non-empty "$root/etc/hourgate"
  fi
  if systemd_runs; then run systemctl daemon-reload; fi
  say "undone. Forwarding stays on until the next start of this machine, for others may need it; the user $GATE_USER stays, for files may be his"
  exit 0
fi

look
put /etc/hourgate/walls.conf 644 <<END
# What walls.sh and setup.sh go by. Written by setup.sh; change it by running that again, or here.
DEVICE='$DEVICE'
UNIT='$UNIT'
PORT='$PORT'
PROTO='$PROTO'
NETWORK4='$NETWORK4'
SERVER4='$SERVER4'
NETWORK6='$NETWORK6'
SERVER6='$SERVER6'
TUNNEL_PORT='$TUNNEL_PORT'
PAGE_PORT='$PAGE_PORT'
# Empty: whatever the default route says.
WAN='$WAN'
# More networks and addresses that customers must not reach, with blanks between.
KEEP_OFF='$KEEP_OFF'
# How much of the line's upload this machine may take, such as 20mbit; empty: all of it.
UPLOAD='$UPLOAD'
GATE_USER='$GATE_USER'
# What hourgate.service runs, where that is not the package's.
PROGRAM='$PROGRAM'
END
put "$programs/walls.sh" 755 <"$here/walls.sh"
put "$programs/gate.nft" 644 <"$here/gate.nft"
put "$sysctl" 644 <"$here/sysctl.conf"
put "$unit" 644 <"$here/hourgate-walls.service"
put "$follow" 644 <"$here/hourgate-walls-follow.service"
put "$dropin" 644 <"$here/openvpn-server.dropin.conf"
# Hourgate's package brings the same two.
if [ -n "$PROGRAM" ] && [ ! -e "$root/usr$packaged_gate" ]; then
  put "$gate" 644 <<END
$(sed -e "s|/usr/bin/hourgate|$PROGRAM|; s/^User=.*/User=$GATE_USER/; s/^Group=.*/Group=$GATE_USER/" "$here/hourgate.service")
END
fi
if [ ! -e "$root/usr$packaged_tmpfiles" ]; then
  put "$tmpfiles" 644 <<END
$(sed "s/{{GATE_USER}}/$GATE_USER/g" "$here/tmpfiles.conf")
END
fi
if [ -f "$root/etc/apparmor.d/openvpn" ]; then
  others=$(without_our_rules)
  put "$local_rules" 644 <<END
$others${others:+
}# BEGIN hourgate
/{,var/}run/openvpn-server/** rw,
# END hourgate
END
  case $changed in *"$local_rules"*) run apparmor_parser -r /etc/apparmor.d/openvpn ;; esac
fi
keep_rules "$(wanted_rules)"

if ! getent passwd "$GATE_USER" >/dev/null; then
  run useradd --system --home-dir /var/lib/hourgate --shell /usr/sbin/nologin "$GATE_USER"
fi
if [ -n "$changed" ] || ! walls_are_up; then
  # -e: a kernel without IPv6 (ipv6.disable=1) has nothing to set there.
  if has sysctl; then run sysctl -q -e -p "$sysctl"; else run /lib/systemd/systemd-sysctl "$sysctl"; fi
  if systemd_runs; then
    run systemd-tmpfiles --create hourgate.conf
    run systemctl daemon-reload
    run systemctl enable hourgate-walls.service
    # Not restart: that would restart OpenVPN with it, and take it down for good where the new rules are wrong.
    run systemctl reload-or-restart hourgate-walls.service
    run systemctl restart hourgate-walls-follow.service
  else
    say "no systemd runs here: $programs/walls.sh start puts the walls up"
  fi
else
  say "nothing to change"
fi
[ -z "$failed" ] || {
  say "not all of it worked: see above, and run it again"
  exit 1
}
