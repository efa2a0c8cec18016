#!/bin/bash
# Invalid profiles are rejected within 10 s with a message that names the mistake, and leave
# nothing behind.
#
# needs: root nm
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop
good=$LAB_DIR/laptop/laptop.wirelink
bad=$LAB_DIR/laptop/bad.wirelink
marker=$LAB_DIR/ran

# refused WORDS: importing $bad fails in time with a message that matches WORDS, and adds no profile
refused() {
  local output started
  started=$(now_us)
  if output=$(import "$bad"); then echo "accepted: $output"; return 1; fi
  took_at_most 10 "$started" || return 1
  # a message of the plugin, and not about a missing plugin
  matches "$1" "$output" && fails matches 'failed to load' "$output" && [ "$(nmcli_laptop -g name connection show | grep -c bad)" = 0 ]
}
# import_case WHAT WORDS SED-SCRIPT...: imports the valid file with this change
import_case() {
  local what=$1 words=$2
  shift 2
  sed -E "$@" "$good" > "$bad"
  check "import rejects: $what" refused "$words"
}

cp "$good" "$bad"
check "the unmodified file is imported" import "$bad"
nmcli_laptop connection delete bad > /dev/null
import_case "no [Wirelink] section" '\[Wirelink\]' '/^\[Wirelink\]/,/^$/d'
for hook in PreUp PostUp PreDown PostDown; do
  import_case "a $hook command" "$hook" "s|^ListenPort.*|&\n$hook = touch $marker|"
done
import_case "no private key" PrivateKey '/^PrivateKey/d'
import_case "private key too short" 'PrivateKey|line 2' 's|^(PrivateKey = ).*|\1AAAA|'
import_case "private key is not base64" 'PrivateKey|line 2' 's|^(PrivateKey = .).*|\1?????|'
import_case "no address" Address '/^Address/d'
import_case "address out of range" '10\.77\.0\.300' 's|10.77.0.2/24|10.77.0.300/24|'
import_case "prefix length out of range" '10\.77\.0\.2/33' 's|10.77.0.2/24|10.77.0.2/33|'
import_case "listen port out of range" ListenPort 's|^(ListenPort = ).*|\170000|'
import_case "fact port out of range" FactPort 's|^(FactPort = ).*|\1x|'
import_case "a peer without a public key" 'PublicKey' '/^PublicKey/d'
import_case "a peer's invalid public key" 'PublicKey' 's|^(PublicKey = ).*|\1AAAA|'
import_case "an endpoint without a port" Endpoint 's|^(Endpoint = ).*|\1203.0.113.6|'
import_case "an endpoint with a port out of range" Endpoint 's|^(Endpoint = .*:).*|\199999|'
import_case "invalid allowed IPs" AllowedIPs 's|10.88.0.0/16|10.88.0.0/99|'
import_case "an unknown trust level" 'Trust.*Membership' 's|^Basic.*|&\nTrust = Sometimes|'
: > "$bad"
check "import rejects: an empty file" refused '\[(Wirelink|Interface)\]'
printf 'a\377\000b\n' > "$bad"
check "import rejects: a binary file" refused 'text|UTF-8|line 1'
refute "no command of a file was run" test -e "$marker"

data="address=10.77.0.2/24, peer-1-public-key=${PUBLIC_KEY[other]}"
data+=", peer-1-allowed-ips=10.77.0.1/32, peer-1-endpoint=203.0.113.6:51820"
key=$(< "$LAB_DIR/keys/laptop")
add() {  # secrets vpn.data: the profile "typed"
  nmcli_laptop connection add type vpn vpn-type wirelink con-name typed ifname '*' vpn.data "$2" \
    vpn.secrets "$1"
}
# fails_to_come_up WORDS: activation fails in time, and nmcli or the log has WORDS
fails_to_come_up() {
  local started output status=0
  started=$(now_us)
  wc -l < "$LAB_DIR/laptop/log/nm.log" > "$LAB_DIR/lines"
  if output=$(nmcli_laptop connection up typed); then echo "it came up"; return 1; fi
  took_at_most 10 "$started" || status=1
  matches "$1" "$output"$'\n'"$(tail -n +"$(< "$LAB_DIR/lines")" "$LAB_DIR/laptop/log/nm.log")" &&
    return "$status"
}
up_case() {  # what words secrets data
  add "$3" "$4" > /dev/null
  check "activation rejects: $1" fails_to_come_up "$2"
  nmcli_laptop connection delete typed > /dev/null
}
add "private-key=$key" "$data" > /dev/null
check "the unmodified profile is activated" nmcli_laptop connection up typed
check "the unmodified profile is deactivated" nmcli_laptop connection down typed
nmcli_laptop connection delete typed > /dev/null
up_case "a private key that is too short" private-key private-key=AAAA "$data"
up_case "no address" address "private-key=$key" "${data#*, }"
up_case "an invalid address" 10.77.0.300 "private-key=$key" "${data/0.2/0.300}"
up_case "an invalid public key" peer-1-public-key "private-key=$key" "${data/key=?????/key=}"
up_case "invalid allowed IPs" peer-1-allowed-ips "private-key=$key" "${data/\/32//64}"
up_case "an invalid endpoint" peer-1-endpoint "private-key=$key" "${data/:51820/}"
up_case "an unknown trust level" peer-1-trust "private-key=$key" "$data, peer-1-trust=Sometimes"
up_case "an invalid fact port" fact-port "private-key=$key" "$data, fact-port=0"
up_case "no private key" 'private.key|secrets' other=x "$data"

# Valid settings that are probably a mistake.
warns_of_method() {  # words setting...
  local words=$1
  shift
  nmcli_laptop connection modify typed "$@" && nmcli_laptop connection up typed &&
    wait_until 5 grep -qE -- "$words" "$LAB_DIR/laptop/log/nm.log" &&
    nmcli_laptop connection down typed
}
add "private-key=$key" "${data/0.2\/24/0.2\/24 fd77::2\/64}" > /dev/null
check "a profile with method auto is activated" nmcli_laptop connection up typed
check "the profile with method auto is deactivated" nmcli_laptop connection down typed
check "method auto causes no warning" fails grep -q '[.]method is' "$LAB_DIR/laptop/log/nm.log"
check "ipv4.method manual causes a warning that the address is ignored" warns_of_method \
  'ipv4.method is manual, .*the address 10.77.0.2/24 .*; set the method to auto' \
  ipv4.method manual ipv4.addresses 10.5.5.5/24
check "ipv6.method disabled causes a warning that the address is ignored" warns_of_method \
  'ipv6.method is disabled, .*the address fd77::2/64 .*; set the method to auto' \
  ipv4.method auto ipv4.addresses '' ipv6.method disabled
nmcli_laptop connection delete typed > /dev/null

check "the host is clean" wait_host_clean laptop
finish laptop
