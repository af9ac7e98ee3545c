#!/bin/sh
# Proves the walls: builds a house in network namespaces (router, a computer at home, this gateway, an internet and two customers
# with a real OpenVPN between them), and tries everything twice, without the walls and with them. A wall counts as proved if it
# stops what got through before. Touches nothing of this machine. Ends with 0 if all is as it should be.
#
# --rules FILE: these instead of gate.nft; --walls FILE: this instead of walls.sh. Needs root, and the programs openvpn, ip, nft,
# openssl, ping, socat.
set -eu
PATH=$PATH:/usr/sbin:/sbin

here=$(dirname "$(readlink -f "$0")")
rules=$here/gate.nft
walls=$here/walls.sh
case ${1:-} in
  --rules) rules=$(readlink -f "$2") ;;
  --walls) walls=$(readlink -f "$2") ;;
esac
[ "$(id -u)" -eq 0 ] || {
  echo "selftest: network namespaces need root" >&2
  exit 2
}
for program in openvpn ip nft openssl ping socat; do
  command -v "$program" >/dev/null || {
    echo "selftest: needs the program $program" >&2
    exit 2
  }
done

work=$(mktemp -d)
name=hgself$$
take_down() { # take_down NAME
  for place in net router gate nas alice bob; do
    # shellcheck disable=SC2046 # a list
    kill $(ip netns pids "$1-$place" 2>/dev/null) 2>/dev/null || true
    ip netns delete "$1-$place" 2>/dev/null || true
  done
}
# What a killed one has left, maybe under our own number.
for left in /run/netns/hgself*-*; do
  left=${left##*/} owner=${left#hgself} owner=${owner%%-*}
  if [ "$owner" = $$ ] || [ ! -d "/proc/$owner" ]; then take_down "${left%%-*}"; fi
done
clean_up() {
  take_down "$name"
  wait
  rm -r "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

in_place() {
  place=$1
  shift
  ip netns exec "$name-$place" "$@"
}
in_background() {
  in_place "$@" &
}

# cable PLACE DEVICE PLACE BRIDGE: a device of the one, plugged into a bridge of the other.
plugs=0
cable() {
  plugs=$((plugs + 1))
  ip -n "$name-$1" link add "$2" type veth peer name "plug$plugs" netns "$name-$3"
  ip -n "$name-$1" link set "$2" up
  ip -n "$name-$3" link set "plug$plugs" master "$4" up
}
address() { # address PLACE DEVICE ADDRESS...
  place=$1 device=$2
  shift 2
  for each; do
    case $each in
      *:*) ip -n "$name-$place" address add "$each" dev "$device" nodad ;;
      *) ip -n "$name-$place" address add "$each" dev "$device" ;;
    esac
  done
}

# The internet has one site; behind it the customers. The house has one address of the internet, and IPv6 for everybody.
for place in net router gate nas alice bob; do
  ip netns add "$name-$place"
  ip -n "$name-$place" link set lo up
done
ip -n "$name-net" link add street type bridge
ip -n "$name-net" link add city type bridge
ip -n "$name-router" link add home type bridge
for each in net:street net:city router:home; do ip -n "$name-${each%:*}" link set "${each#*:}" up; done
cable router wan net street
cable alice eth0 net city
cable bob eth0 net city
cable gate eth0 router home
cable nas eth0 router home
address net lo 192.0.2.80/32 2001:db8:80::80/128
address net street 203.0.113.1/24 2001:db8:113::1/64
address net city 198.51.100.1/24
address router wan 203.0.113.2/24 2001:db8:113::2/64
address router home 192.168.77.1/24 2001:db8:77::1/64 fe80::1/64
address router lo 10.66.0.1/32 fd66::1/128 2001:db8:77:8::1/128
# As on a rented server: neighbours that have addresses of the internet, and this machine has one, too.
address gate eth0 192.168.77.2/24 192.0.2.130/25 2001:db8:77::2/64
address nas eth0 192.168.77.3/24 192.0.2.129/25 2001:db8:77::3/64
address alice eth0 198.51.100.11/24
address bob eth0 198.51.100.12/24
ip -n "$name-net" route add 2001:db8:77::/64 via 2001:db8:113::2
for each in router:203.0.113.1 alice:198.51.100.1 bob:198.51.100.1 gate:192.168.77.1 nas:192.168.77.1; do
  ip -n "$name-${each%%:*}" route add default via "${each#*:}"
done
ip -n "$name-router" -6 route add default via 2001:db8:113::1
for each in gate nas; do ip -n "$name-$each" -6 route add default via fe80::1 dev eth0; done
# Somebody at home knows where the customers are.
ip -n "$name-nas" route add 10.88.0.0/16 via 192.168.77.2
ip -n "$name-nas" route add fd88::/64 via 2001:db8:77::2
for each in net router gate; do
  in_place "$each" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
done
in_place router nft -f - <<'END'
table ip house {
  chain inwards { type nat hook prerouting priority dstnat; iifname "wan" udp dport 1194 dnat to 192.168.77.2; }
  chain outwards { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }
}
END

# Whoever answers says who he is, and on mail ports too.
serve() { # serve PLACE PORT...
  who=$1
  shift
  for port; do in_background "$who" socat "TCP6-LISTEN:$port,fork,reuseaddr,ipv6only=0" "SYSTEM:echo $who" 2>/dev/null; done
}
serve net 80 25 465 587
serve router 80
serve nas 80
serve gate 80 22 8443
serve alice 8080
serve bob 8080

# Who hears something writes down what: datagrams, whole and put together again; what is sent to all; tunnels in the tunnel.
hear() { # hear PLACE SOCAT_ADDRESS...
  who=$1
  shift
  for what; do in_background "$who" socat -u "$what" "OPEN:$work/heard.$who,creat,append" 2>/dev/null; done
}
hear net UDP6-RECV:7000,ipv6only=0
hear nas UDP6-RECV:7000,ipv6only=0 IP4-RECV:47
hear gate UDP6-RECV:7000,ipv6only=0 IP4-RECV:4 IP4-RECV:41 IP4-RECV:47 UDP4-RECV:67
# A camera at home that sends for as long as it is looked at, and a terminal.
in_background nas socat UDP4-LISTEN:5000,fork "SYSTEM:while sleep 0.1; do cat $work/stage; done" 2>/dev/null
in_background gate socat TCP4-LISTEN:2222,fork EXEC:cat 2>/dev/null

mkdir "$work/keys"
for each in server alice bob; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$each" -days 2 \
    -keyout "$work/keys/$each.key" -out "$work/keys/$each.crt" 2>/dev/null
  openssl x509 -in "$work/keys/$each.crt" -noout -fingerprint -sha256 | sed 's/.*=//' >"$work/keys/$each.print"
done
cat >"$work/server.conf" <<END
dev tun-gate
dev-type tun
topology subnet
server 10.88.0.0 255.255.0.0
server-ipv6 fd88::/64
client-config-dir $work/clients
route 172.31.0.0 255.255.255.0
push "redirect-gateway def1 ipv6"
keepalive 10 60
dh none
cert $work/keys/server.crt
key $work/keys/server.key
<peer-fingerprint>
$(cat "$work/keys/alice.print" "$work/keys/bob.print")
</peer-fingerprint>
END
# Packets with these addresses of hers OpenVPN takes from her: what stops them are the walls.
mkdir "$work/clients"
printf 'iroute 172.31.0.0 255.255.255.0\niroute-ipv6 fd99::/64\n' >"$work/clients/alice"
in_background gate openvpn --config "$work/server.conf" >"$work/server.log"
for each in alice bob; do
  cat >"$work/$each.conf" <<END
client
dev tun
remote 203.0.113.2 1194 udp
nobind
cert $work/keys/$each.crt
key $work/keys/$each.key
peer-fingerprint $(cat "$work/keys/server.print")
END
  in_background "$each" openvpn --config "$work/$each.conf" >"$work/$each.log"
done
waited=0
for each in alice bob; do
  until grep -q 'Initialization Sequence Completed' "$work/$each.log"; do
    waited=$((waited + 1))
    if [ "$waited" -gt 300 ]; then
      echo "selftest: $each does not get through the tunnel:" >&2
      cat "$work/$each.log" "$work/server.log" >&2
      exit 1
    fi
    sleep 0.2
  done
done
alice4=$(ip -n "$name-alice" -4 -o address show tun0 | sed 's/.* inet \([0-9.]*\).*/\1/')
bob4=$(ip -n "$name-bob" -4 -o address show tun0 | sed 's/.* inet \([0-9.]*\).*/\1/')
bob6=$(ip -n "$name-bob" -6 -o address show tun0 scope global | sed 's/.* inet6 \([0-9a-f:]*\).*/\1/')

hear gate UDP4-RECV:5353,ip-add-membership=224.0.0.251:tun-gate UDP4-RECV:1900,ip-add-membership=239.255.255.250:tun-gate
address alice lo 172.31.0.9/32 fd99::9/128

mkdir "$work/walls"
cp "$walls" "$work/walls/walls.sh"
cp "$rules" "$work/walls/gate.nft"
cat >"$work/walls.conf" <<'END'
DEVICE=tun-gate NETWORK4=10.88.0.0/16 SERVER4=10.88.0.1 NETWORK6=fd88::/64 SERVER6=fd88::1 TUNNEL_PORT=80 PAGE_PORT=8443
END

# What is tried: from, to, port, who answers or hears it, "open" or "shut" behind walls (by OpenVPN itself: "never"), in words. For a port:
#   large        a datagram in three fragments
#   as:ADDRESS   a datagram with that source
#   options:N    a connection to port N, its packets with an IPv6 extension header
#   protocol:N   another protocol of IP
#   all:N        what is sent to all, to port N
cat >"$work/tries" <<END
alice 192.0.2.80 80 net open the internet
alice 2001:db8:80::80 80 net open the internet, IPv6
alice 10.88.0.1 80 gate open the page in the tunnel
alice fd88::1 80 gate open the page in the tunnel, IPv6
alice 10.88.0.1 ping gate open the server in the tunnel answers pings
alice fd88::1 ping gate open the server in the tunnel answers pings, IPv6
alice 192.0.2.130 8443 gate open the public page, at an address of the internet
alice 2001:db8:77::2 8443 gate open the public page, at an address of the internet, IPv6
alice 192.168.77.1 80 router shut the router's page
alice 2001:db8:77::1 80 router shut the router's page, IPv6
alice 192.168.77.3 80 nas shut a computer at home
alice 2001:db8:77::3 80 nas shut a computer at home, IPv6
alice 10.66.0.1 80 router shut another network behind the router
alice fd66::1 80 router shut another network behind the router, IPv6
alice 2001:db8:77:8::1 80 router shut another network behind the router with addresses of the internet, IPv6
alice 192.0.2.129 80 nas shut a neighbour with an address of the internet
alice 192.168.77.2 22 gate shut this machine
alice 192.0.2.130 22 gate shut this machine, at an address of the internet
alice 2001:db8:77::2 22 gate shut this machine, IPv6
alice 192.168.77.2 ping gate shut this machine answers pings
alice 192.168.77.2 8443 gate shut the public page, at an address of the house
alice 10.88.0.1 22 gate shut this machine, in the tunnel
alice fd88::1 22 gate shut this machine, in the tunnel, IPv6
alice $bob4 8080 bob shut another customer
alice $bob6 8080 bob shut another customer, IPv6
alice 192.0.2.80 25 net shut mail, port 25
alice 192.0.2.80 465 net shut mail, port 465
alice 192.0.2.80 587 net shut mail, port 587
alice 2001:db8:80::80 25 net shut mail, port 25, IPv6
nas $bob4 8080 bob shut a customer, from home
alice 192.0.2.80 large net open the internet, in fragments
alice 192.168.77.3 large nas shut a computer at home, in fragments
alice 2001:db8:77::3 large nas shut a computer at home, in fragments, IPv6
alice 192.168.77.2 large gate shut this machine, in fragments
alice 2001:db8:80::80 options:80 net open the internet, behind an extension header
alice 2001:db8:80::80 options:25 net shut mail, behind an extension header
alice 2001:db8:77::3 options:80 nas shut a computer at home, behind an extension header
alice 2001:db8:77::2 options:22 gate shut this machine, behind an extension header
alice 192.168.77.2 protocol:41 gate shut this machine, by 6in4
alice 192.168.77.2 protocol:47 gate shut this machine, by GRE
alice 192.168.77.2 protocol:4 gate shut this machine, by IPIP
alice 192.168.77.3 protocol:47 nas shut a computer at home, by GRE
alice 224.0.0.251 all:5353 gate shut whoever listens for names (mDNS)
alice 239.255.255.250 all:1900 gate shut whoever listens for devices (SSDP)
alice 255.255.255.255 all:67 gate shut whoever listens for DHCP
alice 192.168.77.255 all:67 gate shut whoever listens for DHCP, at home's own
alice 192.0.2.80 as:172.31.0.9 net shut the internet, with an address that is no customer's
alice 2001:db8:80::80 as:fd99::9 net shut the internet, with an address that is no customer's, IPv6
alice 192.168.77.2 as:172.31.0.9 gate shut this machine, with an address that is no customer's
alice 192.0.2.80 as:$bob4 net never the internet, with another customer's address
END

# What is heard names the try. A packet that nobody answers is sent three times.
say_it() { # say_it PLACE TRY SOCAT_ADDRESS
  for again in 1 2 3; do
    echo "try $2 $again" | in_place "$1" socat -u - "$3" 2>/dev/null || true
    sleep 0.3
  done
}
in_brackets() {
  case $1 in *:*) echo "[$1]" ;; *) echo "$1" ;; esac
}

try_one() { # try_one TRY FROM TO PORT WHO
  target=$(in_brackets "$3")
  case $4 in
    ping) in_place "$2" sh -c "ping -n -c 1 -W 5 $3 >/dev/null && echo $5" ;;
    large) in_place "$2" sh -c "printf 'try $1 1 %04000d\n' 0 | socat -u -b 8192 - UDP-SENDTO:$target:7000" ;;
    as:*) say_it "$2" "$1" "UDP-SENDTO:$target:7000,bind=$(in_brackets "${4#as:}"),ip-freebind" ;;
    # IPV6_DSTOPTS: a header with nothing but padding in it.
    options:*) in_place "$2" socat -T5 -u "TCP6:$target:${4#*:},connect-timeout=5,setsockopt-bin=41:59:x0000010400000000" - ;;
    protocol:*) say_it "$2" "$1" "IP4-SENDTO:$3:${4#*:}" ;;
    all:*) say_it "$2" "$1" "UDP4-DATAGRAM:$3:${4#*:},broadcast,ip-multicast-if=$alice4" ;;
    *) in_place "$2" socat -T5 -u "TCP:$target:$4,connect-timeout=5" - ;;
  esac
}

try_all() { # try_all PHASE: all at once, each into its file
  number=0
  tries=''
  while read -r from to port who _ _; do
    number=$((number + 1))
    try_one "$1.$number" "$from" "$to" "$port" "$who" >"$work/$1.$number" 2>/dev/null &
    tries="$tries $!"
  done <"$work/tries"
  # shellcheck disable=SC2086 # a list
  wait $tries || true
}

was_reached() { # was_reached PHASE.NUMBER WHO
  [ "$(cat "$work/$1")" = "$2" ] || grep -qas "try $1 " "$work/heard.$2"
}

# Without walls: only what masquerades, so that answers come back.
in_place gate nft -f - <<'END'
table inet hourgate {
  chain postrouting { type nat hook postrouting priority srcnat; iifname "tun-gate" oifname "eth0" masquerade; }
}
END
try_all without
echo before >"$work/stage"
{ echo before && until grep -q after "$work/stage"; do sleep 0.1; done && echo after && sleep 5; } |
  in_place alice socat -T5 - TCP4:192.168.77.2:2222 >"$work/terminal" 2>/dev/null &
{ echo look && until [ -e "$work/done" ]; do sleep 0.1; done; } |
  in_place alice socat - UDP4:192.168.77.3:5000 >"$work/camera" 2>/dev/null &
waited=0
until grep -qs before "$work/terminal" && grep -qs before "$work/camera"; do
  waited=$((waited + 1))
  if [ "$waited" -gt 300 ]; then
    echo "selftest: no way into this machine without walls" >&2
    exit 1
  fi
  sleep 0.2
done
in_place gate sh "$work/walls/walls.sh" start "$work/walls.conf"
in_place gate sh "$work/walls/walls.sh" start "$work/walls.conf" # as often as one likes
echo after >"$work/stage"
try_all with
: >"$work/done"

number=0 wrong=0
printf '%-5s  %-7s  %-7s  %s\n' '' without with 'who reaches what'
while read -r from to port who wanted words; do
  number=$((number + 1))
  without=shut with=shut verdict=ok
  if was_reached "without.$number" "$who"; then without=open; fi
  if was_reached "with.$number" "$who"; then with=open; fi
  if [ "$wanted" = never ]; then
    if [ "$without$with" != shutshut ]; then verdict=WRONG; fi
  elif [ "$without" = shut ] || [ "$with" != "$wanted" ]; then
    verdict=WRONG
  fi
  if [ "$verdict" = WRONG ]; then
    wrong=$((wrong + 1))
  fi
  printf '%-5s  %-7s  %-7s  %s: %s (%s port %s)\n' "$verdict" "$without" "$with" "$from" "$words" "$to" "$port"
done <"$work/tries"

check() { # check OPEN_OR_SHUT WORDS: for what began or is done while walls come and go
  number=$((number + 1))
  if [ "$1" = shut ]; then
    printf '%-5s  %-7s  %-7s  %s\n' ok open shut "$2"
  else
    printf '%-5s  %-7s  %-7s  %s\n' WRONG open open "$2"
    wrong=$((wrong + 1))
  fi
}
state=shut
if grep -q after "$work/terminal"; then state=open; fi
check $state "alice: this machine, by a connection from before the walls"
state=shut
if grep -q after "$work/camera"; then state=open; fi
check $state "alice: what a computer at home began to send before the walls"

# Somebody takes all rules away, and nobody puts them back.
reach() { in_place alice socat -T5 -u "TCP:$1,connect-timeout=5" - 2>/dev/null || true; }
in_place gate nft flush ruleset
state=shut
if [ "$(reach 192.168.77.3:80)" = nas ]; then state=open; fi
check $state "alice: a computer at home, after the rules were flushed"
state=shut
if [ "$(reach '[2001:db8:77::3]:80')" = nas ]; then state=open; fi
check $state "alice: a computer at home, after the rules were flushed, IPv6"
# Somebody puts them back; not by looking, which would take ten minutes.
ip netns exec "$name-gate" env WALLS_PAUSE=600 WALLS_STATE="$work/state" sh "$work/walls/walls.sh" follow "$work/walls.conf" 2>/dev/null &
follow=$!
# A socket of netfilter's that was told of what it shall hear.
# shellcheck disable=SC2016 # awk's
hears_news() { in_place gate awk '$2 == 12 && $4 !~ /^0+$/ { hears = 1 } END { exit !hears }' /proc/net/netlink; }
wall_stands() { in_place gate nft list chain inet hourgate from_customer >/dev/null 2>&1; }
state=open
for round in first second; do
  waited=0
  until wall_stands || [ "$waited" -ge 150 ]; do
    waited=$((waited + 1))
    sleep 0.2
  done
  # What listens for news is there a little later than the first walls.
  if [ $round = first ]; then
    until hears_news || [ "$waited" -ge 150 ]; do
      waited=$((waited + 1))
      sleep 0.2
    done
    in_place gate nft flush ruleset
  fi
done
if wall_stands && [ "$(reach 192.0.2.80:80)" = net ] && [ -z "$(reach 192.168.77.3:80)" ]; then state=shut; fi
check $state "alice: a computer at home, after the rules were put back"
kill "$follow"

# IPv6 that comes only after the walls, as by router advertisements at the start of a machine.
ip -n "$name-gate" -6 route delete default
in_place gate sh "$work/walls/walls.sh" start "$work/walls.conf"
ip -n "$name-gate" -6 route add default via fe80::1 dev eth0
if [ -n "$(in_place alice socat -T5 -u 'TCP:[2001:db8:77::3]:80,connect-timeout=5' - 2>/dev/null)" ]; then
  echo "WRONG  open     open     alice: a computer at home, by IPv6 that came after the walls"
  wrong=$((wrong + 1))
fi

in_place gate sh "$work/walls/walls.sh" stop "$work/walls.conf"
if in_place gate nft list tables | grep -q hourgate; then
  echo "WRONG  walls.sh stop leaves rules behind"
  wrong=$((wrong + 1))
fi
if in_place gate ip rule | grep -q tun-gate; then
  echo "WRONG  walls.sh stop leaves a rule of routing behind"
  wrong=$((wrong + 1))
fi
echo
if [ "$wrong" -gt 0 ]; then
  echo "$wrong of $number are not as they should be"
  exit 1
fi
echo "all $number as they should be"
