#!/bin/bash
# Both programs beside a running service that discovered a member: the live state is shown, members
# are added to the profile and removed, and a user without access sees why there is no live state.
# Prints TAP.
#
# needs: root nm display
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"

# Without polkit only root could change a profile.
laptop_create() {
  inet_create && host_create laptop && host_install_plugin laptop && cable_public laptop &&
    printf '[main]\nauth-polkit=false\n' > "$LAB_DIR/laptop/etc/conf.d/anybody.conf" &&
    mkdir -p "$LAB_DIR/screen" "$LAB_BUILD/screenshots" && host_start laptop
}
# The hub has both others in its profile, which have only the hub.
network_create() {
  local name profile
  laptop_create && host_with_plugin hub cable_server && host_with_plugin desktop cable_public &&
    keys_create hub laptop desktop && host_uplink hub 198.51.100.5/24 "$SERVER_GATEWAY" &&
    host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY" &&
    host_uplink desktop 203.0.113.6/24 "$INET_GATEWAY" || return
  profile_begin "$LAB_DIR/hub.wirelink" hub 10.77.0.1/24 51820 'Role = router' || return
  for name in laptop desktop; do
    profile=$LAB_DIR/$name.wirelink
    profile_peer "$LAB_DIR/hub.wirelink" "$name" "${ADDRESS[$name]}/32" &&
      profile_begin "$profile" "$name" "${ADDRESS[$name]}/24" 51820 &&
      profile_peer "$profile" hub 10.77.0.0/24 'Endpoint = 198.51.100.5:51820' || return
  done
  for name in hub laptop desktop; do
    host "$name" nmcli connection import type wirelink file "$LAB_DIR/$name.wirelink" &&
      host "$name" nmcli connection up "$name" || return
  done
}
declare -A ADDRESS=([laptop]=10.77.0.2 [desktop]=10.77.0.3)
# The keys of the second peer in the profile.
second_peer() { stored laptop | grep '^peer-2-'; }
is_second() {  # exactly the facts from the hub
  diff <(printf '%s\n' peer-2-allowed-ips=10.77.0.3/32 peer-2-name=desktop \
    "peer-2-public-key=${PUBLIC_KEY[desktop]}") <(second_peer)
}
is_discovered() {
  host laptop wirelinkctl facts --json 2>&1 | grep -qF "${PUBLIC_KEY[desktop]}"
}
drive() { gui_drive live "$@"; }

# The files that programs of another user need, readable by that user.
user_create() {
  local user=$LAB_DIR/user name
  chmod 711 "$LAB_DIR" && mkdir -p "$user/gui" "$user/lib" "$user/screen" &&
    cp "$GUI_HERE"/{screen,*.py} "$user/gui" && cp "$LAB_BUILD"/properties/*.so "$user/lib" &&
    chown daemon "$user/screen" &&
    sed -i "s|^plugin=.*/|plugin=$user/lib/|" "$LAB_DIR/laptop/etc/VPN/nm-wirelink-service.name"
}
drive_as_user() {
  local user=$LAB_DIR/user
  host laptop setpriv --reuid daemon --regid daemon --clear-groups env \
    WIRELINK_SCREEN="$user/screen" "$user/gui/screen" env WL_TEST_PICTURES="$user/screen" \
    timeout 600 /usr/bin/python3 "$user/gui/live.py" "$@" &&
    cp "$user/screen"/*.png "$LAB_BUILD/screenshots/"
}
# Activates the profile for one user, then removes the restriction.
activate_for_another_user() {
  host laptop nmcli connection down laptop &&
    host laptop nmcli connection modify laptop connection.permissions user:nobody &&
    host laptop nmcli connection up laptop &&
    host laptop nmcli connection modify laptop connection.permissions ''
}

network_create > /dev/null || bail_out "the lab comes up" laptop hub desktop
check "the hub advertises the desktop" wait_until 30 is_discovered || finish laptop hub desktop
for toolkit in gtk3 gtk4; do
  check "the discovered member is added with $toolkit" \
    drive add $toolkit laptop "${PUBLIC_KEY[desktop]}"
  check "the profile has the member" is_second
  check "the member is removed with $toolkit" drive remove $toolkit laptop "${PUBLIC_KEY[desktop]}"
  refute "the profile no longer has the member" second_peer
done
check "the profile is activated for another user, then open to all" activate_for_another_user
check "a third user can run the programs" user_create
check "the third user sees the live state and can edit, with gtk3" \
  drive_as_user third-user gtk3 laptop
finish laptop hub desktop
