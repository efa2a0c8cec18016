#!/bin/sh
# A mistake in a scenario is reported with file, line, word, and what would be right.
# Usage: errors.sh WIRELINK-SIM
set -eu
file=$(mktemp)
trap 'rm -f "$file"' EXIT
failed=0
# wants LINE-NUMBER TEXT: the scenario on standard input is refused with both in the message
wants() {
  cat > "$file"
  message=$("$sim" "$file" 2>&1) && { echo "the scenario was accepted: wanted $2" >&2; failed=1; }
  case $message in
    *"$file:$1: "*"$2"*) ;;
    *) echo "wanted line $1 and \"$2\"; got: $message" >&2; failed=1;;
  esac
}
# fails TEXT: the scenario on standard input fails with this text in the message
fails() {
  cat > "$file"
  message=$("$sim" "$file" 2>&1) && { echo "the scenario did not fail: wanted $1" >&2; failed=1; }
  case $message in
    *"$1"*"repeat with: $sim --seed 1 --mixture native --trace $file"*) ;;
    *) echo "wanted \"$1\"; got: $message" >&2; failed=1;;
  esac
}
sim=$1
two='network n
host a on n 192.0.2.1/24 tunnel 10.0.0.1/24 router
host b on n 192.0.2.2/24 tunnel 10.0.0.2/24
star a 192.0.2.1:51820'
wants 2 'at "nowhere": wanted a network' << END
network n
host a on nowhere 192.0.2.1/24
END
wants 1 'at "delai": wanted delay, jitter' << END
network n delai 3ms
END
wants 5 'at "c": wanted a host' << END
$two
at 1s start a c
END
wants 5 'at "c2hvcnQ=": wanted a public key in base64' << END
$two
host c key c2hvcnQ=
END
wants 5 'at "again": wanted an earlier "advertise" of these hosts' << END
$two
at 1s advertise a b again
END
wants 5 'at "tales": wanted one of endpoints' << END
$two
at 1s lie b with tales
END
wants 6 'at "b": wanted a host that is in no other group' << END
$two
at 1s lie b with flood
at 2s lie b with paths
END
wants 5 'at "12": wanted a time like' << END
$two
by 12 a b direct
END
wants 5 'at "drect": wanted one of direct' << END
$two
by 12s a b drect
END
wants 5 'at "cut": wanted a mark that some line sets' << END
$two
within 5s of cut a b direct
END
wants 5 'at "more": wanted nothing more' << END
$two
by 12s a b direct more
END
wants 1 'at "theirs]": wanted mixtures in brackets' << END
[native theirs] title x
END
wants 5 'at the end of the line: wanted an event' << END
$two
at 1s
END
wants 5 'at "1s": wanted a later time than the first' << END
$two
from 5s to 1s always a b direct
END
wants 5 'at "0": wanted 1 or more' << END
$two
seeds 0
END
wants 5 'at "nowhere.network": wanted one file beside this one' << END
$two
include nowhere.network
END
wants 1 'a closing quotation mark' << END
title "x
END
fails 'the expectation does not hold' << END
$two
at 0s start a
by 2s a b direct
END
fails 'counted: ' << END
$two
at 0s start a b
from 0s to 10s fact-datagrams a = 0
END
fails 'no reply' << END
$two
at 0s start a
at 1s ping a b
END
fails 'the time begins after its end' << END
$two
at 0s start a b
by 20s a b direct as up
from up+10s to 1s always a b direct
END
fails 'all pairs' << END
$two
at 0s start a b
by 20s a b direct
expect not all direct
END
fails 'the run ended before this time' << END
$two
at 0s start a b
by 20s a b direct as up
at up+1h ping a b
ends 30s
END
exit $failed
