#!/bin/bash
# wirelinkctl's commands for active profiles against the real service: as root, as the profile's
# user and as another user; with names that contain control characters; and when anything that it
# needs is missing.
#
# needs: root nm
# vm: skip-emulated
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
unset NO_COLOR  # the virtual machine sets it

ESC=$'\e' RLO=$'\u202e'
REVERSED="pho${RLO}ne"
SERVICE=$LAB_DIR/laptop/service  # the program that NetworkManager starts: a symbolic link, so that it can be replaced

# The plugin, with a replaceable service. All of it is copied: other users may not see the directory of
# the build, as below /root.
COPIES=$LAB_DIR/laptop/copies
host_install_plugin() {
  local d=$LAB_DIR/$1
  mkdir -p "$COPIES" && chmod 755 "$COPIES" &&
    install -m 755 "$LAB_BUILD/src/service/nm-wirelink-service" "$LAB_BUILD/src/ctl/wirelinkctl" \
      "$LAB_BUILD/properties/libnm-vpn-plugin-wirelink.so" "$COPIES/" || return 1
  cp "$LAB_BUILD/data/uninstalled.name" "$d/etc/VPN/nm-wirelink-service.name" &&
    sed -i "s|^program=.*|program=$SERVICE|; s|^plugin=.*/|plugin=$COPIES/|" \
      "$d/etc/VPN/nm-wirelink-service.name" &&
    ln -s "$COPIES/nm-wirelink-service" "$SERVICE" &&
    cp "$LAB_TOP/data/90-wirelink.conf" "$d/conf.d/" &&
    cp "$LAB_TOP/data/nm-wirelink-service.conf" "$d/policy/"
}
# A member that may introduce others, and one without an endpoint.
laptop_profile() {
  keys_create phone
  profile_begin "$1" laptop '10.77.0.2/24, fd77::2/64' 51820 &&
    profile_peer "$1" other '10.77.0.1/32, fd77::1/128, 10.88.0.0/16' \
      'Endpoint = 203.0.113.6:51820' 'Trust = Membership' &&
    profile_peer "$1" phone 10.77.0.4/32
}
hostile() {  # kind count
  nsenter --net=/run/netns/other "$LAB_BUILD/tests/nm/hostile-peer" "$LAB_DIR/keys/other" \
    "${PUBLIC_KEY[laptop]}" wg-other 51821 "$1" "$2"
}

ctl() {  # user argument...
  local user=$1
  shift
  set -- "$COPIES/wirelinkctl" "$@"
  [ "$user" = root ] || set -- setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"
  host laptop "$@" < /dev/null
}
# shows USER WORDS ARGUMENT...: wirelinkctl succeeds, its output matches WORDS, and it prints no
# error
shows() {
  local user=$1 words=$2
  shift 2
  ctl "$user" "$@" > "$LAB_DIR/out" 2> "$LAB_DIR/err" ||
    { echo "status $?: $(cat "$LAB_DIR/err" "$LAB_DIR/out")"; return 1; }
  [ ! -s "$LAB_DIR/err" ] || { cat "$LAB_DIR/err"; return 1; }
  matches "$words" "$(< "$LAB_DIR/out")"
}
# complains USER STATUS WORDS ARGUMENT...: wirelinkctl fails with STATUS and one message that
# matches WORDS, on standard error or, with --json, as JSON
complains() {
  local user=$1 status=$2 words=$3 said=$LAB_DIR/err silent=$LAB_DIR/out
  shift 3
  ctl "$user" "$@" > "$LAB_DIR/out" 2> "$LAB_DIR/err"
  [ $? = "$status" ] || { echo "not status $status:"; cat "$LAB_DIR/err" "$LAB_DIR/out"; return 1; }
  case " $* " in *' --json '*)
    said=$LAB_DIR/out silent=$LAB_DIR/err
    matches "\"exit_status\" : $status\$" "$(< "$said")" || return 1;;
  esac
  [ ! -s "$silent" ] || { echo "also said:"; cat "$silent"; return 1; }
  [ "$said" = "$LAB_DIR/out" ] || [ "$(wc -l < "$said")" = 1 ] || { cat "$said"; return 1; }
  fails matches 'GDBus|org\.freedesktop\.DBus\.Error|Traceback' "$(< "$said")" > /dev/null &&
    matches "$words" "$(< "$said")"
}
# fails_with STATUS WORDS ARGUMENT...: wirelinkctl fails with STATUS, and its output matches WORDS
fails_with() {
  local status=$1 words=$2
  shift 2
  ctl root "$@" > "$LAB_DIR/out" 2> "$LAB_DIR/err"
  [ $? = "$status" ] && [ ! -s "$LAB_DIR/err" ] && matches "$words" "$(< "$LAB_DIR/out")"
}
# No byte moves the cursor, sets a color or changes the text direction.
harmless() { ! grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\x{202e}|\xe2\x80\xae' "$1"; }
# introduces_until FILE WORDS: introduces members and waits for WORDS; a watch takes a moment to
# start
introduces_until() {
  hostile names 5 && wait_until 2 grep -qE "$2" "$LAB_DIR/$1"
}
# in_terminal COLUMNS FILE ARGUMENT...: the output on a terminal with so many columns, to FILE
in_terminal() {
  local columns=$1 file=$2
  shift 2
  host laptop env TERM=xterm script -qefc "stty cols $columns; $(printf '%q ' wirelinkctl "$@")" /dev/null \
    > "$file" < /dev/null
}
# watch_as FILE USER ARGUMENT...: in the background until stop_watchers; WATCHERS has the process
# ids
WATCHERS=()
watch_as() {
  local file=$LAB_DIR/$1
  shift
  ctl "$@" > "$file" 2>&1 &
  WATCHERS+=($!)
}
hears() { wait_until 15 grep -qE "$2" "$LAB_DIR/$1"; }
other_is_direct() { ctl root status | grep -qE 'other +direct'; }
stop_watchers() {
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop bash -c 'for d in /proc/[0-9]*; do
    case $(readlink "$d/exe") in */wirelinkctl) kill -INT "${d#/proc/}";; esac
  done'
  local pid status=0
  for pid in "${WATCHERS[@]}"; do wait "$pid" || status=1; done
  WATCHERS=()
  check "all watchers exit successfully" test $status = 0
}

one_host_create || bail_out "the lab is set up" laptop

# --- no profile
for command in status 'peer other' facts 'explain other' watch refresh map \
  'forget other 192.0.2.1:1'; do
  # shellcheck disable=SC2086  # words of the command
  check "$command fails while no profile is active" complains root 3 \
    'no wirelink profile is active: .*nmcli connection up' $command
done
check "status --json reports that no profile is active" \
  complains root 3 '"error" : "no wirelink profile is active' status --json
check "doctor reports that there is no profile" \
  shows root 'warn +there is no wirelink profile' doctor
check "an unknown command is rejected" \
  complains root 2 'unknown command "stat.+see wirelinkctl --help' \
  "stat${ESC}us"
check "the unknown command is quoted without control characters" harmless "$LAB_DIR/err"
check "an unknown option is rejected" complains root 2 'status: .*--nonsense' status --nonsense
check "an unknown option is rejected in JSON" complains root 2 'nonsense' status --json --nonsense

chmod 711 "$LAB_DIR" "$LAB_DIR/laptop"  # user nobody must be able to see the service program
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
check "doctor reports that the profile is inactive" shows root 'laptop: not active' doctor
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "the peer can exchange facts" other_exchanges_facts
check "the peer answers pings" reaches 10.77.0.1

# --- a profile without an owner
check "status shows the peer as direct" wait_until 10 other_is_direct
for user in root nobody; do
  check "$user can run status" shows $user 'other +direct' status
  check "$user can run status with an interface name" \
    shows $user 'other +direct' status "$(host_interface laptop)"
  check "$user can run status --json" shows $user '"state" : "direct' status --json
  check "$user can run peer" shows $user "public key +${PUBLIC_KEY[other]//+/[+]}" \
    peer other
  check "$user can run peer with the beginning of a key" \
    shows $user '^other: ' peer "${PUBLIC_KEY[other]:0:8}"
  check "$user can run facts" shows $user '10\.88\.0\.0/16' facts
  check "$user can run explain" shows $user 'Conclusion: connected directly' explain other
  check "$user can run map" shows $user '<title>other: ' map
  check "$user can run doctor" shows $user 'ok +laptop: the service runs' doctor
done
check "root can run refresh" shows root 'laptop: sent all facts again and retried all addresses' refresh
check "another user cannot run refresh" complains nobody 4 'run the command with sudo' refresh
check "another user cannot run refresh --json" complains nobody 4 'run the command with sudo' refresh --json
check "explain names the missing endpoint" \
  shows root 'no member advertises one' explain "${PUBLIC_KEY[phone]}"

# --- unknown arguments
check "an unknown profile is reported" \
  complains root 3 'named "nosuch".*wirelinkctl status shows all' \
  status nosuch
check "an unknown profile is reported in JSON" \
  complains root 3 'named .{2}nosuch' status nosuch --json
check "an unknown peer is reported" complains root 3 'no peer has the name "nosuch"' peer nosuch
check "an empty peer name is reported" complains root 3 'no peer' peer ''
check "forgetting an unknown endpoint is reported" complains root 1 'not a known endpoint' \
  forget other 192.0.2.1:1
check "an argument with an escape sequence is quoted" \
  complains root 3 'no peer has the name "x.u\{1b\}\[31m"' \
  peer "x${ESC}[31m"
long=$(printf '%4096s' '' | tr ' ' x)
check "an argument of 4,096 bytes is reported" complains root 3 'name "xxx' peer "$long"
check "the message for the long argument is short" test "$(wc -c < "$LAB_DIR/err")" -lt 300

# --- names
sed "s/^Name = phone/Name = $REVERSED/" "$LAB_DIR/laptop/laptop.wirelink" > "$LAB_DIR/reversed.wirelink"
check "a configured name with a direction override is refused" \
  complains root 1 'Name: the name contains .* a direction mark' convert --to wg-quick \
  "$LAB_DIR/reversed.wirelink"
check "an argument with a direction override is escaped" \
  complains root 3 'pho.u\{202e\}ne' peer "$REVERSED"
watch_as watched root watch
watch_as watched-json nobody watch --json
check "watch shows new members with malicious names" \
  wait_until 15 introduces_until watched 'added, '
check "watch --json shows new members" \
  wait_until 15 introduces_until watched-json '"change":"added"'
for part in 'owned' 'root: f' 'nnnnnnnn'; do
  check "status shows the name with $part" wait_until 5 shows root "$part" status
done
check "a name of 2,000 bytes is cut to 63" fails grep -qE 'n{64}' "$LAB_DIR/out"
refute "a name of 4,096 bytes is ignored" grep -q mmmm "$LAB_DIR/out"
is_harmless() { shows root . "$@" && harmless "$LAB_DIR/out"; }
for command in status facts map 'status --json' 'facts --json'; do
  # shellcheck disable=SC2086  # words of the command
  check "$command prints no control characters" is_harmless $command
done
for columns in 60 80 120; do
  check "status runs in a terminal of $columns columns" \
    in_terminal $columns "$LAB_DIR/terminal" status
  check "no line is longer than $columns columns" \
    test "$(sed 's/\x1b\[[0-9;]*m//g; s/\r$//' "$LAB_DIR/terminal" |
    LC_ALL=C.UTF-8 awk '{ if (length > m) m = length } END { print m }')" -le $columns
done
check "status uses colors in a terminal" grep -q "$ESC\[" "$LAB_DIR/terminal"
NO_COLOR=1 in_terminal 80 "$LAB_DIR/terminal" status
refute "status uses no colors with NO_COLOR" grep -q "$ESC\[" "$LAB_DIR/terminal"

# --- status --watch
watch_as table root status --watch --json
twice() { [ "$(grep -c '"profiles"' "$LAB_DIR/table")" -ge 2 ]; }
check "status --watch prints the status repeatedly" wait_until 10 twice

# --- doctor on a host with problems
check "doctor reports that the profile is persistent" \
  shows root 'stays active when the network changes' doctor
nmcli_laptop connection modify laptop vpn.persistent no > /dev/null
check "doctor suggests vpn.persistent" \
  shows root 'nmcli connection modify .* vpn.persistent yes' doctor
nmcli_laptop connection modify laptop vpn.persistent yes > /dev/null
host laptop sysctl -qw net.ipv6.conf.default.disable_ipv6=1
check "doctor reports that IPv6 is disabled" fails_with 1 'fail +IPv6 is disabled' doctor
host laptop sysctl -qw net.ipv6.conf.default.disable_ipv6=0

# --- a service that does not respond
kill_service() { host laptop bash -c "kill -$1 $(service_pids)"; }
check "the service is stopped" kill_service STOP
check "status reports that the service does not respond" \
  complains root 1 'does not answer: see journalctl' status
check "peer --json reports that the service does not respond" \
  complains root 1 'does not answer' peer other --json
check "the service continues" kill_service CONT
check "status works again" wait_until 5 shows root 'other +direct' status

check "the profile is deactivated" nmcli_laptop connection down laptop
check "watch shows the deactivation" hears watched 'laptop  down$'
stop_watchers
check "watch printed no control characters" harmless "$LAB_DIR/watched"
check "watch --json printed no control characters" harmless "$LAB_DIR/watched-json"

# --- doctor with an inactive profile
check "doctor reports that the ports are free" shows root 'laptop: its ports are free' doctor
check "another link uses the listen port" wireguard_create laptop wg-thief other 51820
check "doctor reports that the port is in use" fails_with 1 \
  'fail +laptop: its listen-port, UDP 51820, is in use by .*|choose another listen-port' doctor
check "the other link is deleted" ip -n laptop link del wg-thief
check "a firewall is added" host laptop nft \
  'table inet wall { chain in { type filter hook input priority 0; policy drop; }; }'
check "doctor reports the firewall" \
  shows root 'warn +firewall rules filter incoming packets' doctor
check "the firewall is removed" host laptop nft delete table inet wall

# --- a profile of one user
check "the profile is restricted to user nobody" \
  nmcli_laptop connection modify laptop connection.permissions user:nobody
check "the profile is activated again" nmcli_laptop connection up laptop || finish laptop
check "the profile's user can run status" shows nobody 'other +(direct|connecting)' status
for command in status 'peer other' facts 'explain other' watch refresh map \
  'forget other 192.0.2.1:1'; do
  # shellcheck disable=SC2086  # words of the command
  check "another user cannot run $command" complains daemon 4 'run the command with sudo' $command
done
check "another user cannot run status --json" \
  complains daemon 4 '"error" : "only root' status --json
watch_as private nobody watch
check "the profile's user sees new members despite signals without values" \
  wait_until 15 introduces_until private 'added, '
check "the profile is deactivated again" nmcli_laptop connection down laptop
stop_watchers

# --- a service of another version
version=$(wirelinkctl --version)
version=${version#* }
other_version=9${version:1}
LC_ALL=C sed "s/${version//./[.]}\x00/$other_version\x00/g" \
  "$LAB_BUILD/src/service/nm-wirelink-service" > "$LAB_DIR/laptop/nm-wirelink-other"
chmod 755 "$LAB_DIR/laptop/nm-wirelink-other"
ln -sfn "$LAB_DIR/laptop/nm-wirelink-other" "$SERVICE"
check "a service of another version starts" nmcli_laptop connection up laptop || finish laptop
sentence="has version ${other_version//./[.]}, this wirelinkctl ${version//./[.]}: reactivate the profile"
shows_all_the_same() {
  ctl root status > "$LAB_DIR/out" 2> "$LAB_DIR/err"
  [ $? = 5 ] && matches other "$(< "$LAB_DIR/out")" && matches "$sentence" "$(< "$LAB_DIR/err")" &&
    [ "$(wc -l < "$LAB_DIR/err")" = 1 ]
}
check "status reports the version mismatch with exit status 5" shows_all_the_same
check "doctor reports the version mismatch" \
  fails_with 1 "fail +laptop: the service has version" doctor
check "the profile with the other version is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop
grep -a '^nm-wirelink-service' "$LAB_DIR/laptop/log/nm.log" > "$LAB_DIR/log"
check "the log contains the members" grep -q 'root: f' "$LAB_DIR/log"
check "the log contains no control characters" harmless "$LAB_DIR/log"
finish laptop
