#!/bin/bash
# Both uplinks are gone for a minute: the service does not wake up once in that minute, and a TCP
# stream through the hub survives.
#
# needs: root nm kernel-wireguard
# takes: long
# shellcheck source=two-uplinks.sh
. "$(dirname "$(realpath "$0")")/two-uplinks.sh"
lab_begin "$@"
two_uplinks_create || bail_out "the lab is set up" laptop hub

has_woken() { [ "$(wakeups)" != "$before" ]; }
# All work that was in progress is done: 20 seconds without a wake-up. An unused thread of GLib ends after
# 15 s.
is_at_rest() {
  before=$(wakeups) && never_within 20 has_woken
}
# Fails at the first wake-up within a minute.
sleeps_for_a_minute() {
  local start
  before=$(wakeups) && start=$(now_us) || return 1
  never_within 60 has_woken || { echo "it woke up after $(seconds "$start") s"; return 1; }
}
no_uplink() { [ -z "$(host laptop ip route show default)$(host laptop ip -6 route show default)" ]; }
# Seconds until TCP's next retransmission, which ss prints as "26sec", "1min10sec" or "880ms".
tcp_waits() {
  host laptop ss -tno dst "$OTHER" | sed -n 's/.*timer:(on,\([^,]*\),.*/\1/p' |
    awk '{ min = /min/ ? $0 + 0 : 0; sub(/.*min/, ""); print min * 60 + (/ms/ ? 1 : $0 + 1) }' |
    grep -E '^[0-9]+' -o
}

check "hub and laptop are activated" both_up || finish laptop hub
PID=$(service_pids)
check "other answers through the hub" reaches $OTHER
check "a TCP stream starts" traffic_start || finish laptop hub

base_down home
check "the laptop has no uplink" wait_until 5 no_uplink
check "the service becomes idle" wait_until 60 is_at_rest
check "the service does not wake up for a minute" sleeps_for_a_minute
check "the profile stays active" stays_activated
base_up home
check "other answers again" reaches $OTHER 5
left=$(tcp_waits) || left=0
echo "# TCP sends again in $left s"
check "the stream continues at TCP's next retransmission" stream_goes_on $((left + 10))
check "the profile stays active with the uplink back" stays_activated
check "the profile is deactivated" nmcli_laptop connection down laptop
finish laptop hub
