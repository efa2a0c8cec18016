#!/bin/bash
# NetworkManager with the capabilities and the read-only /usr of its systemd unit: everything
# works, and the service itself keeps even fewer privileges.
#
# needs: root nm
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
export LAB_NM_UNIT=1
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop

status_of() { host laptop sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; }
# hexadecimal set of CAP_NET_BIND_SERVICE (10) and CAP_NET_ADMIN (12)
KEPT=0000000000001400
every_thread_filtered() {
  local modes
  # shellcheck disable=SC2016  # expanded inside the host
  modes=$(host laptop bash -c 'cat /proc/$0/task/*/status' "$PID" |
    sed -n 's/^Seccomp:[[:space:]]*//p' | sort -u)
  matches '^2$' "$modes"
}
says_unused() { host laptop wirelinkctl status 2>&1 | grep -q "no host at 203.0.113.6:51820"; }
usr_is_read_only() { fails host laptop touch /usr/written; }
check "/usr is read-only" usr_is_read_only
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
check "the peer is disconnected" ip -n other link set eth0 down
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
PID=$(service_pids)
check "status shows that the peer's address is unused" wait_until 15 says_unused
check "the peer is connected" ip -n other link set eth0 up
check "the peer answers pings" reaches 10.77.0.1
check "the service has two effective capabilities" matches "^$KEPT\$" "$(status_of "$PID" CapEff)"
check "the service has two permitted capabilities" matches "^$KEPT\$" "$(status_of "$PID" CapPrm)"
check "the service has no inheritable capability" matches '^0+$' "$(status_of "$PID" CapInh)"
check "the service cannot gain new privileges" matches '^1$' "$(status_of "$PID" NoNewPrivs)"
check "every thread has the system call filter" every_thread_filtered
check "the uplink's address is changed" nmcli_laptop connection modify uplink \
  ipv4.addresses 203.0.113.56/24
check "the uplink is activated with it" nmcli_laptop connection up uplink
check "the peer answers pings" reaches 10.77.0.1 40
check "wirelinkctl shows the peer" matches other "$(host laptop wirelinkctl status 2>&1)"
check "the profile is deactivated" nmcli_laptop connection down laptop
nmcli_laptop connection modify uplink ipv4.addresses 203.0.113.5/24
nmcli_laptop connection up uplink > /dev/null
check "the host is clean" wait_host_clean laptop
finish laptop
