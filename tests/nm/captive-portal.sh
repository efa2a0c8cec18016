#!/bin/bash
# A network behind a captive portal, which NetworkManager detects through a test server. Peers
# outside the local network without a session are tried once a minute, peers on the local network
# as usual; when the portal opens, all of them are tried at once.
#
# needs: root nm
# vm: skip-emulated
# takes: long
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
export LAB_NM_CONNECTIVITY=$'enabled=true\nuri=http://203.0.113.1/check\nresponse=online'
lab_begin "$@"

NEAR=203.0.113.98 FAR=198.51.100.98
# Adds a peer whose address exists but never answers.
silent_peer() {  # address number
  local peer
  peer=$(wirelinkctl genkey | wirelinkctl pubkey) || return 1
  printf '\n[Peer]\nPublicKey = %s\nEndpoint = %s:51820\nAllowedIPs = 10.77.0.%s/32\n' \
    "$peer" "$1" "$2" >> "$LAB_DIR/laptop/laptop.wirelink"
}
counters() {
  ip netns exec silent nft -f - <<N
table ip counted {
  counter near { }
  counter far { }
  chain input {
    type filter hook input priority 0; policy drop;
    ip daddr $NEAR udp dport 51820 counter name near
    ip daddr $FAR udp dport 51820 counter name far
  }
}
N
}
tries() { ip netns exec silent nft list counter ip counted "$1" | sed -n 's/.*packets \([0-9]*\).*/\1/p'; }
# The server of NetworkManager's connectivity check; $LAB_DIR/answer has its reply.
server() {
  ip netns exec inet /usr/bin/python3 -c '
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = open(sys.argv[1]).read()
        self.send_response(200 if text == "online" else 302)
        if text != "online":
            self.send_header("Location", "http://203.0.113.1/login")
        self.end_headers()
        self.wfile.write(text.encode())
    def log_message(self, *arguments):
        pass
http.server.HTTPServer(("203.0.113.1", 80), Answer).serve_forever()' "$LAB_DIR/answer" \
    > "$LAB_DIR/server.log" 2>&1 &
}
answers() {  # online|login full|portal: the reply, and the connectivity that NetworkManager derives
  printf %s "$1" > "$LAB_DIR/answer"
  wait_until 20 is_found "$2" ||
    { nmcli_laptop networking connectivity; cat "$LAB_DIR/server.log"; return 1; }
}
is_found() { [ "$(nmcli_laptop networking connectivity check)" = "$1" ]; }
create() {
  printf online > "$LAB_DIR/answer"
  one_host_create && namespace_create silent && cable silent eth0 inet p-silent &&
    ip -n inet link set p-silent master homes && ip -n silent addr add "$NEAR/24" dev eth0 &&
    ip -n silent addr add "$FAR/32" dev eth0 && ip -n silent route add default via "$INET_GATEWAY" &&
    ip -n inet route add "$FAR/32" via "$NEAR" && counters && silent_peer $NEAR 98 &&
    silent_peer $FAR 99 && server
}
is_tried() { [ "$(tries "$1")" -gt "$2" ]; }
far_rests() { matches '^[01]$' "$(($(tries far) - far))"; }
says() { wait_until 5 grep -q -- "$1" "$LAB_DIR/laptop/log/nm.log"; }

create || bail_out "the lab is set up" laptop
check "NetworkManager reports full connectivity" answers online full || finish laptop
host_remember laptop  # full connectivity changes the metric of the default route
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "the peer answers pings" reaches 10.77.0.1
check "the local peer is tried" wait_until 10 is_tried near 1
check "the remote peer is tried" wait_until 10 is_tried far 1
check "NetworkManager reports a portal" answers login portal
check "the service logs the portal and its effect" says \
  'behind a captive portal; retrying unreachable peers once a minute'
near=$(tries near) far=$(tries far)
check "the local peer is tried three more times" within 60 is_tried near $((near + 2))
check "the remote peer is tried at most once meanwhile" far_rests
check "the existing session still works" reaches 10.77.0.1 1
before=$(tries far)
check "NetworkManager reports full connectivity again" answers online full
check "the service logs that the portal is gone" says 'no longer behind a captive portal'
check "the remote peer is tried immediately" within 5 is_tried far "$before"
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop
finish laptop
