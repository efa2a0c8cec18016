# shellcheck shell=bash
# run_meson_suite NAME DIRECTORY MESON-SUITE: builds and runs a suite; each test program is one
# part.
run_meson_suite() {
  local name=$1 directory=$2 log=$WORK/$1.meson status=0 file part result took
  local before=$FAILURES
  rm -f "$directory/meson-logs/tally.txt"
  # the timeouts of the tests are for an idle machine, and only a test that hangs reaches them
  meson test -C "$directory" --suite "$3" --timeout-multiplier 10 --logbase tally \
    > "$log" 2>&1 < /dev/null || status=$?
  if [ ! -s "$directory/meson-logs/tally.txt" ]; then
    tally "$name" build "${status/#0/1}" "$log" 0
    return
  fi
  # one file per test; the first three lines are its name, its result and its duration
  rm -f "$WORK/$name".part.*
  awk -v base="$WORK/$name.part." '
    /^=+ [0-9]+\/[0-9]+ =+$/ { file = sprintf("%s%03d", base, ++n); output = 0; next }
    !file { next }
    output { print > file; next }
    /^-+ std(out|err) -+$/ { output = 1; next }
    /^test: / { sub(/^test: +/, ""); print > file; next }
    /^duration: / { sub(/^duration: +/, ""); sub(/s$/, ""); took = $0; next }
    /^result: / { sub(/^result: +/, ""); print > file; print took > file; next }
    ' "$directory/meson-logs/tally.txt"
  for file in "$WORK/$name".part.*; do
    { read -r part; read -r result; read -r took; } < "$file"
    sed -i 1,3d "$file"
    case $result in
      'exit status 0') tally "$name" "$part" 0 "$file" "$took";;
      'exit status 77') tally "$name" "$part" 77 "$file" "$took";;
      *) echo "$result" >> "$file"; tally "$name" "$part" 1 "$file" "$took";;
    esac
  done
  [ "$status" = 0 ] || [ "$FAILURES" -gt "$before" ] || tally "$name" meson "$status" "$log" 0
}
