# shellcheck shell=bash
# The suite vm: what needs the kernel's WireGuard, in virtual machines. The scripts of tests/nm say
# themselves whether they run there and how (tests/lab/scripts).

# shellcheck source=../../tests/lab/script-header.sh
. "$TOP/tests/lab/script-header.sh"
VM_LIMIT=1800

# vm_parts ACCELERATOR: prints "PART" or "PART KERNEL-ARGUMENT", one a line
vm_parts() {
  local file name how argument word
  echo demo
  echo link-test
  while read -r file; do
    name=$(basename "$file" .sh) how=$(script_header "$file" vm) argument=''
    for word in $how; do
      case $1/$word in
        */skip|tcg/skip-emulated) continue 2;;
        */append=*) argument=${word#append=};;
      esac
    done
    echo "$name $argument"
  done < <(script_files "$TOP/tests/nm")
}

# run_vm_parts SUITE PART...: the parts one after the other in one machine
run_vm_parts() {
  local suite=$1 status=0
  shift
  record_scripts "$WORK/$suite.vm" "$TOP/tests/lab/vm-run" --smp 1 --timeout "$VM_LIMIT" \
    --env WIRELINK_BUILD --env WIRELINK_TEST_LIMIT=300 -- "$TOP/tools/lib/in-vm" "$@" || status=$?
  tally_scripts "$suite" "$status" "$WORK/$suite.vm"
}

# run_vm_suite: the scripts mostly wait, so the parts are distributed to one virtual machine per
# CPU. Parts that need other kernel arguments follow, each in a machine of its own.
run_vm_suite() {
  local n part argument parts=() alone=() machines=() pids=() i status
  while read -r part argument; do
    if [ -n "$argument" ]; then alone+=("$part $argument"); else parts+=("$part"); fi
  done < <(vm_parts "$("$TOP/tests/lab/vm-run" --probe)")
  n=$(nproc)
  [ "$n" -le ${#parts[@]} ] || n=${#parts[@]}
  for ((i = 0; i < ${#parts[@]}; i++)); do machines[i % n]+=" ${parts[i]}"; done
  for ((i = 0; i < n; i++)); do
    # shellcheck disable=SC2086  # names of parts
    record_scripts "$WORK/vm.$i" "$TOP/tests/lab/vm-run" --smp 1 --timeout "$VM_LIMIT" \
      --env WIRELINK_BUILD --env WIRELINK_TEST_LIMIT=300 -- "$TOP/tools/lib/in-vm" ${machines[i]} &
    pids[i]=$!
  done
  for ((i = 0; i < n; i++)); do
    status=0
    wait "${pids[i]}" || status=$?
    tally_scripts vm "$status" "$WORK/vm.$i"
  done
  for part in "${alone[@]}"; do
    argument=${part#* } part=${part%% *} status=0
    record_scripts "$WORK/vm.$part" "$TOP/tests/lab/vm-run" --append "$argument" --smp 1 \
      --timeout "$VM_LIMIT" --env WIRELINK_BUILD --env WIRELINK_TEST_LIMIT=300 -- \
      "$TOP/tools/lib/in-vm" "$part" || status=$?
    tally_scripts vm "$status" "$WORK/vm.$part"
  done
}
