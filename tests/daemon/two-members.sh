#!/bin/bash
# Two hosts without NetworkManager, each with wirelinkd: they reach each other, wirelinkctl works as
# with NetworkManager, and a stopped daemon leaves nothing behind.
#
# needs: root nm
# shellcheck source=two-hosts.sh
. "$(dirname "$(realpath "$0")")/two-hosts.sh"
lab_begin "$@"

two_hosts_create || bail_out "the lab is set up"
check "wirelinkd brings up the hub" daemon_start hub || finish
check "wirelinkd brings up the leaf" daemon_start leaf || finish
check "the leaf reaches the hub over IPv4" reaches leaf 10.77.0.1
check "the leaf reaches the hub over IPv6" reaches leaf fd77::1
check "the hub reaches the leaf" reaches hub 10.77.0.2
check "the leaf reaches a further address of the hub through a route" reaches leaf 10.78.0.1
check "the route carries the protocol of the project" \
  matches '^10\.78\.0\.0/16 dev nmwl-[0-9a-f]+ proto 87 ' "$(host leaf ip route)"
check "the hub has all its addresses" \
  matches '10\.77\.0\.1/24.*10\.78\.0\.1/32' "$(host hub ip -4 addr | tr '\n' ' ')"
check "the service manager learns the state" daemon_notified leaf '^STATUS=nmwl-.* is up'

check "wirelinkctl status shows the peer" shows leaf status 'hub +direct'
check "wirelinkctl peer shows the endpoint" matches '198\.51\.100\.5:51820' "$(ctl leaf peer hub)"
check "wirelinkctl facts lists the hub's endpoint" shows leaf facts 'hub +endpoint'
check "wirelinkctl explain gives a reason" matches 'direct' "$(ctl leaf explain hub)"
check "the front end is known" property_is leaf FrontEnd wirelinkd
check "any local user may read the profile" \
  matches 'hub' "$(host leaf setpriv --reuid=65534 --clear-groups "$LAB_BUILD/src/ctl/wirelinkctl" status 2>&1)"
refute "an ordinary user may not refresh it without polkit" \
  host leaf setpriv --reuid=65534 --clear-groups "$LAB_BUILD/src/ctl/wirelinkctl" refresh

check "a second wirelinkd for the same profile is refused" \
  matches 'another wirelinkd serves the profile "leaf"' "$(daemon leaf 2>&1)"
check "the link is still there" reaches leaf 10.77.0.1

check "the daemon ends in order" daemon_stop leaf
check "the service manager learns of the end" daemon_notified leaf '^STOPPING=1'
check "the leaf is clean" wait_host_clean leaf
finish
