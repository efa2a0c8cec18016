# shellcheck shell=bash
# Counts test cases. Each part of a suite is reported in one line, followed by its output if it
# failed.
PASSED=0 FAILURES=0 SKIPPED=0

# tally SUITE PART STATUS OUTPUT-FILE SECONDS: counts the TAP lines in OUTPUT-FILE. Output without
# any is one case, judged by STATUS. A part that fails without a failed case adds one failed case.
tally() {
  local suite=$1 part=$2 status=$3 output=$4 took=$5 ok bad skip word=ok
  read -r ok bad skip < <(awk '
    /^not ok/ && /# TODO/ { next }
    /^not ok/ { bad++; next }
    /^ok/ && /# SKIP/ { skip++; next }
    /^ok/ { ok++; next }
    /^1\.\.0/ { skip++ }
    /^1\.\.[1-9][0-9]*$/ { plan = substr($0, 4) + 0 }
    END {
      # cases of the plan that did not run
      if (plan > ok + bad + skip) bad = plan - ok - skip
      print ok + 0, bad + 0, skip + 0
    }' "$output")
  if [ $((ok + bad + skip)) = 0 ]; then
    case $status in 0) ok=1;; 77) skip=1 status=0;; esac
  fi
  [ "$status" = 0 ] || [ "$bad" -gt 0 ] || bad=1
  # in a root of the matrix some parts lack what the machine does not have for that version
  if [ -n "${CI:-}" ] && [ "$CI" != matrix ]; then bad=$((bad + skip)) skip=0; fi
  PASSED=$((PASSED + ok)) FAILURES=$((FAILURES + bad)) SKIPPED=$((SKIPPED + skip))
  [ "$bad" = 0 ] || word=FAIL
  printf '%-4s %-8s %-24s %4d passed' "$word" "$suite" "$part" "$ok"
  [ "$bad" = 0 ] || printf ', %d FAILED' "$bad"
  [ "$skip" = 0 ] || printf ', %d skipped' "$skip"
  printf '  (%s s)\n' "$took"
  if [ "$bad" = 0 ]; then
    # figures
    grep -E '^demo: .*direct after|^demo: ok|^coverage of ' "$output" | sed 's/^/     | /'
  else
    tail -n 400 "$output" | sed 's/^/     | /'
  fi
}

# run_part SUITE PART COMMAND...: one command as one part
run_part() {
  local suite=$1 part=$2 started output status=0
  shift 2
  started=$(now_us)
  output=$WORK/$suite.$part
  "$@" > "$output" 2>&1 < /dev/null || status=$?
  tally "$suite" "$part" "$status" "$output" "$(seconds "$started")"
}

# run_scripts SUITE COMMAND...: a command that marks its parts as tests/lab/scripts does
run_scripts() {
  local suite=$1 output=$WORK/$1.all status=0
  shift
  record_scripts "$output" "$@" || status=$?
  tally_scripts "$suite" "$status" "$output"
}

# record_scripts OUTPUT-FILE COMMAND...: records the output with times, for tally_scripts
record_scripts() {
  local output=$1 line
  shift
  "$@" 2>&1 < /dev/null | while IFS= read -r line; do
    printf '%s %s\n' "$(now_us)" "$line"
  done > "$output"
  return "${PIPESTATUS[0]}"
}

# run_scripts_split SUITE COMMAND NAME...: runs COMMAND once for each CPU at the same time, with its share
# of the scripts. They mostly wait, and share nothing.
run_scripts_split() {
  local suite=$1 run=$2 names=("${@:3}") shares=() pids=() n i status
  n=$(nproc)
  [ "$n" -le ${#names[@]} ] || n=${#names[@]}
  for ((i = 0; i < ${#names[@]}; i++)); do shares[i % n]+=" ${names[i]}"; done
  for ((i = 0; i < n; i++)); do
    # shellcheck disable=SC2086  # names of scripts
    record_scripts "$WORK/$suite.$i" "$run" ${shares[i]} &
    pids[i]=$!
  done
  for ((i = 0; i < n; i++)); do
    status=0
    wait "${pids[i]}" || status=$?
    tally_scripts "$suite" "$status" "$WORK/$suite.$i"
  done
}

tally_scripts() {  # suite status output
  local part=start started time line ended=no before=$FAILURES
  started=$(now_us)
  : > "$WORK/part"
  while read -r time line; do
    case $line in
      '== begin '*)
        part=${line#== begin } started=$time ended=no
        : > "$WORK/part";;
      '== end '*)
        ended=yes
        tally "$1" "$part" "${line##* }" "$WORK/part" "$(seconds "$started" "$time")";;
      *) printf '%s\n' "$line" >> "$WORK/part";;
    esac
  done < "$3"
  # the machine or the runner itself failed
  if [ $ended = no ]; then
    tally "$1" "$part" 1 "$WORK/part" "$(seconds "$started")"
  elif [ "$2" != 0 ] && [ "$FAILURES" = "$before" ]; then
    tally "$1" end "$2" "$3" "$(seconds "$started")"
  fi
}
