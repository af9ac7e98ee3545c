#!/bin/sh
# walls.sh start|follow|stop [SETTINGS]: puts up the walls of gate.nft around the customers, or takes them down. Looks each time
# which device leads to the internet, and who the gateway is; `follow` goes on looking, and puts them up again where that has changed
# or somebody took them away. Called by hourgate-walls.service; SETTINGS is /etc/hourgate/walls.conf.
set -eu
PATH=$PATH:/usr/sbin:/sbin

here=$(dirname "$(readlink -f "$0")")
kernel=${WALLS_KERNEL:-/proc/sys} # elsewhere for tests
action=${1:-} settings=${2:-/etc/hourgate/walls.conf}

DEVICE='' NETWORK4='' SERVER4='' NETWORK6='' SERVER6='' TUNNEL_PORT=80 PAGE_PORT=8443 WAN='' KEEP_OFF='' UPLOAD=''
# shellcheck source=/dev/null
. "$settings"

# A bit of packets' marks that nobody else is known to use, and where our rule is among those of routing.
seen=0x10000000 place_of_rule=88

say() { echo "walls: $*" >&2; }

# default_route -4|-6: prints device and gateway ("-" if there is none) of the best default route.
default_route() {
  ip "$1" route show default | awk -v wan="$WAN" '
    {
      device = ""; gateway = "-"; metric = 0
      for (i = 1; i < NF; i++) {
        if ($i == "dev") device = $(i + 1)
        if ($i == "via") gateway = $(i + 1) == "inet6" ? $(i + 2) : $(i + 1)
        if ($i == "metric") metric = $(i + 1)
      }
      if (device != "" && (wan == "" || device == wan) && (best == "" || metric < least)) {
        best = device " " gateway; least = metric
      }
    }
    END { if (best != "") print best }'
}

# A provider hands a house a /56 or less: its other networks are near the one that this machine is in.
own_blocks() {
  [ -z "$route6" ] ||
    ip -6 -o address show dev "${route6%% *}" scope global -temporary | sed -n 's/.* inet6 \([23][0-9a-f:]*\)\/.*/\1\/56/p' | sort -u
}

look() {
  route4=$(default_route -4)
  route6=$(default_route -6)
  blocks=$(own_blocks)
  # shellcheck disable=SC2086 # words
  place=$(printf '%s ' "$route4/$route6" $blocks)
}

# WALLS_WAIT: how many seconds a default route may take to come, as at the start of the machine.
find_ways_out() {
  left=${WALLS_WAIT:-0}
  while true; do
    look
    [ -z "$route4$route6" ] || break
    if [ "$left" -le 0 ]; then
      say "no default route${WAN:+ by $WAN}: this machine does not reach the internet (yet)"
      exit 1
    fi
    left=$((left - 1))
    sleep 1
  done
  wan4=${route4%% *} wan6=${route6%% *}
  gateway4=${route4##* } gateway6=${route6##* }
  # No way to the internet: nothing passes, or it would pass to the neighbours once an address comes by itself.
  case $gateway4 in '') gateway4=0.0.0.0 ;; - | *:*) gateway4=0.0.0.0-255.255.255.255 ;; esac
  case $gateway6 in '') gateway6=:: ;; -) gateway6=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ;; esac
}

definitions() {
  echo "define tunnel = \"$DEVICE\""
  echo "define wan = { \"${wan4:-$wan6}\", \"${wan6:-$wan4}\" }"
  echo "define network4 = $NETWORK4"
  echo "define network6 = $NETWORK6"
  echo "define server4 = $SERVER4"
  echo "define server6 = $SERVER6"
  echo "define gateway4 = $gateway4"
  echo "define gateway6 = $gateway6"
  echo "define tunnel_ports = { $TUNNEL_PORT }"
  echo "define page_ports = { $PAGE_PORT }"
  echo "define seen = $seen"
}

# What only this house knows: its own addresses, and KEEP_OFF="203.0.113.9 2001:db8:5::/48".
keep_off() {
  for block in $blocks; do echo "add element inet hourgate house6 { $block }"; done
  for block in $KEEP_OFF; do
    case $block in
      *:*) echo "add element inet hourgate home6 { $block }" ;;
      *) echo "add element inet hourgate home4 { $block }" ;;
    esac
  done
}

# As a router this machine would forget its own IPv6 address and gateway, or after its start never hear of them, were it not told
# to go on listening (accept_ra).
go_on_listening() {
  for device in $(printf '%s\n' "$wan4" "$wan6" | sort -u); do
    file=$kernel/net/ipv6/conf/$device/accept_ra
    if [ -e "$file" ] && [ "$(cat "$file")" = 1 ]; then
      { echo 2 >"$file"; } 2>/dev/null || say "can't set accept_ra of $device: where IPv6 comes by router advertisements it ends with forwarding"
    fi
  done
}

# Room for the packets of a crowd that comes at once (rcvbuf in OpenVPN's configuration). Whoever has more keeps it.
make_room() {
  file=$kernel/net/core/rmem_max
  if [ -w "$file" ] && [ "$(cat "$file")" -lt 1048576 ]; then
    { echo 1048576 >"$file"; } 2>/dev/null || true # a container may not; a crowd takes a little longer then
  fi
}

# Docker drops whatever is forwarded and not its own, but for what DOCKER-USER accepts. iptables and ip6tables alike.
docker_rules() { # docker_rules -I|-D
  for tables in iptables ip6tables; do
    "$tables" -w -S DOCKER-USER >/dev/null 2>&1 || continue
    for way in "-i $DEVICE" "-o $DEVICE -m conntrack --ctstate ESTABLISHED,RELATED"; do
      # shellcheck disable=SC2086 # words
      while "$tables" -w -D DOCKER-USER $way -j ACCEPT 2>/dev/null; do :; done
      # shellcheck disable=SC2086
      [ "$1" = -D ] || "$tables" -w -I DOCKER-USER $way -j ACCEPT
    done
  done
}

# What customers download is this line's upload. Kept a little below what the line takes, the queue is here and not in the modem,
# and every flow has its turn: a customer's tunnel is one. cake also shares fairly among the machines behind it.
share_upload() {
  unshare_upload
  for wan in $(printf '%s\n' "$wan4" "$wan6" | sort -u); do
    tc qdisc replace dev "$wan" root handle 88: cake bandwidth "$UPLOAD" dual-srchost nat 2>/dev/null && continue
    { tc qdisc replace dev "$wan" root handle 88: htb default 1 &&
      tc class replace dev "$wan" parent 88: classid 88:1 htb rate "$UPLOAD" quantum 1514 &&
      tc qdisc replace dev "$wan" parent 88:1 fq_codel; } 2>/dev/null && continue
    say "this kernel can't share the upload of $wan: it has neither cake nor htb with fq_codel"
    unshare_upload
  done
}

unshare_upload() {
  tc qdisc show 2>/dev/null | sed -n 's/^qdisc [a-z]* 88: dev \([^ ]*\) root.*/\1/p' | while read -r wan; do
    tc qdisc delete dev "$wan" root
  done
}

# Nothing of a customer's is handed on that did not come by the rules of gate.nft. Not a rule of nft: `nft flush ruleset` leaves it.
# "protocol kernel" keeps systemd-networkd from taking it away, as it does with rules of routing that are not in its files.
hand_on_nothing_else() {
  for family in -4 -6; do
    # A kernel that was started without IPv6 (ipv6.disable=1) hands on none of it.
    [ "$family" = -4 ] || [ -e "$kernel/net/ipv6" ] || continue
    hands_on_nothing_else "$family" && continue
    hand_on_anything "$family" # Of another device.
    ip "$family" rule add pref "$place_of_rule" iif "$DEVICE" fwmark "0/$seen" prohibit protocol kernel 2>/dev/null ||
      say "can't make a rule of routing for $DEVICE (ip $family rule): if somebody takes the walls away, customers pass"
  done
}

hands_on_nothing_else() { # hands_on_nothing_else -4|-6
  ip "$1" rule show 2>/dev/null | grep -q "fwmark 0/$seen iif $DEVICE .*prohibit"
}

hand_on_anything() { # hand_on_anything -4|-6...
  for family; do
    while ip "$family" rule show 2>/dev/null | grep -q "^$place_of_rule:.*fwmark 0/$seen iif "; do
      ip "$family" rule delete pref "$place_of_rule" fwmark "0/$seen" prohibit || break
    done
  done
}

# WALLS_STATE: a file that says where the walls stand.
stand_elsewhere() {
  [ "$place" != "$(cat "$WALLS_STATE" 2>/dev/null)" ] || ! nft list chain inet hourgate from_customer >/dev/null 2>&1
}

# A line every WALLS_PAUSE seconds, and at once when somebody takes rules away.
news() {
  trap '' PIPE # The reader's end is seen where we write.
  pause=${WALLS_PAUSE:-10} listener=''
  # $$ is the script itself: it may be killed, or the reader's last program may keep the other end open.
  while kill -0 $$ 2>/dev/null && echo time 2>/dev/null; do
    if [ -z "$listener" ] || ! kill -0 "$listener" 2>/dev/null; then
      nft monitor destroy tables 2>/dev/null &
      listener=$!
    fi
    sleep "$pause"
  done
  kill "$listener" 2>/dev/null
}

put_back() {
  while read -r what; do
    case $what in
      time | *' inet hourgate') ;;
      *) continue ;;
    esac
    look_after_them </dev/null # The news are not for the programs that it calls.
  done
}

look_after_them() {
  look
  # Without any way out they stay where they are: nothing passes to anybody.
  if [ -n "$route4$route6" ] && stand_elsewhere; then
    say "the way to the internet is new, or somebody took the walls away"
    "$0" start "$settings" || true
  else
    hand_on_nothing_else 2>/dev/null
  fi
}

case $action in
  start)
    find_ways_out
    { definitions && cat "$here/gate.nft" && keep_off; } | nft -f -
    hand_on_nothing_else
    go_on_listening
    make_room
    docker_rules -I
    if [ -n "$UPLOAD" ]; then share_upload; else unshare_upload; fi
    [ -z "${WALLS_STATE:-}" ] || echo "$place" >"$WALLS_STATE"
    ;;
  follow)
    news | put_back &
    trap 'kill $! 2>/dev/null || true; exit 0' TERM INT
    wait $!
    ;;
  stop)
    printf 'table inet hourgate\ndelete table inet hourgate\n' | nft -f -
    hand_on_anything -4 -6
    docker_rules -D
    unshare_upload
    ;;
  *)
    echo "usage: walls.sh start|follow|stop [SETTINGS]" >&2
    exit 2
    ;;
esac
