#!/bin/bash
# The bounds of wait.sh, with a clock and a slowness of its own: no time passes.
# shellcheck source=tap.sh
. "$(dirname "$(realpath "$0")")/tap.sh"
# shellcheck source=wait.sh
. "$(dirname "$(realpath "$0")")/wait.sh"

NOW=0
now_us() { echo "$NOW"; }
# The waits sleep between two tries, for a second of this clock.
sleep() { NOW=$((NOW + 1000000)); }
SLOW=1
slowness() { echo "$SLOW"; }
after() { [ "$NOW" -ge $(($1 * 1000000)) ]; }
never() { false; }

# ends_after SECONDS COMMAND...: the command fails, at that time
ends_after() {
  local seconds=$1
  shift
  ! "$@" || { echo "it succeeded"; return 1; }
  [ "$NOW" = $((seconds * 1000000)) ] || { echo "it ended after $NOW us"; return 1; }
}

SLOW=1
check "an idle machine gets four times the seconds" ends_after 20 wait_until 5 never
check "a bound that is tested is not extended on an idle machine" ends_after 5 within 5 never
check "a condition that comes true late is waited for" wait_until 5 after 19
check "a bound that is tested is kept" within 5 after 4
SLOW=3
check "four times the seconds are enough for three times the work" ends_after 20 wait_until 5 never
check "a bound that is tested grows with the slowness" ends_after 15 within 5 never
check "and is kept on a slow machine" within 5 after 14
SLOW=10
check "a wait grows with the slowness" ends_after 50 wait_until 5 never
SLOW=50
check "no bound grows far beyond ten minutes" ends_after 600 within 100 after 1000000
check "a bound above ten minutes stays" ends_after 700 within 700 never
check "what must not come true is not waited for longer" never_within 2 after 3
check "what must not come true is noticed" ends_after 1 never_within 2 after 1
SLOW=4
check "a figure within its limit passes" at_most 10 10
check "a figure may be as much higher as the machine is slower" at_most 10 40
refute "a higher one passes" at_most 10 41
NOW=9000000
check "what took two seconds took no longer than one on a machine that slow" took_at_most 1 7000000
refute "what took nine seconds did" took_at_most 1 0
finish
