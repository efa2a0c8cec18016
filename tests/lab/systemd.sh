# shellcheck shell=bash
# Hosts that boot systemd, with the project installed from the build directory; with LAB_SYSTEMD_PLAIN
# without the project, and with NetworkManager not masked. The root is a copy-on-write view of this
# machine, so nothing of it changes.
#
#   host_with_systemd hub cable_server
#   host hub systemctl start wirelinkd@hub
#
# The console is $LAB_DIR/HOST/log/console.log.

# Prints where control groups of version 2 are mounted; fails if they are not.
cgroup2_mount() {
  local mount
  for mount in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    [ "$(stat -fc %T "$mount" 2> /dev/null)" != cgroup2fs ] || { echo "$mount"; return; }
  done
  return 1
}

# The reason why this machine cannot boot systemd in namespaces; nothing if it can.
systemd_missing() {
  local probe
  [ -x /lib/systemd/systemd ] || { echo "systemd is not installed"; return; }
  cgroup2_mount > /dev/null || { echo "control groups of version 2 are not mounted"; return; }
  # the older kinds of control groups were removed in that version, which did not boot beside them
  if [ "$(/lib/systemd/systemd --version | sed -n '1s/[^0-9]*\([0-9]*\).*/\1/p')" -ge 258 ] &&
    [ "$(cgroup2_mount)" != /sys/fs/cgroup ]; then
    echo "systemd 258 and newer need control groups of version 2 alone"
    return
  fi
  probe=$(mktemp -d "$(cgroup2_mount)/wirelink-probe.XXXXXX" 2> /dev/null) || { echo "control groups cannot be created"; return; }
  rmdir "$probe"
}

declare -gA HOST_CGROUP=()
host_with_systemd() {  # name cable-command cable-argument...
  local name=$1 kind=$2 d=$LAB_DIR/$1
  shift 2
  mkdir -p "$d"/{log,disk} && namespace_create "$name" && "$kind" "$name" "$@" || return 1
  : > "$d/log/console.log"
  # process ids are those of a namespace, and other labs have the same
  HOST_CGROUP[$name]=$(cgroup2_mount)/wirelink-lab-${LAB_DIR##*.}-$name
  mkdir "${HOST_CGROUP[$name]}" || return 1
  (
    echo "$BASHPID" > "${HOST_CGROUP[$name]}/cgroup.procs"
    exec nsenter --net="/run/netns/$name" unshare --mount --uts --ipc --pid --cgroup --fork \
      --kill-child "$LAB_HERE/systemd-host" "$name" "$d" "$LAB_BUILD" "$LAB_TOP"
  ) > "$d/log/host.log" 2>&1 &
  # shellcheck disable=SC2004  # an associative array of host.sh
  HOST_RUNNER[$name]=$!
  disown  # it is killed with its control group
  if ! wait_until 60 systemd_booted "$name"; then
    echo "lab: systemd of $name did not boot" >&2
    tail -n 30 "$d"/log/*.log >&2
    return 1
  fi
}
# The first process of the namespace is the only child of unshare.
systemd_booted() {
  local child
  [ -e "$LAB_DIR/$1/ready" ] || return 1
  child=$(< "/proc/${HOST_RUNNER[$1]}/task/${HOST_RUNNER[$1]}/children")
  # shellcheck disable=SC2034  # of host.sh
  HOST_PID[$1]=${child%% *}
  host "$1" systemctl is-active -q basic.target 2> /dev/null
}

# Ends the processes of the hosts and removes their control groups.
systemd_stop() {
  local name group
  for name in "${!HOST_CGROUP[@]}"; do
    group=${HOST_CGROUP[$name]}
    echo 1 > "$group/cgroup.kill"
    wait_until 10 cgroup_empty "$group"
    find "$group" -depth -type d -exec rmdir {} \;
    unset "HOST_CGROUP[$name]" "HOST_PID[$name]"
  done
}
cgroup_empty() { grep -q '^populated 0' "$1/cgroup.events"; }
