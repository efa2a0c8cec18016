#!/bin/bash
# All packages together on a system that does not run systemd, as in a container: they install, their
# programs run, and purge leaves nothing.
#
# needs: root
# shellcheck source=packages.sh
. "$(dirname "$(realpath "$0")")/packages.sh"
missing=$(packages_found)
[ -z "$missing" ] || { echo "1..0 # SKIP $missing"; exit 0; }
lab_begin "$@"

# inside COMMAND...: in a copy-on-write view of this machine. Its mounts are in a namespace that ends with
# the command; changes are kept in the lab's /run.
view=/run/packages
inside() {
  mkdir -p "$view"/{upper/srv/packages,work,root} || return 1
  # shellcheck disable=SC2016  # expanded inside
  unshare --mount --propagation private sh -c '
    set -e
    dir=$1
    shift
    mount -t overlay overlay -o "lowerdir=/,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
    mount -t proc proc "$dir/root/proc"
    mount -t tmpfs dev "$dir/root/dev"
    mknod -m 666 "$dir/root/dev/null" c 1 3
    mknod -m 666 "$dir/root/dev/urandom" c 1 9
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 chroot "$dir/root" "$@"' inside "$view" "$@"
}
files_named() { inside find /etc /usr /var/lib -xdev -iname '*wirelink*' | sort; }
in_root() { echo "/srv/packages/$(basename "$PACKAGES/$1"_*.deb)"; }
install_all() {
  cp "$PACKAGES"/*.deb "$view/upper/srv/packages/" &&
    inside dpkg -i "$(in_root wirelink-common)" "$(in_root network-manager-wirelink)" "$(in_root wirelinkd)"
}
# The editors need GTK, which this machine may lack.
has_toolkits() { ldconfig -p | grep -q libnma-gtk4 && ldconfig -p | grep -q 'libnma\.so'; }
version_is() {  # program
  matches "$(dpkg-deb -f "$PACKAGES"/wirelinkd_*.deb Version | sed 's/-.*//')" "$(inside "$1" --version)"
}
verify() {
  local package
  for package in wirelink-common network-manager-wirelink wirelinkd; do
    matches '^$' "$(inside dpkg --verify "$package")" || return 1
  done
}

files_named > "$LAB_DIR/before" || bail_out "the view of the machine is made"
check "the packages are installed together" install_all || finish
if has_toolkits; then
  check "the editors are installed" inside dpkg -i "$(in_root network-manager-wirelink-gnome)"
fi
check "every file is as in its package" verify
for program in wirelinkctl wirelinkd /usr/libexec/nm-wirelink-service; do
  check "$program has the version of the package" version_is "$program"
done
check "the packages are purged" \
  inside dpkg --purge network-manager-wirelink-gnome network-manager-wirelink wirelinkd wirelink-common
check "nothing is left" diff "$LAB_DIR/before" <(files_named)
finish
