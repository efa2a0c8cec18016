#!/bin/bash
# The service is killed: the connection goes down, and the next activation removes what is left.
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab comes up" laptop

is_down() { ! is_activated; }
# shellcheck disable=SC2016  # expanded inside the host
kill_service() { host laptop bash -c 'kill -KILL $0' "$(service_pids)"; }

import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop
for round in first second; do
  check "$round activation" nmcli_laptop connection up laptop || finish laptop
  check "the other side answers" reaches 10.77.0.1
  check "the service is killed" kill_service
  check "the connection goes down" wait_until 10 is_down
done
check "activation over the leftovers" nmcli_laptop connection up laptop
check "there is one link" matches '^1$' "$(host_interfaces laptop | wc -l)"
check "the other side answers" reaches 10.77.0.1
check "deactivation" nmcli_laptop connection down laptop
check "nothing is left" wait_host_clean laptop
finish laptop
