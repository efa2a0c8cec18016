# shellcheck shell=bash
# The suite vm: what needs the kernel's WireGuard, in virtual machines. The scripts of tests/nm say
# themselves whether they run there and how (tests/lab/scripts).

# shellcheck source=../../tests/lab/script-header.sh
. "$TOP/tests/lab/script-header.sh"
# Only a machine that hangs takes that long.
VM_LIMIT=3600

# What runs the virtual machines, as words for vm-run: hardware virtualization; else user-mode Linux, whose
# kernel is built once and whose clock skips the time in which nothing computes; else emulation. WIRELINK_VM
# (kvm, uml or tcg) allows only one of them.
VM=()
vm_choose() {
  local kernel
  VM=(--backend tcg)
  if [ "${WIRELINK_VM:-kvm}" = kvm ] && "$TOP/tests/lab/vm-run" --backend kvm --probe > /dev/null; then
    VM=(--backend kvm)
  elif [ "${WIRELINK_VM:-uml}" = uml ]; then
    if kernel=$("$TOP/tests/lab/uml-build" --cached 2> /dev/null) ||
      { "$TOP/tools/install-deps" uml && kernel=$("$TOP/tests/lab/uml-build"); }; then
      VM=(--backend uml --uml "$kernel" --virtual-time)
    else
      echo "test: there is no user-mode Linux here, so the virtual machines are emulated"
    fi
  fi
  echo "test: the virtual machines run with ${VM[1]}"
}

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

# vm_parts_in OUTPUT-FILE OPTIONS PART...: the parts one after the other in one machine; OPTIONS are words
vm_parts_in() {
  local output=$1 options=$2
  shift 2
  # shellcheck disable=SC2086  # words
  record_scripts "$output" "$TOP/tests/lab/vm-run" "${VM[@]}" $options --smp 1 --timeout "$VM_LIMIT" \
    --env WIRELINK_BUILD -- "$TOP/tools/lib/in-vm" "$@"
}

# run_link_suite: what depends most on the kernel, with the kernel of this system
run_link_suite() {
  local status=0
  VM=()
  vm_parts_in "$WORK/link.vm" '' link-test link-changes || status=$?
  tally_scripts link "$status" "$WORK/link.vm"
}

# run_vm_suite: the scripts mostly wait, so the parts are distributed to one virtual machine per
# CPU. Parts that need other kernel arguments follow, each in a machine of its own.
run_vm_suite() {
  local n part argument parts=() alone=() machines=() pids=() i status
  vm_choose
  while read -r part argument; do
    if [ -n "$argument" ]; then alone+=("$part $argument"); else parts+=("$part"); fi
  done < <(vm_parts "${VM[1]}")
  n=$(nproc)
  [ "$n" -le ${#parts[@]} ] || n=${#parts[@]}
  for ((i = 0; i < ${#parts[@]}; i++)); do machines[i % n]+=" ${parts[i]}"; done
  for ((i = 0; i < n; i++)); do
    # shellcheck disable=SC2086  # names of parts
    vm_parts_in "$WORK/vm.$i" '' ${machines[i]} &
    pids[i]=$!
  done
  for ((i = 0; i < n; i++)); do
    status=0
    wait "${pids[i]}" || status=$?
    tally_scripts vm "$status" "$WORK/vm.$i"
  done
  for part in "${alone[@]}"; do
    argument=${part#* } part=${part%% *} status=0
    vm_parts_in "$WORK/vm.$part" "--append $argument" "$part" || status=$?
    tally_scripts vm "$status" "$WORK/vm.$part"
  done
}
