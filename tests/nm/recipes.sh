#!/bin/bash
# The quick start of README.md and the recipes of docs/recipes, command by command, and whether what
# they promise is then so: a hub, a laptop and a desktop behind a NAT router each, a printer beside
# the desktop, and a web server on the internet.
#
# needs: root nm
# takes: long
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
# shellcheck source=../lab/commands.sh
. "$LAB_HERE/commands.sh"
lab_begin "$@"

RECIPES=$LAB_TOP/docs/recipes
TESTED=(add-a-machine phone exit lan hub-moves autostart keyring from-wireguard lost-machine uninstall)
WEB=198.51.100.9 PRINTER=192.168.2.9

recipe() { commands_run "$RECIPES/$1.md"; }
recipe_step() { check "block $2 of $1.md works on the $3" commands_type "$RECIPES/$1.md" "$2" "$3"; }
answers() { host "$1" ping -n -q -c 1 -W 0.5 "$2" > /dev/null; }
reaches_from() { wait_until "${3:-30}" answers "$1" "$2"; }
status_of() { host "$1" wirelinkctl status; }
lists() { matches "^  $2 +$3" "$(status_of "$1")"; }
lists_not() { fails lists "$1" "$2" ''; }
data_of() { host "$1" nmcli -g "$3" connection show "$2" < /dev/null; }
none_else() {  # every recipe is tested
  matches "^$(printf '%s ' README from-other-products "${TESTED[@]}" | tr ' ' '\n' | sort | xargs)\$" \
    "$(cd "$RECIPES" && printf '%s\n' *.md | sed 's/\.md$//' | sort | xargs)"
}
web_create() {
  namespace_create web && cable_server web && ip -n web addr add $WEB/24 dev eth0 &&
    ip -n web route add default via "$SERVER_GATEWAY" && ip netns exec web nft -f - <<'RULES'
table inet lab_web {
  chain count {
    type filter hook prerouting priority -300;
    ip saddr 198.51.100.5 icmp type echo-request counter
  }
}
RULES
}
requests_by_hub() { ip netns exec web nft list table inet lab_web | grep -oE 'packets [0-9]+' | grep -oE '[0-9]+'; }
# The printer knows its own network only.
printer_create() {
  namespace_create printer && cable_lan printer nat-d && ip -n printer addr add $PRINTER/24 dev eth0
}
by_the_hub() { local before; before=$(requests_by_hub); answers laptop "$WEB" && [ "$(requests_by_hub)" -gt "$before" ]; }
beside_the_hub() { local before; before=$(requests_by_hub); answers laptop "$WEB" && [ "$(requests_by_hub)" = "$before" ]; }
key_is_gone() { fails grep -rq '^private-key=' "$LAB_DIR/laptop/etc/system-connections"; }
public_key43() { wirelinkctl pubkey < "$1" | tr -d = | tr '+/' '-_'; }  # as WireHub writes it
vpn_files() {
  wirelinkctl genkey > "$LAB_DIR/keys/vpn"
  cat > "$LAB_DIR/laptop/home/vpn.conf" <<X
[Interface]
PrivateKey = $(wirelinkctl genkey)
Address = 10.9.0.2/24
PostUp = iptables -A FORWARD -j ACCEPT

[Peer]
PublicKey = $(wirelinkctl pubkey < "$LAB_DIR/keys/vpn")
Endpoint = 203.0.113.77:51820
AllowedIPs = 10.9.0.0/24
X
  sed '/^PostUp/d; s/10\.9\.0\.2/10.8.0.2/; s/10\.9\.0\.0/10.8.0.0/' "$LAB_DIR/laptop/home/vpn.conf" > "$LAB_DIR/laptop/home/wg0.conf"
  echo '{"Iface": "wg0", "Port": 51821, "Peers": []}' > "$LAB_DIR/laptop/home/wirelink.wg0.json"
  (umask 077 && wirelinkctl genkey > "$LAB_DIR/laptop/home/laptop.key")
  printf 'subnet 10.7.0.0/24\ntrust 10.7.0.2 %s\nrouter 10.7.0.1 hub %s 203.0.113.77:51820\n' \
    "$(public_key43 "$LAB_DIR/laptop/home/laptop.key")" "$(public_key43 "$LAB_DIR/keys/vpn")" \
    > "$LAB_DIR/laptop/home/network.wirehub"
}
create() {
  three_hosts_create cone && web_create && printer_create && commands_prepare && mkdir -p "$LAB_DIR/keys" "$LAB_DIR"/{hub,laptop,desktop}/home
}

check "every recipe is tested" none_else
create || bail_out "the lab is set up" hub laptop desktop

commands_run "$LAB_TOP/README.md"
check "the laptop reaches the hub" reaches_from laptop 10.77.0.1 || finish hub laptop
recipe add-a-machine
check "the laptop reaches the desktop" reaches_from laptop 10.77.0.3
check "the laptop lists the desktop as direct" wait_until 60 lists laptop desktop direct
check "the laptop lists the address of the hub" lists laptop hub 'direct +10\.77\.0\.1'
recipe phone
check "the hub lists the phone" lists hub phone ''

recipe_step exit 1 hub
check "the laptop reaches the web beside the hub" wait_until 10 beside_the_hub
recipe_step exit 2 laptop
check "the laptop reaches the web by the hub" wait_until 30 by_the_hub
recipe_step exit 3 laptop
recipe_step exit 4 laptop
check "the laptop reaches the web beside the hub again" wait_until 30 beside_the_hub

refute "the laptop does not reach the printer" answers laptop "$PRINTER"
recipe lan
check "the laptop reaches the printer" reaches_from laptop "$PRINTER" 60
check "the desktop introduces no members" fails matches 'desktop.*Membership' "$(host hub wirelinkctl status -v)"

recipe hub-moves
check "the laptop still reaches the hub" reaches_from laptop 10.77.0.1
recipe autostart
recipe_step keyring 1 laptop
check "the key is not stored any more" key_is_gone
recipe_step keyring 2 laptop
check "NetworkManager stores keys again" matches '^$' "$(data_of laptop laptop connection.permissions)"
vpn_files
recipe from-wireguard
recipe lost-machine
check "the hub does not list the laptop" lists_not hub laptop
refute "the laptop does not reach the hub" answers laptop 10.77.0.1
recipe uninstall
check "the laptop has no profile any more" fails data_of laptop laptop connection.id
finish hub laptop desktop
