# shellcheck shell=bash
# The lab: a small internet of network namespaces whose hosts each run a private D-Bus and a real
# NetworkManager. Source this from bash; README.md beside it shows how.
set -u
LAB_HERE=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
LAB_TOP=$(realpath "$LAB_HERE/../..")
# shellcheck disable=SC2034  # for the files below and for scripts
LAB_BUILD=$(realpath -m "${WIRELINK_BUILD:-$LAB_TOP/build}")
export LANG=C.UTF-8

# shellcheck source=wait.sh
. "$LAB_HERE/wait.sh"
# shellcheck source=inet.sh
. "$LAB_HERE/inet.sh"
# shellcheck source=host.sh
. "$LAB_HERE/host.sh"
# shellcheck source=plugin.sh
. "$LAB_HERE/plugin.sh"
# shellcheck source=daemon.sh
. "$LAB_HERE/daemon.sh"
# shellcheck source=systemd.sh
. "$LAB_HERE/systemd.sh"
# shellcheck source=profile.sh
. "$LAB_HERE/profile.sh"
# shellcheck source=wireguard.sh
. "$LAB_HERE/wireguard.sh"
# shellcheck source=leftovers.sh
. "$LAB_HERE/leftovers.sh"

lab_die() { echo "lab: $*" >&2; exit 1; }

# The namespaces of the lab; every host has namespaces of its own inside them. The process namespace
# ends all processes together with the lab, the UTS namespace keeps NetworkManager from renaming the
# machine.
LAB_UNSHARE=(unshare --net --mount --uts --ipc --propagation private --pid --fork
  --kill-child --mount-proc)

# Restarts the calling script inside the lab's namespaces, where this function returns with $LAB_DIR
# set to the lab's own directory. The machine's network cannot be reached from there.
lab_begin() {
  if [ "${LAB_INSIDE:-}" != 1 ]; then
    [ "$(id -u)" = 0 ] || lab_die "must be run as root"
    LAB_DIR=$(lab_new_dir) || exit 1
    LAB_DIR=$LAB_DIR LAB_INSIDE=1 exec "${LAB_UNSHARE[@]}" "$BASH" "$0" "$@"
  fi
  unset LAB_INSIDE
  trap lab_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  mount -t tmpfs -o mode=755 run /run || exit 1
  mkdir -p /run/netns /run/lock
  ip link set lo up
  local module
  for module in tun veth bridge wireguard nf_tables nft_masq nft_ct; do
    modprobe -q "$module" 2>/dev/null || :  # built in, or missing, which the first use reports
  done
}

# lab_run SCRIPT ARG...: runs a script that begins with lab_begin, with $LAB_DIR as its directory,
# and returns its status. The terminal sends Ctrl-C to the script itself; SIGTERM is passed on. In
# both cases the script takes down its lab before this returns.
lab_run() {
  local runner status
  # bash would start a command in the background with INT ignored and without standard input
  LAB_DIR=$LAB_DIR LAB_INSIDE=1 env --default-signal=INT,QUIT \
    "${LAB_UNSHARE[@]}" "$BASH" "$@" <&0 &
  runner=$!
  trap : INT
  # shellcheck disable=SC2064  # the number of now
  trap "lab_pass_on TERM $runner" TERM HUP
  while :; do
    wait "$runner"
    status=$?
    kill -0 "$runner" 2>/dev/null || break
  done
  trap - INT TERM HUP
  return "$status"
}

# unshare blocks SIGTERM, so it is sent to its child
lab_pass_on() {
  local child
  child=$(< "/proc/$2/task/$2/children")
  # shellcheck disable=SC2086  # one number and a space
  if [ -n "$child" ]; then kill -"$1" $child; else kill -KILL "$2"; fi
}

# Prints the network and process namespaces of the lab and its hosts, to check later that they are
# gone.
lab_namespaces() {
  local name
  readlink /proc/self/ns/net /proc/self/ns/pid
  for name in "${!HOST_PID[@]}"; do
    readlink "/proc/${HOST_PID[$name]}/ns/net" "/proc/${HOST_PID[$name]}/ns/pid"
  done
}

# lab_users FILE: prints processes that are in one of the namespaces listed in FILE
lab_users() {
  local link
  for link in /proc/[0-9]*/ns/net /proc/[0-9]*/ns/pid; do
    ! readlink "$link" 2>/dev/null | grep -qxFf "$1" || echo "$link"
  done
}
lab_unused() { [ -z "$(lab_users "$1")" ]; }

# Only root can read it, because it has profiles with private keys.
lab_new_dir() { mktemp -d -t wirelink-lab.XXXXXX; }

lab_end() {
  local status=$?
  trap '' INT TERM HUP
  systemd_stop
  hosts_stop
  wireguard_stop
  # a script may have mounted a directory of the machine, such as /dev, below it
  rm -rf --one-file-system "$LAB_DIR"
  exit "$status"
}
