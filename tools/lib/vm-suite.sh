# shellcheck shell=bash
# vm_parts: everything that needs the kernel's WireGuard. An emulated CPU is about 14 times slower: it
# is spared what is about NetworkManager, the bus, agents and files alone, which suite nm runs.
vm_parts() {
  local name emulated=''
  [ "$("$TOP/tests/lab/vm-run" --probe)" != tcg ] || emulated=yes
  echo demo
  echo link-test
  while read -r name; do
    case $emulated$name in
      yesaccess|yesautostart|yescaptive-portal|yesctl|yesjournal|yesprofile-followers|yessecret-agents|yessecrets|yesunsuitable-host) ;;
      *) echo "$name";;
    esac
  done < <("$TOP/tests/nm/run" --list)
}

# run_vm_suite: the scripts wait much, so the parts are dealt to as many virtual machines as there are
# CPUs. Two take about equally long with the parts in this order.
run_vm_suite() {
  local n parts=() machines=() pids=() i status
  n=$(nproc)
  mapfile -t parts < <(vm_parts)
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
  # A kernel of its own, which was started without IPv6.
  status=0
  record_scripts "$WORK/vm.no-ipv6" "$TOP/tests/lab/vm-run" --append ipv6.disable=1 --smp 1 \
    --timeout "$VM_LIMIT" --env WIRELINK_BUILD -- "$TOP/tools/lib/in-vm" no-ipv6 || status=$?
  tally_scripts vm "$status" "$WORK/vm.no-ipv6"
}
VM_LIMIT=1800
