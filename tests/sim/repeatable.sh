#!/bin/sh
# The same seed gives the same run to the last byte, and another seed another one. Each run is a process
# of its own: the kernel puts its memory elsewhere, so nothing may follow from where things lie.
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
# Worlds with members of all kinds and all faults; large and small.
for seed in 5 7; do
  "$1" --random --seeds $seed-$seed --trace > "$first"
  "$1" --random --seeds $seed-$seed --trace > "$second"
  cmp "$first" "$second"
  [ "$(wc -l < "$first")" -gt 1000 ] || { echo "the trace is too short to show anything" >&2; exit 1; }
done
