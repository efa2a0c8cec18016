# shellcheck shell=bash
# For scripts with one-host.sh: an activation that has to fail.

# fails_with WORDS: it does not come up, in time; nmcli says where to read on, and there it says why
fails_with() {
  local output started lines hint
  started=$(now_us)
  lines=$(wc -l < "$LAB_DIR/laptop/log/nm.log")
  if output=$(nmcli_laptop connection up laptop); then echo "it came up"; return 1; fi
  took_at_most 10 "$started" || { echo "$output"; return 1; }
  hint="journalctl -xe NM_CONNECTION=$(profile_uuid)"
  grep -qF "$hint" <<< "$output" || { echo "no hint: $output"; return 1; }
  wait_until 5 says "$lines" "$1" || { tail -n +"$lines" "$LAB_DIR/laptop/log/nm.log"; return 1; }
}
says() { tail -n +"$1" "$LAB_DIR/laptop/log/nm.log" | grep -qE -- "$2"; }
