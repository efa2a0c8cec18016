#!/bin/sh
# The same seed gives the same run to the last byte, and another seed another one. Each run is a process
# of its own: the kernel puts its memory elsewhere, and what was allocated or freed holds something else,
# so nothing may follow from where things lie, from what was never written, or from the worlds before.
# Usage: repeatable.sh WIRELINK-SIM SCENARIO
set -eu
first=$(mktemp) second=$(mktemp)
trap 'rm -f "$first" "$second"' EXIT
for mixture in native go-hub go-leaves; do
  MALLOC_PERTURB_=85 "$1" --trace --seed 7 --mixture $mixture "$2" > "$first"
  MALLOC_PERTURB_=170 "$1" --trace --seed 7 --mixture $mixture "$2" > "$second"
  cmp "$first" "$second"
  [ "$(wc -l < "$first")" -gt 100 ] || { echo "the trace is too short to show anything" >&2; exit 1; }
  "$1" --trace --seed 8 --mixture $mixture "$2" > "$second"
  ! cmp -s "$first" "$second" || { echo "the seed changes nothing" >&2; exit 1; }
done
# Worlds with members of all kinds and all faults; large and small. The last line counts the seeds.
MALLOC_PERTURB_=85 "$1" --random --seeds 5-7 --trace | sed '$d' > "$first"
for seed in 5 6 7; do
  MALLOC_PERTURB_=170 "$1" --random --seeds $seed-$seed --trace | sed '$d'
done > "$second"
cmp "$first" "$second"
[ "$(wc -l < "$first")" -gt 3000 ] || { echo "the trace is too short to show anything" >&2; exit 1; }
# Liars have a random stream of their own.
MALLOC_PERTURB_=85 "$1" --random --liars --seeds 3-3 --trace > "$first"
MALLOC_PERTURB_=170 "$1" --random --liars --seeds 3-3 --trace > "$second"
cmp "$first" "$second"
