# shellcheck shell=bash
# Waiting on conditions, with a deadline, and measuring time.

# Prints the microseconds since boot, which do not depend on the date.
now_us() {
  local up
  read -r up _ < /proc/uptime
  echo $((10#${up/./} * 10000))
}

# seconds FROM_US [TO_US]: the difference as "3.2"
seconds() {
  local tenths=$(((${2:-$(now_us)} - $1 + 50000) / 100000))
  echo "$((tenths / 10)).$((tenths % 10))"
}

# wait_until SECONDS COMMAND...: repeats COMMAND, at most 20 times a second, until it succeeds.
wait_until() {
  local deadline=$(($(now_us) + $1 * 1000000))
  shift
  until "$@"; do
    [ "$(now_us)" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# wait_gone SECONDS PID...: until all the processes have ended
wait_gone() {
  local limit=$1
  shift
  wait_until "$limit" none_alive "$@"
}
none_alive() {
  local pid
  for pid in "$@"; do
    ! kill -0 "$pid" 2>/dev/null || return 1
  done
}
