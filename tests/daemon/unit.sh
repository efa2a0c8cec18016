#!/bin/bash
# The unit under a real systemd: boot, reload, a crash, a hanging process, an update of the program,
# and what systemd says about its security.
#
# needs: root
# takes: long
# shellcheck source=two-hosts.sh
. "$(dirname "$(realpath "$0")")/two-hosts.sh"
missing=$(systemd_missing)
[ -z "$missing" ] || { echo "1..0 # SKIP $missing"; exit 0; }
lab_begin "$@"

hub_create() {
  inet_create && host_with_systemd hub cable_server &&
    host_address hub 198.51.100.5/24 "$SERVER_GATEWAY" &&
    host_without_nm leaf cable_public && host_address leaf 203.0.113.5/24 "$INET_GATEWAY" &&
    keys_create hub leaf other && mkdir "$LAB_DIR/hub/wirelink" && hub_profile && leaf_profile &&
    host hub install -d -m 700 /etc/wirelink && put_profile
}
put_profile() { host hub install -m 600 "$(host_profile hub)" /etc/wirelink/hub.wirelink; }
unit() { host hub systemctl "$@" 2>&1; }
unit_property() { host hub systemctl show --value -p "$1" wirelinkd@hub; }
unit_is() { matches "$2" "$(unit_property "$1")"; }
journal() { host hub journalctl -q --no-pager -u 'wirelinkd@*' 2>&1; }
in_journal() { journal | grep -qE -- "$1"; }
end() { journal | sed 's/^/# hub| /'; finish leaf; }

main_pid() { unit_property MainPID; }
# Numbers as the host sees them.
# Not 0, which is the group of the caller.
has_main() { [ "$(main_pid)" -gt 1 ]; }
signal_main() { wait_until 10 has_main && host hub kill -"$1" "$(main_pid)"; }
# pings_through COMMAND...: the leaf pings the hub 50 times a second while COMMAND runs and for a
# second after; not one is lost
pings_through() {
  local log=$LAB_DIR/pings pid status=0
  host leaf ping -n -q -i 0.02 -c 100 -W 1 10.77.0.1 > "$log" 2>&1 &
  pid=$!
  "$@" || status=$?
  wait "$pid"
  grep -q ' 0% packet loss' "$log" || { cat "$log"; return 1; }
  return "$status"
}
reload_with() { hub_profile "$@" && put_profile && unit reload wirelinkd@hub; }
replace_with() { hub_profile "$@" && put_profile && wait_until 10 in_journal 'chatty\); applied'; }
role_is() { matches "$1" "$(link_property hub Role)"; }
put_wrong() { hub_profile 'Chatty = perhaps' && put_profile; }
restarted() { unit_is NRestarts "^$1\$" && unit_is ActiveState '^active$'; }
exposure() {
  host hub systemd-analyze security --no-pager wirelinkd@hub | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p'
}
below_two() { awk -v n="$(exposure)" 'BEGIN { print n; exit !(n != "" && n < 2.0) }'; }
status_of_main() { host hub cat "/proc/$(main_pid)/status"; }
own_link() { host hub ip -o link | sed -n 's/^[0-9]*: \(nmwl-[0-9a-f]*\).*/\1/p'; }
own_setting() { host hub cat "/proc/sys/net/$1/conf/$(own_link)/$2"; }
program_of_main() { host hub readlink "/proc/$(main_pid)/exe"; }
has_state() { [ -n "$(host hub ls /var/lib/wirelink)" ]; }
no_link() { [ -z "$(own_link)" ]; }
# the program as a package manager replaces it
update_program() {
  host hub sh -c 'cp /usr/sbin/wirelinkd /usr/sbin/wirelinkd.new &&
    mv /usr/sbin/wirelinkd.new /usr/sbin/wirelinkd'
}
networkd_restarts() { unit restart systemd-networkd; }
# A file of systemd-networkd that matches all interfaces but the uplink; it would remove the addresses
# and routes of other programs. The uplink has to be said, too: without a file for it, restarting version
# 257 left the host without uplink.
networkd_configured() {
  host hub mkdir -p /etc/systemd/network &&
    printf '%s\n' '[Match]' Name=eth0 '[Link]' Unmanaged=yes |
    host hub tee /etc/systemd/network/10-uplink.network > /dev/null &&
    printf '%s\n' '[Match]' 'Name=!lo !eth0' '[Network]' LinkLocalAddressing=no |
    host hub tee /etc/systemd/network/50-all.network > /dev/null
}
drop_in() {  # line...
  host hub mkdir -p /run/systemd/system/wirelinkd@.service.d &&
    printf '%s\n' '[Service]' "$@" |
    host hub tee /run/systemd/system/wirelinkd@.service.d/test.conf > /dev/null &&
    unit daemon-reload
}

hub_create || bail_out "the lab is set up"
check "the unit starts" unit enable --now wirelinkd@hub || end
check "the leaf is up" daemon_start leaf || end
check "the leaf reaches the hub" reaches leaf 10.77.0.1
check "systemctl status shows the link" unit_is StatusText '^nmwl-[0-9a-f]+ is up$'
check "wirelinkctl shows the peer" shows hub status 'leaf +direct'

# the sandbox
check "the exposure is below 2.0" below_two
check "the process has two capabilities" matches '^CapBnd:	0000000000001400$' "$(status_of_main)"
refute "the process lacks raw sockets" in_journal 'cannot open a socket'
check "the round trip is measured with them" \
  wait_until 10 shows hub status 'leaf +direct .* [0-9.]+ [mµ]s '
check "the link ignores router advertisements" matches '^0$' "$(own_setting ipv6 accept_ra)"
check "the link forwards, as the router" matches '^1$' "$(own_setting ipv4 forwarding)"

# reload
check "a reload loses no packet" pings_through reload_with 'Autostart = yes'
check "the reload is applied" in_journal 'profile changed \(autostart\); applied'
check "a replaced file is applied without a reload and loses no packet" \
  pings_through replace_with 'Autostart = yes' 'Chatty = yes'
check "a wrong file is put there" put_wrong
refute "a reload with a wrong file succeeds" unit reload wirelinkd@hub
check "the journal names the line" in_journal 'hub\.wirelink:[0-9]+: Chatty: '
check "systemctl status says that the former profile is used" \
  wait_until 5 unit_is StatusText 'former profile'
check "the leaf still reaches the hub" reaches leaf 10.77.0.1
check "a change that needs a restart is said" reload_with 'InterfaceName = nmwl-other'
check "systemctl status names the key" wait_until 5 unit_is StatusText 'after a restart: link-name'
check "the former file is back" reload_with
check "nothing is pending any more" wait_until 5 unit_is StatusText 'is up$'

# systemd-networkd
check "networkd manages all interfaces that no other file matches" networkd_configured
check "a start of networkd loses no packet" pings_through networkd_restarts
check "a restart of networkd loses no packet" pings_through networkd_restarts
check "networkd leaves the link alone" matches 'nmwl-.* unmanaged' \
  "$(host hub networkctl --no-legend --no-pager)"
check "the link has its addresses" matches '10\.77\.0\.1/24.*10\.78\.0\.1/32' \
  "$(host hub ip -4 addr | tr '\n' ' ')"
unit stop systemd-networkd systemd-networkd.socket > /dev/null

# a crash
check "the process is killed" signal_main KILL
check "systemd starts it again" wait_until 20 restarted 1
check "the leaf reaches the hub again" reaches leaf 10.77.0.1 40
check "there is one link" matches '^1$' "$(links hub)"
check "the link of the crashed process was removed" in_journal 'removed: interface nmwl-|link is up'

# a process that hangs
check "the watchdog waits five seconds" drop_in WatchdogSec=5s
check "the unit restarts with it" unit restart wirelinkd@hub
check "the watchdog does not end it in twice that time" never_within 10 restarted 1
check "no restart was needed" unit_is NRestarts '^0$'
check "the process is stopped" signal_main STOP
check "the watchdog has it started again" wait_until 30 restarted 1
check "the leaf reaches the hub again" reaches leaf 10.77.0.1 40

# an update of the program
check "replacing the program loses no packet" pings_through update_program
check "the running process has the former program" matches ' \(deleted\)$' "$(program_of_main)"
check "a restart runs the new one" unit restart wirelinkd@hub
check "the process has the new program" matches '/usr/sbin/wirelinkd$' "$(program_of_main)"

# boot and end
check "the unit stops" unit stop wirelinkd@hub
check "nothing is left" wait_until 5 no_link
check "the state is below /var/lib/wirelink" has_state
check "the target of a booted machine starts it" unit start multi-user.target
check "the unit is active" unit_is ActiveState '^active$'
check "wirelinkctl down stops it" ctl hub down hub
check "the unit is inactive" unit_is ActiveState '^inactive$'
check "wirelinkctl up starts it" ctl hub up hub
check "the unit is active" unit_is ActiveState '^active$'
check "the unit stops again" unit disable --now wirelinkd@hub

# what is refused
check "the file is made readable by others" host hub chmod 644 /etc/wirelink/hub.wirelink
refute "the unit starts with it" unit start wirelinkd@hub
check "the journal names cause and remedy" in_journal 'mode 0644.*chmod 600 /etc/wirelink/hub'
check "wirelinkctl up names the journal" \
  matches 'journalctl -u wirelinkd@hub' "$(ctl hub up hub)"
check "systemd does not try again" unit_is NRestarts '^0$'
end
