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

# Every bound of a test goes through one of the functions below. Its seconds are those of an idle machine
# with a CPU of its own. Once they have passed, and not before, the speed of this machine is measured at
# that moment, and the bound grows as many times as starting a program takes longer here: beside other
# work or with an emulated CPU. A clock that stands still while the machine computes measures as idle.

# A program starts within this many microseconds on an idle machine.
START_US=1000
# A machine that is slower than this is broken; and no bound grows beyond ten minutes.
SLOWEST=50 LONGEST_US=600000000

# slowness: prints how many times slower than an idle one this machine is now, from 1 to SLOWEST. Takes
# about half a second.
slowness() {
  local from now count=0 i times
  from=$(now_us)
  while :; do
    for ((i = 0; i < 10; i++)); do /bin/true; done
    count=$((count + 10)) now=$(now_us)
    if [ $((now - from)) -ge 500000 ] || [ $count -ge 2000 ]; then break; fi
  done
  times=$(((now - from) / (count * START_US)))
  [ $times -ge 1 ] || times=1
  [ $times -le $SLOWEST ] || times=$SLOWEST
  echo $times
}

# repeat_until FROM SECONDS LEAST COMMAND...: repeats COMMAND, 20 times a second at first and then 5 times,
# until it succeeds or SECONDS since FROM, times the slowness of the machine or LEAST, have passed. Every try
# costs as much as the programs that it starts, even where waiting costs nothing.
repeat_until() {
  local from=$1 us=$(($2 * 1000000)) end=$(($2 * $3 * 1000000)) pause=0.05 passed longer
  shift 3
  until "$@"; do
    passed=$(($(now_us) - from))
    if [ $passed -ge $end ]; then
      longer=$((us * $(slowness)))
      [ $longer -le $LONGEST_US ] || longer=$LONGEST_US
      [ $longer -gt $end ] || return 1
      end=$longer
    fi
    [ $passed -lt 2000000 ] || pause=0.2
    sleep $pause
  done
}

# wait_until SECONDS COMMAND...: until COMMAND succeeds. How long that takes is not what is tested, so the
# end is generous: four times SECONDS at least.
wait_until() {
  local seconds=$1
  shift
  repeat_until "$(now_us)" "$seconds" 4 "$@"
}

# within SECONDS COMMAND...: COMMAND succeeds within SECONDS, which is what is tested
within() {
  local seconds=$1
  shift
  repeat_until "$(now_us)" "$seconds" 1 "$@"
}

# never_within SECONDS COMMAND...: COMMAND does not succeed in SECONDS, in which it is tried 40 times
never_within() {
  local deadline=$(($(now_us) + $1 * 1000000)) pause
  pause=$(($1 * 25))
  printf -v pause %d.%03d $((pause / 1000)) $((pause % 1000))
  shift
  while [ "$(now_us)" -lt "$deadline" ]; do
    ! "$@" || return 1
    sleep "$pause"
  done
}

# at_most LIMIT FIGURE: a figure that grows with the time that something took
at_most() { [ "$2" -le "$1" ] || [ "$2" -le $(($1 * $(slowness))) ]; }

# took_at_most SECONDS FROM_US: what began at FROM_US and has just ended took no longer
took_at_most() {
  local took=$(($(now_us) - $2))
  at_most $(($1 * 1000000)) $took || { echo "only after $(seconds 0 $took) s"; return 1; }
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
