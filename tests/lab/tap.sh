# shellcheck shell=bash
# Test scripts print TAP: one line "ok" or "not ok" for each case, the output of a failed case in
# lines that begin with "#", and the plan at the end. The name of a case is a sentence with a
# subject.
CASES=0 FAILED=0

# check NAME COMMAND...: one case, which passes if COMMAND succeeds; COMMAND runs in a subshell
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

# refute NAME COMMAND...: one case, which passes if COMMAND fails
refute() {
  local what=$1
  shift
  check "$what" fails "$@"
}
fails() { ! "$@"; }

matches() { grep -qE -- "$1" <<< "$2" || { echo "not $1 but: $2"; return 1; }; }

# finish [HOST...]: ends the script and prints the logs of the hosts if a case failed
finish() {
  local name
  echo "1..$CASES"
  [ $FAILED -gt 0 ] || exit 0
  for name in "$@"; do host_log "$name" 100 | sed "s/^/# $name| /"; done
  exit 1
}

# bail_out NAME [HOST...]: fails the case and ends the script
bail_out() {
  CASES=$((CASES + 1)) FAILED=$((FAILED + 1))
  echo "not ok $CASES - $1"
  shift
  finish "$@"
}
