# shellcheck shell=bash
# Packages of Debian, made in a root file system with the build dependencies alone. Needs root.sh,
# tarball.sh, $WORK and $OUT.
#
# The root is SUITE-build of the cache. It is not changed by a build: that writes to an overlay.

# The build profiles of a system: Debian 12 has no Plasma 6.
build_profiles() {  # system
  case $1 in debian12) echo pkg.network-manager-wirelink.noplasma;; esac
}

# What the root is installed for: the build dependencies.
build_root_wanted() { sha256sum < "$TOP/debian/control" | cut -c 1-16; }

# build_root_make SYSTEM LOG: on failure, prints one sentence
build_root_make() {
  local root
  root=$(root_cache)/$(root_suite "$1")-build
  [ "$(cat "$root/.ready" 2> /dev/null)" != "$(build_root_wanted)" ] || return 0
  echo "package: $1: making the root for builds in $(root_cache)"
  root_bootstrap "$1" "$root" "$2" || return 1
  rm -rf "$root/srv/source" "$root/.ready"
  mkdir -p "$root/srv/source/debian"
  cp "$TOP"/debian/{control,changelog} "$root/srv/source/debian/"
  # nothing starts in it
  printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  if ! ROOT_CHANGES='' root_enter "$root" network /usr/bin/env \
    "DEB_BUILD_PROFILES=$(build_profiles "$1")" /bin/sh -c '
    set -e
    export DEBIAN_FRONTEND=noninteractive
    # build-dep needs the sources of no package, but their index
    apt-get -q update
    apt-get -q -y install --no-install-recommends build-essential lintian
    apt-get -q -y build-dep --no-install-recommends /srv/source' > "$2" 2>&1; then
    echo "the build dependencies of $1 cannot be installed: $(root_last_error "$2")" >&2
    return 1
  fi
  build_root_wanted > "$root/.ready"
}

# package_deb SYSTEM: the packages of one system
package_deb() {
  local system=$1 root log out=$OUT/$1 changes=$WORK/$1
  root=$(root_cache)/$(root_suite "$system")-build
  mkdir -p "$(root_cache)" "$out" || return 1
  log=$out/build.log
  exec 8> "$root.lock" || return 1
  flock 8
  build_root_make "$system" "$(root_cache)/$system.build-root.log" ||
    { exec 8>&-; echo "package: $system: failed" >&2; return 1; }
  mkdir -p "$changes/upper/srv/build" || return 1
  tarball_make "$changes/upper/srv/build/$(tarball_name)" || return 1
  (cd "$TOP" && git ls-files -z --cached --others --exclude-standard debian |
    tar --null -T - -cf -) | tar -xf - -C "$changes/upper/srv/build" || return 1
  cp "$TOP/tools/lib/package-deb-inside" "$changes/upper/srv/build/"
  echo "package: $system: building; the log is $log"
  if ! ROOT_CHANGES=$changes root_enter "$root" isolated \
    /bin/sh /srv/build/package-deb-inside "$(tarball_name)" \
    "$(build_profiles "$system")" > "$log" 2>&1; then
    exec 8>&-
    tail -n 40 "$log" >&2
    echo "package: $system: the build failed" >&2
    return 1
  fi
  exec 8>&-
  rm -f "$out"/*.deb "$out"/*.ddeb "$out"/*.dsc "$out"/*.changes "$out"/*.buildinfo "$out"/*.tar.*
  cp "$changes"/upper/srv/build/result/* "$out/" || return 1
  sed -n 's/^lintian: /  /p' "$log"
  if grep -qE '^lintian: [EW]: ' "$log"; then
    echo "package: $system: lintian found errors or warnings" >&2
    return 1
  fi
  (cd "$out" && for file in *.deb; do echo "package: $system: $out/$file"; done)
}
