# shellcheck shell=bash
# Packages of Debian on hosts that boot systemd. tools/package deb makes them; WIRELINK_PACKAGES names
# their directory.

# shellcheck source=../daemon/two-hosts.sh
. "$(dirname "${BASH_SOURCE[0]}")/../daemon/two-hosts.sh"

# the packaged one, not that of the build directory
ctl() { host "$1" /usr/bin/wirelinkctl "${@:2}" 2>&1; }

PACKAGES=${WIRELINK_PACKAGES:-$LAB_TOP/build-packages/debian$(sed 's/\..*//' /etc/debian_version)}

# The reason why there is nothing to test, or nothing.
packages_found() {
  ls "$PACKAGES"/wirelink-common_*.deb > /dev/null 2>&1 ||
    echo "no packages in $PACKAGES; tools/package deb makes them"
}
# The reason why the packages cannot be tested with systemd, or nothing.
packages_missing() {
  local reason
  reason=$(packages_found)
  echo "${reason:-$(systemd_missing)}"
}

# packages_next HOST: the same packages as a later version, with another unit, in $LAB_DIR/HOST/next
packages_next() {
  local file next=$LAB_DIR/$1/next unit=$LAB_DIR/tree/usr/lib/systemd/system/wirelinkd@.service
  mkdir -p "$next" || return 1
  for file in "$PACKAGES"/*.deb; do
    case $file in *-dbgsym_*) continue;; esac
    dpkg-deb -R "$file" "$LAB_DIR/tree" &&
      sed -i -E -e 's/^(Version: .*)/\1+next/' -e 's/(wirelink[a-z-]* \(= [^)]*)\)/\1+next)/g' \
        "$LAB_DIR/tree/DEBIAN/control" &&
      { [ ! -e "$unit" ] || sed -i 's/^Description=.*/& (next)/' "$unit"; } &&
      dpkg-deb --root-owner-group -Znone -b "$LAB_DIR/tree" "$next/$(basename "$file")" > /dev/null &&
      rm -rf "$LAB_DIR/tree" || return 1
  done
}

# Scripts of packages may start and stop services, which images of containers forbid.
packages_allow_services() { host "$1" rm -f /usr/sbin/policy-rc.d; }

# packages_install HOST DIRECTORY PACKAGE...: as apt does once it has fetched them
packages_install() {
  local name=$1 directory=$2 files=() package
  shift 2
  for package; do files+=("$directory/${package}"_*.deb); done
  host "$name" env DEBIAN_FRONTEND=noninteractive dpkg -i "${files[@]}"
}
packages_remove() { host "$1" dpkg --remove "${@:2}"; }
packages_purge() { host "$1" dpkg --purge "${@:2}"; }
# shellcheck disable=SC2016  # for dpkg-query
installed_version() { host "$1" dpkg-query -W -f '${Version}\n' "$2"; }
depends_on() { matches "$2" "$(dpkg-deb -f "$PACKAGES/$1"_*.deb Depends)"; }

# pings_while HOST ADDRESS COMMAND...: HOST pings ADDRESS 20 times a second from before COMMAND until a
# second after; not one is lost
pings_while() {
  local log=$LAB_DIR/pings name=$1 address=$2 pid status=0
  shift 2
  host "$name" ping -n -i 0.05 -W 2 "$address" > "$log" 2>&1 &
  pid=$!
  wait_until 10 grep -q 'icmp_seq=5 ' "$log" || status=1
  "$@" || status=$?
  sleep 1
  # shellcheck disable=SC2016  # expanded inside the host
  host "$name" sh -c 'for d in /proc/[0-9]*; do
    if [ "$(cat "$d/comm" 2> /dev/null)" = ping ]; then kill -INT "${d#/proc/}"; fi
  done'
  wait "$pid"
  tail -n 3 "$log"
  # the last ones may still be under way when ping ends
  awk -F 'icmp_seq=' '
    /icmp_seq=/ && / time=/ { seen[$2 + 0] = 1; if ($2 + 0 > last) last = $2 + 0 }
    / packets transmitted/ { sent = $1 }
    END {
      for (i = 1; i <= last; i++) if (!(i in seen)) { print "lost: " i; lost++ }
      exit lost > 0 || last == 0 || sent - last > 5
    }' "$log" || return 1
  return "$status"
}
