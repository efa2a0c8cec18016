#!/bin/bash
# The programs that are named as arguments need no library of NetworkManager or a toolkit.
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"

foreign_libraries() { ldd "$1" | grep -E 'libnm[-.]|libnma|libgtk'; }
for program; do
  refute "${program##*/} links a library of NetworkManager" foreign_libraries "$program"
done
finish
