#!/bin/bash
# An activation that NetworkManager abandons, either before it has called the service or because
# vpn.timeout has passed: the service ends as well.
#
# needs: root nm
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"

# A service that is started, but comes to nothing until it is let.
slow_service() {  # host
  local d=$LAB_DIR/$1
  cat > "$d/slow-service" <<X
#!/bin/bash
touch $d/started
until [ -e $d/go ]; do sleep 0.05; done
if [ -e $d/stuck/wireguard-go ]; then
  export WIRELINK_WIREGUARD=userspace PATH=$d/stuck:\$PATH
  # The program is contained as the service is, and cannot write this itself.
  until ! kill -0 \$\$ || pgrep -x -P \$\$ sleep > $d/stuck/pid; do sleep 0.05; done 2> /dev/null &
fi
exec $LAB_BUILD/src/service/nm-wirelink-service "\$@"
X
  chmod 755 "$d/slow-service" &&
    sed -i "s|^program=.*|program=$d/slow-service|" "$d/etc/VPN/nm-wirelink-service.name"
}
create() {
  inet_create && host_create laptop && host_install_plugin laptop && slow_service laptop &&
    cable_public laptop && host_start laptop &&
    host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY" && keys_create laptop other &&
    laptop_profile "$LAB_DIR/laptop/laptop.wirelink" && host_remember laptop
}
is_started() { [ -e "$LAB_DIR/laptop/started" ]; }
begins() {
  rm -f "$LAB_DIR/laptop"/{started,go}
  nmcli_laptop --wait 0 connection up laptop && wait_until 5 is_started
}
# A userspace WireGuard that never becomes ready and ignores SIGTERM.
gets_stuck() {
  local d=$LAB_DIR/laptop/stuck
  mkdir "$d" && printf '%s\n' '#!/bin/sh' "trap '' TERM" 'exec sleep 60' \
    > "$d/wireguard-go" && chmod 755 "$d/wireguard-go"
}
program_began() { [ -s "$LAB_DIR/laptop/stuck/pid" ]; }
program_is_gone() { fails host laptop kill -0 "$(< "$LAB_DIR/laptop/stuck/pid")" 2> /dev/null; }
# times_out FROM TO: nmcli reports a timeout after FROM to TO seconds
times_out() {
  local output started took
  started=$(now_us)
  if output=$(nmcli_laptop connection up laptop); then echo "it came up"; return 1; fi
  took=$(($(now_us) - started))
  echo "after $(seconds 0 "$took") s: $output"
  [ "$took" -ge $(($1 * 1000000)) ] && took_at_most "$2" "$started" && matches 'timed out' "$output"
}
goes_on() { touch "$LAB_DIR/laptop/go"; }
is_idle() { [ -z "$(nmcli_laptop -g GENERAL.STATE connection show laptop)" ]; }
uplink_is_back() {
  [ "$(nmcli_laptop -g GENERAL.STATE connection show uplink)" = activated ]
}
says() { host_log laptop 20 | grep -q 'gave up this activation before calling Connect'; }

create || bail_out "the lab is set up" laptop
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop

check "an activation starts" begins
check "the activation is canceled" nmcli_laptop connection down laptop
check "NetworkManager is idle again" wait_until 5 is_idle
check "the service starts only now" goes_on
check "the service logs why it exits" wait_until 5 says
check "the host is clean" wait_host_clean laptop 2

check "another activation starts" begins
check "NetworkManager times out before the service appears" wait_until 10 is_idle
check "the service starts only now" goes_on
check "the host is clean" wait_host_clean laptop 2

# A restarted NetworkManager counts from 1 again, so another activation may get the same bus name.
check "a third activation starts" begins
check "NetworkManager is killed" host_kill_nm laptop
check "NetworkManager is running again" wait_until 20 host_nm_is_up laptop
check "the service starts only now" goes_on
check "the service logs why it exits" wait_until 5 says
check "the uplink is active again" wait_until 20 uplink_is_back
check "the host is clean" wait_host_clean laptop

# --- vpn.timeout
check "vpn.timeout is set to 2 s" nmcli_laptop connection modify laptop vpn.timeout 2
check "wireguard-go hangs" gets_stuck
# Without vpn.timeout it would be a minute.
check "the activation times out after vpn.timeout" times_out 1 20
check "wireguard-go had been started" program_began
check "wireguard-go is gone" wait_until 5 program_is_gone
check "the host is clean" wait_host_clean laptop
rm -r "$LAB_DIR/laptop/stuck"

check "an activation starts that is fast enough" begins
check "the service starts" goes_on
check "the profile becomes active within vpn.timeout" wait_until 20 is_activated
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop
finish laptop
