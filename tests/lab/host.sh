# shellcheck shell=bash
# Hosts: a network, mount, process and UTS namespace with a D-Bus system bus and NetworkManager.
#
#   host_create laptop; cable_lan laptop r1; host_start laptop
#   host_uplink laptop 192.168.1.2/24 192.168.1.1
#   host laptop nmcli device
#
# Logs: $LAB_DIR/HOST/log/nm.log (NetworkManager and the VPN service it starts) and dbus.log.

declare -gA HOST_PID=()     # process 1 of the host, as the lab sees it
declare -gA HOST_RUNNER=()  # the unshare around it

host_create() {  # name
  local d=$LAB_DIR/$1
  mkdir -p "$d"/{etc/conf.d,etc/system-connections,etc/VPN,conf.d,lib,log,policy} &&
    namespace_create "$1" && host_config "$1" > "$d/etc/NetworkManager.conf"
}

# Without polkit root may do everything and other users may read.
host_config() {
  cat <<X
[main]
plugins=keyfile
dhcp=internal
dns=${LAB_NM_DNS:-none}
rc-manager=unmanaged
auth-polkit=root-only
no-auto-default=*
hostname-mode=none
[connectivity]
${LAB_NM_CONNECTIVITY:-enabled=false}
[logging]
level=${LAB_NM_LOG:-INFO}
domains=${LAB_NM_LOG_DOMAINS:-ALL}
X
}

# The distribution's own system bus configuration plus the policy files in HOST/policy, so that
# tests run with the policy that is installed.
host_bus_config() {  # name
  local file
  echo '<busconfig>'
  echo '<include>/usr/share/dbus-1/system.conf</include>'
  for file in "$LAB_DIR/$1"/policy/*.conf; do
    [ ! -e "$file" ] || echo "<include>$file</include>"
  done
  echo '</busconfig>'
}

host_start() {  # name
  local d=$LAB_DIR/$1
  host_bus_config "$1" > "$d/bus.conf"
  rm -f "$d/pid" "$d/ready"
  nsenter --net="/run/netns/$1" unshare --mount --uts --ipc --propagation private --pid --fork \
    --kill-child "$LAB_HERE/nm-host" "$1" "$d" > "$d/log/host.log" 2>&1 &
  HOST_RUNNER[$1]=$!
  if ! wait_until 30 host_settled "$1" || [ ! -e "$d/ready" ]; then
    echo "lab: host $1 did not come up" >&2
    tail -n 20 "$d"/log/*.log >&2
    return 1
  fi
  HOST_PID[$1]=$(< "$d/pid")
}
host_settled() { [ -e "$LAB_DIR/$1/ready" ] || none_alive "${HOST_RUNNER[$1]}"; }

host() {  # name command...
  local name=$1
  shift
  nsenter --target "${HOST_PID[$name]}" --net --mount --root --uts --ipc --pid --wdns="$PWD" \
    env PATH="$LAB_BUILD/src/ctl:$PATH" "$@"
}

# The uplink is a profile of NetworkManager, as on a user's machine.
host_uplink() {  # name address/len gateway [interface]
  host "$1" nmcli -t connection add type ethernet con-name uplink ifname "${4:-eth0}" \
    ipv4.method manual ipv4.addresses "$2" ipv4.gateway "$3" ipv6.method link-local \
    > /dev/null && host "$1" nmcli -t connection up uplink > /dev/null
}

# Kills NetworkManager with SIGKILL; nm-host starts it again.
host_kill_nm() {  # name
  touch "$LAB_DIR/$1/restart"
  host_kill "$1" NetworkManager
}
# host_kill NAME PROGRAM: kills every process of that program in the host; fails if there is none.
# Starts no process for each one that it examines, because the moment matters.
host_kill() {
  # shellcheck disable=SC2016  # expanded inside the host
  host "$1" bash -c 'killed=1
    for d in /proc/[0-9]*; do
      { read -r name < "$d/comm"; } 2> /dev/null || continue
      [ "$name" != "${0:0:15}" ] || { kill -KILL "${d#/proc/}" && killed=0; }
    done
    exit $killed' "$2"
}
host_nm_is_up() { host "$1" nmcli -t general status > /dev/null 2>&1; }

host_stop() {  # name
  [ -n "${HOST_PID[$1]:-}" ] || return 0
  kill -TERM "${HOST_PID[$1]}" 2>/dev/null
  if ! wait_gone 10 "${HOST_RUNNER[$1]}"; then
    kill -KILL "${HOST_RUNNER[$1]}" 2>/dev/null
  fi
  wait "${HOST_RUNNER[$1]}" 2>/dev/null
  unset "HOST_PID[$1]" "HOST_RUNNER[$1]"
}

hosts_stop() {
  local name
  for name in "${!HOST_PID[@]}"; do kill -TERM "${HOST_PID[$name]}" 2>/dev/null; done
  for name in "${!HOST_PID[@]}"; do host_stop "$name"; done
}

# An interactive shell in the host, on a terminal of its own if there is one.
host_shell() {  # name
  local rc=$LAB_DIR/$1/shell-rc
  printf '%s\n' "PS1='$1# '" "cd '$LAB_DIR/$1'" > "$rc"
  if [ -t 0 ]; then
    host "$1" script -qec "bash --rcfile '$rc' -i" /dev/null
  else
    (cd "$LAB_DIR/$1" && host "$1" bash)
  fi
}

# Prints the log as it grows, each line prefixed with the host's name.
host_follow() {  # name
  tail -n +1 -F "$LAB_DIR/$1/log/nm.log" 2>/dev/null | sed -u "s/^/$1| /" &
}

# Prints the end of the log of NetworkManager and the service.
host_log() { tail -n "${2:-60}" "$LAB_DIR/$1/log/nm.log"; }
