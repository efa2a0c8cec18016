#!/bin/sh
# The same seed gives the same run to the last byte, and another seed another one.
# Usage: repeatable.sh WIRELINK-SIM SCENARIO
set -eu
first=$(mktemp) second=$(mktemp)
trap 'rm -f "$first" "$second"' EXIT
for mixture in ours classic-hub classic-leaves; do
  "$1" --trace --seed 7 --mixture $mixture "$2" > "$first"
  "$1" --trace --seed 7 --mixture $mixture "$2" > "$second"
  cmp "$first" "$second"
  [ "$(wc -l < "$first")" -gt 100 ] || { echo "the trace is too short to show anything" >&2; exit 1; }
  "$1" --trace --seed 8 --mixture $mixture "$2" > "$second"
  ! cmp -s "$first" "$second" || { echo "the seed changes nothing" >&2; exit 1; }
done
