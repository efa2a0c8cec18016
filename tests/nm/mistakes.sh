#!/bin/bash
# The mistakes that people make with files, commands and networks: each is made as a person would, and
# the sentence that names it has to be where that person looks. Prints TAP, and at the end a table of
# mistakes, places and sentences as comments.
#
# needs: root nm
# takes: long
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
lab_begin "$@"

WIDTH=150  # columns of a sentence in the table

on() { local name=$1; shift; host "$name" "$@" 2>&1 < /dev/null; }
ctl() { local name=$1; shift; on "$name" wirelinkctl "$@"; }
import() { on laptop nmcli connection import type wirelink file "$1"; }
modify() { on laptop nmcli connection modify laptop "$@" > /dev/null; }
up() { on laptop nmcli connection up laptop; }
down() { on laptop nmcli connection down laptop; }

# The output of the last command is in $LAB_DIR/seen, with the line that matched.
sees() {  # words command...
  local words=$1
  shift
  "$@" > "$LAB_DIR/seen" 2>&1 || :
  grep -E -m 1 -- "$words" "$LAB_DIR/seen" > "$LAB_DIR/sentence" ||
    { echo "not $words but:"; cat "$LAB_DIR/seen"; return 1; }
}
sees_soon() { wait_until "$1" sees "${@:2}" > /dev/null || sees "${@:2}"; }
table() { printf '# %-48s %-12s %s\n' "$1" "$2" "$(sed 's/^  *//; s/  */ /g' "$LAB_DIR/sentence" | cut -c "1-$WIDTH")" >> "$LAB_DIR/table"; }
# mistake WHAT WHERE WORDS COMMAND...: COMMAND, which is where a person looks, says WORDS
mistake() {
  check "$1: $2 says so" sees "${@:3}" && table "$1" "$2"
}
# The same, at most that many seconds later.
mistake_within() {  # seconds what where words command...
  check "$2: $3 says so" sees_soon "$1" "${@:4}" && table "$2" "$3"
}
# A change of the file of the laptop, then its import.
bad() { sed -E "$@" "$good" > "$file"; }
of_file() {  # what words sed-script...
  bad "${@:3}"
  mistake "$1" import "$2" import "$file"
  refute "$1: no profile is added" on laptop nmcli -g connection.id connection show bad
}
accepted() {  # what sed-script...
  bad "${@:2}"
  check "$1 is accepted" imports
  echo '(accepted)' > "$LAB_DIR/sentence"
  table "$1" import
}
imports() { import "$file" && on laptop nmcli connection delete bad; }
nft_on() { host "$1" nft -f - ; }
fails_with() { fails "$@" > /dev/null; }
exits() { local wanted=$1; shift; "$@" > /dev/null 2>&1; [ $? = "$wanted" ]; }

three_hosts_create cone || bail_out "the lab is set up" hub laptop desktop
three_hosts_profiles
good=$LAB_DIR/laptop/laptop.wirelink file=$LAB_DIR/laptop/bad.wirelink
own=$(wirelinkctl pubkey < "$LAB_DIR/keys/laptop")

# ---- files ----
of_file "a key that is too short" '44 (base64 )?characters' 's|^(PrivateKey = ).*|\1AAAA|'
of_file "prefix length 33" 'from 0 to 32' 's|10.77.0.2/24|10.77.0.2/33|'
of_file "allowed IPs of a machine with the length of the network" \
  '10\.77\.0\.3/24 means all of 10\.77\.0\.0/24.*10\.77\.0\.3/32' \
  's|10.77.0.3/32|10.77.0.3/24|'
of_file "two peers with one address" 'also an allowed IP of' 's|10.77.0.0/24,|10.77.0.0/24, 10.77.0.3/32,|'
of_file "two peers with one key" 'PublicKey: (is |the ).*(also|twice|already)' "/^PublicKey/s|.*|PublicKey = $(wirelinkctl pubkey < "$LAB_DIR/keys/hub")|"
of_file "the own key as a peer" 'own|this machine' "0,/^PublicKey/s|^PublicKey.*|PublicKey = $own|"
of_file "an endpoint without a port" 'has no port; write it like' 's|^(Endpoint = ).*|\1198.51.100.5|'
of_file "an IPv6 endpoint without brackets" '\[2001:db8::1\]|bracket' 's|^(Endpoint = ).*|\12001:db8::5:51820|'
of_file "a wg-quick file" 'wirelinkctl convert' '/^\[Wirelink\]/,/^$/d'
of_file "PreUp and PostUp" 'PreUp, PostUp \(line 4\)' '0,/^Address/s|^Address|PreUp = true\nPostUp = true\nAddress|'
of_file "[Peers] instead of [Peer]" '"Peers" is not a section; use \[Interface\], \[Wirelink\] or \[Peer\]' 's|^\[Peer\]|[Peers]|'
# shellcheck disable=SC2016  # the last line, for sed
of_file "no peers" 'at least one|no peer' '/^\[Peer\]/,$d'
of_file "an unknown role" 'Role.*(leaf|router)' 's|^\[Wirelink\]|&\nRole = server|'
of_file "an IPv4 netmask" '255\.255\.255\.0' 's|10.77.0.2/24|10.77.0.2/255.255.255.0|'
accepted "commas, blanks and an address without length" 's|^Address.*|Address = 10.77.0.2/24 10.78.0.2/24 ,, fd00::1|'
accepted "CRLF" 's|$|\r|'
accepted "a byte order mark" '1s|^|\xef\xbb\xbf|'
accepted "another case" 's|^\[Wirelink\]|[WireLink]|; s|^\[Peer\]|[peer]|'
accepted "DNS, MTU and Table" '0,/^Address/s|^Address|DNS = 10.77.0.1\nMTU = 1380\nTable = off\nAddress|'
accepted "an unknown key" 's|^\[Wirelink\]|&\nColor = green|'
iconv -t UTF-16 "$good" > "$file"
mistake "a file in UTF-16" import 'UTF-8|text file' import "$file"
{ printf '[Interface]\nPrivateKey = %s\nAddress = 10.9.0.2/24\nPostUp = true\n' "$(wirelinkctl genkey)"
  printf '\n[Peer]\nPublicKey = %s\nEndpoint = 203.0.113.77:51820\nAllowedIPs = 0.0.0.0/0, ::/0\n' "$own"
} > "$LAB_DIR/laptop/vpn.conf"
mistake "PostUp in a file that is converted" convert 'PostUp' ctl laptop convert "$LAB_DIR/laptop/vpn.conf" "$LAB_DIR/laptop/vpn.wirelink"
mistake "a commercial VPN that is converted" "the file" '^FullTunnel = yes' cat "$LAB_DIR/laptop/vpn.wirelink"
mistake "a network with host bits" new '10\.0\.0\.0/24|10\.0\.0\.1' \
  ctl laptop new a --network 10.0.0.5/24 --endpoint 198.51.100.5 --directory "$LAB_DIR/laptop"
mistake "a mistyped command" wirelinkctl 'status' ctl laptop statu

# ---- activation ----
check "the laptop is imported" import "$good"
modify +vpn.data peer-1-endpoint=198.51.100.5
refute "the laptop is not activated without a port" up
mistake "no port, by modify" explain 'peer-1-endpoint: "198\.51\.100\.5" has no port; write it like' ctl laptop explain laptop
mistake "no port, by modify" doctor 'peer-1-endpoint: "198\.51\.100\.5" has no port; write it like' ctl laptop doctor
modify +vpn.data peer-1-endpoint=198.51.100.5:51820 +vpn.data kill-switch=yes
mistake "a kill switch without a full tunnel" doctor 'kill-switch' ctl laptop doctor
refute "the laptop is not activated with it" up
mistake "a kill switch without a full tunnel" explain 'kill-switch' ctl laptop explain laptop
modify -vpn.data kill-switch +vpn.data peer-1-endpont=198.51.100.5:51820
mistake "a mistyped key of vpn.data" doctor 'peer-1-endpont' ctl laptop doctor
modify -vpn.data peer-1-endpont +vpn.data "peer-2-allowed-ips=10.77.0.2/32"
mistake "a peer with the own address" doctor '10\.77\.0\.2' ctl laptop doctor
modify +vpn.data "peer-2-allowed-ips=10.77.0.3/32"
on laptop nmcli connection export laptop "$LAB_DIR/laptop/out.wirelink" > /dev/null
mistake "an export without the private key" "the file" '^#.*PrivateKey|^#.*private key' cat "$LAB_DIR/laptop/out.wirelink"
check "the IPv6 of the laptop is disabled" host laptop sysctl -qw net.ipv6.conf.all.disable_ipv6=1
mistake "IPv6 is disabled" doctor 'IPv6' ctl laptop doctor
check "the IPv6 of the laptop is enabled" host laptop sysctl -qw net.ipv6.conf.all.disable_ipv6=0

# ---- networks ----
check "the laptop is activated while the hub is off" up
mistake_within 20 "the hub is off" status 'hub +(connecting|offline)' ctl laptop status
mistake_within 20 "the hub is off" doctor 'hub.*not (been )?reached' ctl laptop doctor
check "doctor then ends with 1" exits 1 ctl laptop doctor
on laptop wirelinkctl set-endpoint hub hub.example.net:51820 > /dev/null
mistake_within 20 "a name that does not resolve" status 'hub\.example\.net' ctl laptop status -v
on laptop wirelinkctl set-endpoint hub 198.51.100.5:51820 > /dev/null
check "the hub is imported" on hub nmcli connection import type wirelink file "$LAB_DIR/hub/hub.wirelink"
on hub nmcli connection modify hub +vpn.data "peer-1-public-key=$(wirelinkctl genkey | wirelinkctl pubkey)" > /dev/null
check "the hub is activated with a wrong key of the laptop" on hub nmcli connection up hub
mistake_within 30 "the hub has another key of the laptop" explain 'key' ctl laptop explain hub
on hub nmcli connection modify hub +vpn.data "peer-1-public-key=$own" > /dev/null
check "the laptop reaches the hub" wait_until 60 sees '  hub +direct' ctl laptop status
check "nft drops the port of the hub" nft_on hub <<< 'table inet f {
  chain i { type filter hook input priority 0; udp dport 51820 drop; }
}'
mistake "the port of the hub is dropped by nft" "doctor, hub" 'nft insert rule inet f i udp dport' ctl hub doctor
host hub nft delete table inet f
check "nft drops packets to the hub" nft_on laptop <<< 'table inet f {
  chain o { type filter hook output priority 0; udp dport 51820 drop; }
}'
mistake "packets to the hub are dropped by nft" doctor 'nft insert rule inet f o udp sport' ctl laptop doctor
host laptop nft delete table inet f
check "the laptop still reaches the hub" wait_until 60 sees '  hub +direct' ctl laptop status
host laptop ping -n -i 0.2 10.77.0.1 > /dev/null 2>&1 &
PING=$!
host hub ip link set eth0 down
mistake_within 15 "the hub dies" status 'hub .*no reply for [0-9]+ s' ctl laptop status
mistake_within 15 "the hub dies" explain 'no reply for [0-9]+ s' ctl laptop explain hub
mistake_within 30 "the hub dies" doctor 'hub (is|was).*no reply|hub.*no reply' ctl laptop doctor
check "doctor ends with 1 then" exits 1 ctl laptop doctor
kill "$PING"
host hub ip link set eth0 up
check "the laptop is deactivated" down
mistake "status after down" status 'no wirelink profile is active: activate one' ctl laptop status
check "status after down ends with 3" exits 3 ctl laptop status
on hub nmcli connection down hub > /dev/null

printf '#\n'
cat "$LAB_DIR/table"
finish hub laptop
