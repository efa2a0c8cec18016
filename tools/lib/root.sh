# shellcheck shell=bash
# Root file systems of other Debian versions, made by debootstrap and kept in a cache. Needs $TOP.
#
# A root is the directory NAME of the cache. NAME/.ready lists what it was installed for; a root without
# it is incomplete and only installed further. NAME.lock is held while a root is used.

# The cache: WIRELINK_MATRIX_CACHE, or a directory of the user's.
root_cache() { echo "${WIRELINK_MATRIX_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/wirelink/matrix}"; }

# root_suite SYSTEM: prints the name of that Debian version
root_suite() {
  case $1 in
    debian12) echo bookworm;;
    debian13) echo trixie;;
    debian14) echo forky;;
    *) return 1;;
  esac
}

# root_space DIRECTORY MIB: false if its file system has less free space
root_space() {
  local free
  free=$(df --output=avail -BM "$1" | tail -n 1)
  free=${free//[!0-9]/}
  [ "$free" -ge "$2" ] || { echo "$1 has $free MiB of free space, and $2 MiB are needed" >&2; return 1; }
}

# What a root is installed for: a change of the list of packages installs it again.
root_wanted() {  # set
  echo "$1 $("$TOP/tools/install-deps" --list | sha256sum | cut -c 1-16)"
}

# root_last_error LOG: prints the most telling line of a failed debootstrap or apt
root_last_error() {
  local line
  line=$(grep -E '^(E|W|install-deps): ' "$1" | grep -v 'apt-get .* failed$' | tail -n 1)
  echo "${line:-$(tail -n 1 "$1")}"
}

# root_bootstrap SYSTEM ROOT LOG: makes the root file system unless it is there; on failure, prints one
# sentence
root_bootstrap() {
  local suite root=$2 script work
  suite=$(root_suite "$1")
  mkdir -p "$(root_cache)" || return 1
  root_space "$(root_cache)" 4000 || return 1
  if [ ! -e "$root" ]; then
    "$TOP/tools/install-deps" matrix > "$3" 2>&1 ||
      { echo "debootstrap cannot be installed: $(root_last_error "$3")" >&2; return 1; }
    script=/usr/share/debootstrap/scripts/$suite
    # a version newer than debootstrap is made as the development version
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
    work=$root.new
    rm -rf "$work"
    if ! debootstrap --variant=minbase --include=ca-certificates "$suite" "$work" \
      "${WIRELINK_MATRIX_MIRROR:-}" "$script" > "$3" 2>&1 < /dev/null; then
      echo "debootstrap cannot make a root of $1: $(root_last_error "$3")" >&2
      rm -rf "$work"
      return 1
    fi
    # packages can be fetched again: no need to sync each file
    echo force-unsafe-io > "$work/etc/dpkg/dpkg.cfg.d/wirelink-matrix"
    # the lists of a development version expire when a mirror stops for a week
    printf '%s\n' 'Acquire::Check-Valid-Until "false";' 'APT::Keep-Downloaded-Packages "false";' \
      'Binary::apt-get::APT::Keep-Downloaded-Packages "false";' \
      > "$work/etc/apt/apt.conf.d/wirelink-matrix"
    rm -f "$work"/var/cache/apt/archives/*.deb
    mv "$work" "$root"
  fi
  cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || :
}

# root_make SYSTEM SET LOG: makes or completes the root; on failure, prints one sentence
root_make() {
  local suite root
  suite=$(root_suite "$1")
  root=$(root_cache)/$suite
  ! root_is_ready "$suite" "$2" || return 0
  root_bootstrap "$1" "$root" "$3" || return 1
  mkdir -p "$root/srv/install"
  cp "$TOP/tools/install-deps" "$root/srv/install/install-deps"
  rm -f "$root/.ready"
  if ! root_enter "$root" network /srv/install/install-deps "$2" > "$3" 2>&1; then
    echo "the packages of $1 cannot be installed: $(root_last_error "$3")" >&2
    return 1
  fi
  root_wanted "$2" > "$root/.ready"
}

# root_is_ready SUITE SET: whether it has these packages, or a set that includes them
root_is_ready() {
  local ready
  ready=$(cat "$(root_cache)/$1/.ready" 2>/dev/null) || return 1
  [ "$ready" = "$(root_wanted "$2")" ] || [ "$ready" = "$(root_wanted plasma)" ] ||
    { [ "$2" != plasma ] && [ "$ready" = "$(root_wanted test)" ]; }
}

# root_enter ROOT network|isolated COMMAND...: runs a command in the root, in mount, process, UTS and IPC
# namespaces of its own, and without network unless it is said. All of its processes and mounts end with
# it, and with this shell, even if that is killed. With $ROOT_CHANGES, a directory, changes are written
# to $ROOT_CHANGES/upper and not to the root.
root_enter() {
  local root=$1 namespaces=(--mount --pid --uts --ipc)
  [ "$2" = network ] || namespaces+=(--net)
  shift 2
  # shellcheck disable=SC2016  # expanded inside
  setpriv --pdeathsig KILL unshare "${namespaces[@]}" --propagation private --fork --kill-child \
    "$BASH" -c '
      set -eu
      root=$1
      if [ -n "$2" ]; then
        mkdir -p "$2/upper" "$2/work"
        mount -t overlay overlay -o "lowerdir=$root,upperdir=$2/upper,workdir=$2/work" "$root"
      else
        mount --bind "$root" "$root"
      fi
      shift 2
      mount -t proc proc "$root/proc"
      mount -t sysfs -o ro sysfs "$root/sys"
      # tests of the unit make control groups of their own
      [ ! -d /sys/fs/cgroup ] || mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
      # devices of its own: what is removed there is removed here as well
      mount -t tmpfs -o mode=755 dev "$root/dev"
      mkdir "$root"/dev/{net,pts,shm}
      for node in null zero full random urandom tty kmsg net/tun fuse kvm loop-control; do
        [ -c "/dev/$node" ] || continue
        touch "$root/dev/$node"
        mount --bind "/dev/$node" "$root/dev/$node"
      done
      mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
      mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
      ln -s pts/ptmx "$root/dev/ptmx"
      ln -s /proc/self/fd "$root/dev/fd"
      ln -s fd/0 "$root/dev/stdin"
      ln -s fd/1 "$root/dev/stdout"
      ln -s fd/2 "$root/dev/stderr"
      mount -t tmpfs -o mode=755 run "$root/run"
      mount -t tmpfs -o mode=1777 tmp "$root/tmp"
      mkdir -p "$root/run/lock" "$root/srv/old"
      ip link set lo up 2>/dev/null || :
      cd "$root"
      pivot_root . srv/old
      umount -l /srv/old
      # not as process 1, where timeout of newer versions fails
      status=0
      "$@" || status=$?
      exit $status' enter "$root" "${ROOT_CHANGES:-}" \
    /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    LANG=C.UTF-8 TERM=dumb ${CI:+CI=matrix} "$@" < /dev/null
}

# root_copy ROOT: copies this tree, without what git ignores, to /srv/wirelink of the root. The build
# there is kept: unchanged files keep their time.
root_copy() {
  local at=$1/srv/wirelink
  rm -rf "$at.new"
  mkdir -p "$at.new" || return 1
  (cd "$TOP" && git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null -T - -cf -) | tar -xf - -C "$at.new" || return 1
  if [ -d "$at/build" ]; then
    mv "$at/build" "$at.new/build" || return 1
    # an older tree may lack files of the build, which only configuring finds
    touch "$at.new/meson.build"
  fi
  rm -rf "$at"
  mv "$at.new" "$at"
}
