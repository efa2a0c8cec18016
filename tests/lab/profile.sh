# shellcheck shell=bash
# Keys and profile files (*.wirelink), readable by root only.

wirelinkctl() { "$LAB_BUILD/src/ctl/wirelinkctl" "$@"; }

declare -gA PUBLIC_KEY=()

# keys_create NAME...: private keys in $LAB_DIR/keys/NAME, public ones in PUBLIC_KEY
keys_create() {
  local name
  mkdir -p "$LAB_DIR/keys"
  for name in "$@"; do
    (umask 077 && wirelinkctl genkey > "$LAB_DIR/keys/$name") || return 1
    PUBLIC_KEY[$name]=$(wirelinkctl pubkey < "$LAB_DIR/keys/$name") || return 1
  done
}

# profile_begin FILE NAME ADDRESSES LISTEN-PORT [LINE...]: LINEs go into [Wirelink]
profile_begin() {
  local file=$1 name=$2 addresses=$3 port=$4
  shift 4
  (umask 077 && : > "$file") || return 1
  cat > "$file" <<X
[Interface]
PrivateKey = $(< "$LAB_DIR/keys/$name")
Address = $addresses
ListenPort = $port

[Wirelink]
FactPort = 51821
Name = $name
X
  [ $# = 0 ] || printf '%s\n' "$@" >> "$file"
}

# profile_peer FILE NAME ALLOWED-IPS [LINE...]
profile_peer() {
  local file=$1 name=$2 allowed=$3
  shift 3
  {
    printf '\n[Peer]\nName = %s\nPublicKey = %s\n' "$name" "${PUBLIC_KEY[$name]}"
    [ $# = 0 ] || printf '%s\n' "$@"
    printf 'AllowedIPs = %s\n' "$allowed"
  } >> "$file"
}
