# shellcheck shell=bash
# Adds the plugin from the build directory to a host, without installing anything into /usr.

# host_install_plugin HOST: before host_start, because NetworkManager and the bus read these once.
host_install_plugin() {
  local d=$LAB_DIR/$1
  [ -e "$LAB_BUILD/data/uninstalled.name" ] ||
    { echo "lab: no plugin in $LAB_BUILD; build first" >&2; return 1; }
  cp "$LAB_BUILD/data/uninstalled.name" "$d/etc/VPN/nm-wirelink-service.name" &&
    cp "$LAB_TOP/data/90-wirelink.conf" "$d/conf.d/" &&
    cp "$LAB_TOP/data/nm-wirelink-service.conf" "$d/policy/"
}

# host_install_dispatcher HOST: the same for the autostart script. Only for tests that start
# NetworkManager's dispatcher; NetworkManager would wait for it otherwise.
host_install_dispatcher() {
  local d=$LAB_DIR/$1/etc/dispatcher.d
  mkdir -p "$d" && install -m 755 "$LAB_TOP/data/90-wirelink-autostart" "$d/"
}

# host_create to host_start for a host with the plugin, behind CABLE... (a cable_* command)
host_with_plugin() {  # name cable-command cable-argument...
  local name=$1 kind=$2
  shift 2
  host_create "$name" && host_install_plugin "$name" && "$kind" "$name" "$@" && host_start "$name"
}

host_interfaces() { host "$1" ip -o link | sed -n 's/^[0-9]*: \(nmwl-[0-9a-f]*\).*/\1/p'; }
host_interface() { host_interfaces "$1" | head -n 1; }

# Prints the backend of the link: "kernel" or "userspace".
host_backend() {
  case $(host "$1" ip -d -o link show dev "$(host_interface "$1")") in
    *' wireguard '*) echo kernel;;
    *' tun '*) echo userspace;;
    *) return 1;;
  esac
}
