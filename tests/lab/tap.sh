# shellcheck shell=bash
# Test scripts of this folder print TAP: one "ok" or "not ok" line a case, the output of a failed one
# behind "#", the plan at the end.
CASES=0 FAILED=0

# check WHAT COMMAND...: one case; COMMAND runs in a subshell
check() {
  local what=$1 output
  shift
  CASES=$((CASES + 1))
  if output=$("$@" 2>&1); then
    echo "ok $CASES - $what"
  else
    FAILED=$((FAILED + 1))
    echo "not ok $CASES - $what"
    printf '%s\n' "failed: $*" "$output" | sed 's/^/#   /'
    return 1
  fi
}

# refute WHAT COMMAND...: the command must fail
refute() {
  local what=$1
  shift
  check "$what" fails "$@"
}
fails() { ! "$@"; }

matches() { grep -qE -- "$1" <<< "$2" || { echo "not $1 but: $2"; return 1; }; }

# Ends the script; with the journal of HOST... if a case failed.
finish() {
  local name
  echo "1..$CASES"
  [ $FAILED -gt 0 ] || exit 0
  for name in "$@"; do host_log "$name" 100 | sed "s/^/# $name| /"; done
  exit 1
}

# A script that cannot go on.
bail_out() {
  CASES=$((CASES + 1)) FAILED=$((FAILED + 1))
  echo "not ok $CASES - $1"
  shift
  finish "$@"
}
