#!/bin/bash
# An active profile is changed: what runs goes on as it was, and the service says why.
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab comes up" laptop

modify() { nmcli_laptop connection modify laptop "$@"; }
log_lines() { grep -c -- "$1" "$LAB_DIR/laptop/log/nm.log"; }
says() {
  wait_until 5 grep -qE -- "$1" "$LAB_DIR/laptop/log/nm.log" ||
    { grep nm-wirelink-service "$LAB_DIR/laptop/log/nm.log"; return 1; }
}
goes_on() { reaches 10.77.0.1 && is_activated && matches "^$PID\$" "$(service_pids)"; }

import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop
check "it is activated" nmcli_laptop connection up laptop || finish laptop
PID=$(service_pids)
check "the other side answers" reaches 10.77.0.1
check "an endpoint becomes nonsense" modify +vpn.data peer-1-endpoint=nowhere
check "the service says what is wrong" \
  says 'cannot be used as it is now; what runs stays as it was: peer-1-endpoint: '
check "what runs goes on" goes_on
check "it is mended" modify +vpn.data peer-1-endpoint=203.0.113.6:51820
check "the service says so" says 'the profile is again what runs'
check "something else is changed" modify +vpn.data peer-1-keepalive=25 +vpn.data mtu=1400
check "the service says what, and when it counts" \
  says 'was changed [(]mtu, peer-1-keepalive[)]; what runs stays as it was until'
check "what runs goes on" goes_on
check "what is none of its business is changed" modify connection.autoconnect-priority 3
check "twice" modify connection.metered 1
check "what runs goes on" goes_on
check "the service says nothing of that" matches '^2$' "$(log_lines 'the profile was changed')"
check "it is deactivated" nmcli_laptop connection down laptop
check "it is activated with the changes" nmcli_laptop connection up laptop
check "which count now" matches 'mtu 1400' "$(host laptop ip link show dev "$(host_interface laptop)")"
check "it is deactivated" nmcli_laptop connection down laptop
check "nothing is left" wait_host_clean laptop
finish laptop
