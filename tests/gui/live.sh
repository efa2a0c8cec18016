#!/bin/bash
# Both programs beside a service that runs and has learned a member: what it says is shown, Trust and
# Forget write the profile, and who may not read it is told so. Prints TAP.
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"

# Without polkit NetworkManager would let nobody but root change a profile.
laptop_create() {
  inet_create && host_create laptop && host_install_plugin laptop && cable_public laptop &&
    printf '[main]\nauth-polkit=false\n' > "$LAB_DIR/laptop/etc/conf.d/anybody.conf" &&
    mkdir -p "$LAB_DIR/screen" "$LAB_BUILD/screenshots" && host_start laptop
}
# The hub knows the other two, which know only the hub.
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
# What the profile has of the peer that was not in it.
second_peer() { stored laptop | grep '^peer-2-'; }
is_second() {  # what it has is what the hub told
  diff <(printf '%s\n' peer-2-allowed-ips=10.77.0.3/32 peer-2-name=desktop \
    "peer-2-public-key=${PUBLIC_KEY[desktop]}") <(second_peer)
}
is_learned() {
  host laptop wirelinkctl facts --json 2>&1 | grep -qF "${PUBLIC_KEY[desktop]}"
}
drive() { gui_drive live "$@"; }

# What programs of another user need, where that user may read it.
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
    timeout 60 /usr/bin/python3 "$user/gui/live.py" "$@" &&
    cp "$user/screen"/*.png "$LAB_BUILD/screenshots/"
}
# It was brought up for one user, and may be seen by all since.
given_and_taken() {
  host laptop nmcli connection down laptop &&
    host laptop nmcli connection modify laptop connection.permissions user:nobody &&
    host laptop nmcli connection up laptop &&
    host laptop nmcli connection modify laptop connection.permissions ''
}

network_create > /dev/null || bail_out "the lab comes up" laptop hub desktop
check "the hub tells of the desktop" wait_until 30 is_learned || finish laptop hub desktop
for toolkit in gtk3 gtk4; do
  check "the member is shown with what was told, and trusted, in $toolkit" \
    drive trust $toolkit laptop "${PUBLIC_KEY[desktop]}"
  check "it is in the profile" is_second
  check "and forgotten" drive forget $toolkit laptop "${PUBLIC_KEY[desktop]}"
  refute "it is not in the profile any more" second_peer
done
check "the profile is brought up for another user" given_and_taken
check "a third may use the programs" user_create
check "and is told that the service may not be read, and can edit, in gtk3" \
  drive_as_user hidden gtk3 laptop
finish laptop hub desktop
