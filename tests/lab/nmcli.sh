# shellcheck shell=bash
# What a person types on a host: nmcli and wirelinkctl.

nmcli_on() {  # host argument...
  local name=$1
  shift
  host "$name" nmcli "$@" < /dev/null
}
# Imports the profile of the host that profile.sh wrote, and activates it.
import_and_up() {  # host
  nmcli_on "$1" connection import type wirelink file "$LAB_DIR/$1/$1.wirelink" > /dev/null &&
    nmcli_on "$1" connection up "$1" > /dev/null
}
# says WORDS STATUS HOST ARGUMENT...: the status and the output of wirelinkctl
says() {
  local words=$1 status=$2 name=$3 said
  shift 3
  said=$(host "$name" wirelinkctl "$@" 2>&1 < /dev/null)
  [ $? = "$status" ] || { echo "not status $status: $said"; return 1; }
  matches "$words" "$said"
}
